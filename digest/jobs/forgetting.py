"""Forget what was kept long enough; run again at any time, it costs little when nothing is."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from digest.ports import Clock, Store

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Retention:
    """How long things are kept.

    Attributes:
        messages: the start of a message that came back, which names people.
        notes: the row of a settled letter to one person, which names nobody any more.
        left: people who left every newsletter; ``None``: until they ask to be erased.
    """

    messages: timedelta = timedelta(days=30)
    notes: timedelta = timedelta(days=30)
    left: timedelta | None = None


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

    def __call__(self) -> None:
        """Forget.

        Raises:
            StorageError, PeopleError: the database is out of reach; the next run goes on.
        """
        now = self.clock.now()
        self.requests.purge()
        self.shelf.forget_messages(now - self.retention.messages)
        with self.store.begin() as work:
            work.notes.purge(now - self.retention.notes)
        if self.retention.left:
            how = f"left everything {self.retention.left.days} days before"
            if erased := self.people.erase_gone(now - self.retention.left, how=how):
                log.info("%d people were erased who had %s", erased, how)
