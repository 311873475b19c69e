"""What a process does beside or instead of the web pages: look for what is due, run jobs, both."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from digest.errors import UsageError
from digest.jobs.calls import LANES, LETTERS, NOTES, PAGES
from digest.ports import Engine, Keep
from digest.web.signals import told_by_signals
from digest.wiring import House

_SOURCES = timedelta(seconds=30)
"""How often to look whether a source is due (each has its own, longer interval)."""
_EDITIONS = timedelta(seconds=5)
_LETTERS = timedelta(seconds=5)
"""How often to look whether an edition or a letter is due; a few indexed queries."""
_NOTES = timedelta(seconds=2)
"""How often to look whether somebody waits for a letter, such as to confirm an address."""
_PEOPLE = timedelta(hours=1)
"""How often to delete what was kept long enough."""
_LOOK = 0.5
"""Seconds between two looks whether to stop, where nothing else is to be done."""


@dataclass(frozen=True, slots=True)
class Background:
    """An engine, and which jobs it runs in this process.

    Attributes:
        listen: begins to take messages that come back, where this process does.
        hush: ends that.
    """

    engine: Engine
    lanes: Mapping[str, int]
    listen: Callable[[], object] = bool
    hush: Callable[[], object] = bool

    def start(self) -> None:
        """Begin."""
        self.listen()
        self.engine.start(self.lanes)

    def stop(self) -> None:
        """Wait for what is under way."""
        self.hush()
        self.engine.stop()

    def stay(self, house: House) -> None:
        """Run until SIGINT or SIGTERM; what is under way is finished."""
        with told_by_signals(house.stop):
            self.start()
            while not house.told_to_stop:
                time.sleep(_LOOK)
            self.stop()


def everything(house: House) -> Background:
    """Look for what is due, and run every job."""
    _look(house)
    return _listening(house, _ready(house, LANES))


def scheduling(house: House) -> Background:
    """Look for what is due; where no other process could, run it too."""
    _look(house)
    return _listening(house, _ready(house, {} if house.engine.shared else LANES))


def working(house: House, queues: Collection[str], at_once: int | None = None) -> Background:
    """Run the jobs of some queues; where none are shared, hand off what the rows say is due.

    Args:
        house: the site.
        queues: their names; empty: all.
        at_once: how many jobs at a time of each; ``None``: as fits its kind.

    Raises:
        UsageError: there is no such queue, or none is shared.
    """
    if unknown := set(queues).difference(LANES):
        raise UsageError(f'no queue "{min(unknown)}"; expected some of {", ".join(LANES)}')
    if house.engine.shared:
        mine = queues or LANES
        return _ready(house, {name: at_once or LANES[name] for name in LANES if name in mine})
    if queues or at_once:
        raise UsageError(
            "this engine shares no queue between processes, so a worker only hands off letters: "
            'leave --queues and --concurrency out, or set [engine] kind = "procrastinate"'
        )
    _look_for_letters(house)
    return _ready(house, {name: LANES[name] for name in (PAGES, LETTERS, NOTES)})


def _look(house: House) -> None:
    """Look at once for what fell due while nothing ran, then again and again."""
    house.engine.every(_SOURCES, "sources", house.sweep.sources)
    house.engine.every(_EDITIONS, "editions", house.sweep.editions)
    house.engine.every(_PEOPLE, "people", house.sweep.people)
    _look_for_letters(house)
    for entry in house.settings.bounces:
        if entry.name in house.returns.mailboxes:
            house.engine.every(entry.every, f"bounces-{entry.name}", _reading(house, entry.name))


def _look_for_letters(house: House) -> None:
    house.engine.every(_LETTERS, "letters", house.sweep.letters)
    house.engine.every(_NOTES, "notes", house.sweep.notes)


def _reading(house: House, name: str) -> Callable[[], object]:
    return lambda: house.returns(name)


def _listening(house: House, background: Background) -> Background:
    """Take messages that come back, in the one process that looks for what is due."""

    def taking(name: str) -> Keep:
        return lambda messages: house.bounce(messages, name)

    def listen() -> None:
        for name, listener in house.listeners.items():
            listener.start(taking(name))

    def hush() -> None:
        for listener in house.listeners.values():
            listener.stop()

    return replace(background, listen=listen, hush=hush)


def _ready(house: House, lanes: Mapping[str, int]) -> Background:
    """Build everything before threads share it, so that a fault shows at once."""
    for name, job in house.tasks.named().items():
        house.engine.register(name, job)
    if PAGES in lanes:
        house.publish()
    return Background(house.engine, lanes)
