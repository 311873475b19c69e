"""The database as a whole."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Protocol

from digest.ports.accounts import AccountStore, AuditStore
from digest.ports.deliveries import DeliveryStore
from digest.ports.editions import EditionStore
from digest.ports.lessons import LessonStore
from digest.ports.notes import NoteStore
from digest.ports.resources import ResourceStore
from digest.ports.roster import RosterStore
from digest.ports.running import Call
from digest.ports.sources import SourceStore


class Work(Protocol):
    """One transaction: all of it is kept, or nothing."""

    @property
    def sources(self) -> SourceStore:
        """Sources, their sightings and their health."""
        ...

    @property
    def resources(self) -> ResourceStore:
        """Resources and their filings."""
        ...

    @property
    def lessons(self) -> LessonStore:
        """What editors taught, and what was learnt from it."""
        ...

    @property
    def editions(self) -> EditionStore:
        """Windows, drafts, decisions, editions."""
        ...

    @property
    def deliveries(self) -> DeliveryStore:
        """The ledger."""
        ...

    @property
    def notes(self) -> NoteStore:
        """Letters to single people."""
        ...

    @property
    def accounts(self) -> AccountStore:
        """Who may sit at the editors' desk."""
        ...

    @property
    def audit(self) -> AuditStore:
        """The record of who did what there."""
        ...

    @property
    def roster(self) -> RosterStore:
        """Sources added at the desk, those that rest, and how each one was."""
        ...

    def enqueue(self, call: Call) -> None:
        """Have a job run soon if this transaction is kept.

        Where no engine hears of it, the sweep of one that runs finds the work in the rows.
        """
        ...


class Store(Protocol):
    """The database."""

    def begin(self) -> AbstractContextManager[Work]:
        """Open a transaction for writing; kept when the block ends well.

        Raises:
            StorageError: locked for too long, out of reach, full.
        """
        ...

    def read(self) -> AbstractContextManager[Work]:
        """Open a transaction that must not write."""
        ...

    def key(self) -> bytes:
        """The site's secret key, 32 bytes, made at the first call and kept."""
        ...
