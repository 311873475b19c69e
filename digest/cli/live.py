"""A line on standard error that tells how a sending goes on, while somebody watches."""

from __future__ import annotations

import shutil
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from digest.cli.output import width
from digest.cli.progress import at_terminal
from digest.core.edition import EditionState
from digest.core.outbox import DeliveryState
from digest.core.pace import Pace
from digest.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from digest.core.edition import EditionId
    from digest.wiring import House

_EVERY = 1.0
_SHARE = 20.0
"""Seconds between two looks, and how many times longer than a look itself it is at least."""
_SAMPLES = 10
_BAR = 20


@contextmanager
def watched(house: House) -> Iterator[None]:
    """Tell of what is being sent, until the block ends; nothing when nobody watches."""
    if not at_terminal():
        yield
        return
    done = threading.Event()
    watcher = threading.Thread(target=_watch, args=(house, done), daemon=True)
    watcher.start()
    try:
        yield
    finally:
        done.set()
        watcher.join()
        click.echo("\r\x1b[K", nl=False, err=True)


def told(name: str, pace: Pace, room: int) -> str:
    """Tell a sending in a line of at most so many columns."""
    audience, counts = pace.audience, pace.counts
    gone = audience - pace.to_go
    filled = _BAR * gone // audience if audience else _BAR
    words = [f"{name} [{'#' * filled}{'-' * (_BAR - filled)}] {gone:,} of {audience:,}"]
    words += [
        f"{counts[state]:,} {state.value.replace('_', ' ')}"
        for state in DeliveryState
        if state in _SHOWN and counts.get(state)
    ]
    if pace.rate:
        words.append(f"{pace.rate:,.0f}/s")
    if pace.time_left is not None:
        words.append(f"{pace.time_left} left")
    line = words.pop(0)
    for word in words:
        if width(line) + width(word) + 2 > room:
            break
        line += f", {word}"
    return line[:room]


_SHOWN = frozenset(
    {
        DeliveryState.ACCEPTED,
        DeliveryState.DEFERRED,
        DeliveryState.REFUSED,
        DeliveryState.IN_DOUBT,
    }
)


class Rates:
    """Letters accepted a second, by edition, over the last looks."""

    def __init__(self) -> None:
        self._seen: dict[int, deque[tuple[float, int]]] = {}

    def pace(self, edition: EditionId, counts: Mapping[DeliveryState, int], elapsed: float) -> Pace:
        """Note a look, and tell the pace since the first of the last ones."""
        seen = self._seen.setdefault(edition, deque(maxlen=_SAMPLES))
        seen.append((elapsed, counts.get(DeliveryState.ACCEPTED, 0)))
        (since, before), (now, accepted) = seen[0], seen[-1]
        return Pace(counts, (accepted - before) / (now - since) if now > since else 0.0)


def _watch(house: House, done: threading.Event) -> None:
    rates, wait = Rates(), _EVERY
    while not done.wait(wait):
        begun = time.monotonic()
        try:
            line = look(house, rates, begun)
        except StorageError:
            line = ""  # whoever sends will tell
        if line and not done.is_set():
            click.echo(f"\r{line}\x1b[K", nl=False, err=True)
        wait = max(_EVERY, (time.monotonic() - begun) * _SHARE)


def look(house: House, rates: Rates, elapsed: float) -> str:
    """Tell of the edition that is being sent; empty: there is none."""
    room = shutil.get_terminal_size().columns - 1
    with house.store.read() as work:
        for record in work.editions.records(states=(EditionState.APPROVED,)):
            counts = work.deliveries.counts(record.id)
            if counts[DeliveryState.CLAIMED] or counts[DeliveryState.AT_DOT]:
                name = f"{record.newsletter}/{record.slug}"
                return told(name, rates.pace(record.id, counts, elapsed), room)
    return ""
