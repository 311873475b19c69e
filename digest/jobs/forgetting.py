"""Forget what was kept long enough; run again at any time, it costs little when nothing is."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol

from digest.core.edition import EditionId
from digest.ports import Clock, Store

_ROWS = 2_000
"""Letters in one transaction, so that nobody waits long for the database."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Retention:
    """How long things are kept.

    Attributes:
        messages: the start of a message that came back, which names people.
        notes: the row of a settled letter to one person, which names nobody any more.
        left: people who left every newsletter; ``None``: until they ask to be erased.
        letters: what became of the letter of each person; ``None``: for ever. After that it is
            known how many were accepted, refused and cancelled.
    """

    messages: timedelta = timedelta(days=30)
    notes: timedelta = timedelta(days=30)
    left: timedelta | None = None
    letters: timedelta | None = None


class Unconfirmed(Protocol):
    """What people asked for."""

    def purge(self) -> int:
        """Delete what nobody confirmed in time."""
        ...


class Shelf(Protocol):
    """What came back from letters."""

    def forget_messages(self, before: datetime) -> int:
        """Drop the messages that came before."""
        ...


class Register(Protocol):
    """Who is here."""

    def erase_gone(self, before: datetime, *, how: str) -> int:
        """Erase those who left everything before."""
        ...


@dataclass(frozen=True, slots=True)
class Forgetting:
    """The job."""

    store: Store
    clock: Clock
    requests: Unconfirmed
    shelf: Shelf
    people: Register
    retention: Retention
    stopping: Callable[[], bool] = bool

    def __call__(self) -> None:
        """Forget.

        Raises:
            StorageError, PeopleError: the database is out of reach; the next run goes on.
        """
        now = self.clock.now()
        with self.store.begin() as work:
            work.notes.purge(now - self.retention.notes)
        self.requests.purge()
        self.shelf.forget_messages(now - self.retention.messages)
        if self.retention.left:
            how = f"left everything {self.retention.left.days} days before"
            if erased := self.people.erase_gone(now - self.retention.left, how=how):
                log.info("%d people were erased who had %s", erased, how)
        if self.retention.letters:
            self._condense(now - self.retention.letters)

    def _condense(self, before: datetime) -> None:
        with self.store.read() as work:
            editions = work.deliveries.settled_before(before)
        for edition in editions:
            gone = sum(iter(partial(self._step, edition), 0))
            log.info("%d letters of edition %d are only counted now", gone, edition)

    def _step(self, edition: EditionId) -> int:
        """Condense some; 0: there are none, or it is to end."""
        if self.stopping():
            return 0
        with self.store.begin() as work:
            return work.deliveries.condense(edition, _ROWS)
