"""Look through the rows for what is due, and have it done.

What made a job due queued it as well, mostly. This finds the rest: what fell due by the clock,
and what was lost with a process that died. It may run in several places at once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from digest.jobs import calls
from digest.jobs.assemble import Assemble
from digest.jobs.collect import Collect
from digest.jobs.deliver import Deliver
from digest.jobs.notes import SendNotes
from digest.ports import Call, Clock, Store


@dataclass(frozen=True, slots=True)
class Sweep:
    """The looks, each one cheap when there is nothing.

    Attributes:
        forget: deletes what was kept long enough.
    """

    store: Store
    clock: Clock
    collect: Collect
    assemble: Assemble
    deliver: Deliver
    send_notes: SendNotes
    forget: Callable[[], object] = bool

    def sources(self) -> None:
        """Have the sources collected that are due."""
        now = self.clock.now()
        with self.store.read() as work:
            waiting = {r.name for r in work.sources.records() if r.due and r.due > now}
        self._enqueue([calls.collect(name) for name in self.collect.sources if name not in waiting])

    def editions(self) -> None:
        """Have the editions made, and let out, whose time has come."""
        due = ((slug, self.assemble.due(slug)) for slug in self.assemble.drafting.newsletters)
        self._enqueue([calls.compose(slug, slot) for slug, slot in due if slot])
        self._enqueue([calls.release(edition) for edition in self.assemble.release.due()])

    def letters(self) -> None:
        """Have the editions sent that have letters due; free what dead senders held."""
        self._enqueue([calls.send(edition) for edition in self.deliver.due()])

    def people(self) -> None:
        """Delete what was kept long enough."""
        self.forget()

    def notes(self) -> None:
        """Have the letters to single people sent that are due."""
        self._enqueue([calls.notes()] if self.send_notes.due() else [])

    def _enqueue(self, due: list[Call]) -> None:
        if due:
            with self.store.begin() as work:
                for call in due:
                    work.enqueue(call)
