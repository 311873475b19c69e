"""What the named jobs do (:mod:`digest.jobs.calls`), wherever an engine runs them."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from threading import Condition

from digest.core.edition import EditionId
from digest.jobs import calls
from digest.jobs.assemble import Assemble
from digest.jobs.collect import Collect
from digest.jobs.deliver import Deliver
from digest.jobs.notes import SendNotes
from digest.jobs.publish import Publish
from digest.ports import Call, Store

log = logging.getLogger(__name__)

_AT_ONCE = 4
"""Sources collected at a time: one that answers slowly does not hold up all others."""
_PATIENCE = 120
"""Seconds that a due edition waits for a collection under way."""


@dataclass(frozen=True, slots=True)
class Tasks:
    """The jobs by name.

    Attributes:
        senders: how many hand-offs of one edition run beside each other, on all machines.
        stopping: asked before each source; True: end with what was begun.
    """

    store: Store
    collecting: Collect
    assembling: Assemble
    publishing: Publish
    delivering: Deliver
    sending_notes: SendNotes
    senders: int = 1
    stopping: Callable[[], bool] = bool
    placed: set[EditionId] = field(default_factory=set)
    """Editions whose pages this process saw in place, so that it need not publish again."""
    under_way: list[str] = field(default_factory=list)
    changed: Condition = field(default_factory=Condition)
    """Guards ``under_way``, and tells when a source leaves it."""

    def named(self) -> Mapping[str, Callable[..., object]]:
        """All of them, for an engine."""
        jobs = (
            *(self.collect, self.compose, self.release),
            *(self.publish, self.send, self.deliver, self.notes),
        )
        return {job.__name__: job for job in jobs}

    def collect(self, source: str) -> None:
        """Collect a source, and have published what that changed."""
        with self.changed:
            self.under_way.append(source)
        try:
            report = self.collecting(source)
        finally:
            with self.changed:
                self.under_way.remove(source)
                self.changed.notify_all()
        if report.new or report.changed:
            self._enqueue(calls.publish())

    def compose(self, newsletter: str, slot: str) -> None:
        """Make an edition of what its sources show by now."""
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            pool.map(self._collected, self.collecting.sources)
        with self.changed:
            self.changed.wait_for(lambda: not self.under_way, _PATIENCE)
        if not self.stopping():
            self.assembling(newsletter, datetime.fromisoformat(slot))

    def release(self, edition: int) -> None:
        """Let an edition out that goes by itself."""
        self.assembling.release(EditionId(edition))

    def publish(self) -> None:
        """Bring pages and feeds up to date."""
        self.publishing()

    def send(self, edition: int) -> None:
        """Put the pages that the letters link to in place, then have the letters handed off."""
        number = EditionId(edition)
        if number not in self.placed:
            self.publishing()
            self.placed.add(number)
        self._enqueue(*(calls.deliver(number, shard) for shard in range(self.senders)))

    def deliver(self, edition: int, shard: int) -> None:
        """Hand off what is due."""
        del shard
        self.delivering(EditionId(edition))

    def notes(self) -> None:
        """Write to single people."""
        self.sending_notes()

    def _collected(self, source: str) -> None:
        """Collect a source, but let its failure stop no edition."""
        try:
            if not self.stopping():
                self.collect(source)
        except Exception:
            log.exception("collecting %s failed", source)

    def _enqueue(self, *due: Call) -> None:
        with self.store.begin() as work:
            for call in due:
                work.enqueue(call)
