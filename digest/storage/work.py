"""A transaction, with a store per noun on the same connection."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from digest.storage.accounts import Accounts
from digest.storage.audit import Audit
from digest.storage.deliveries import Deliveries
from digest.storage.editions import Editions
from digest.storage.lessons import Lessons
from digest.storage.notes import Notes
from digest.storage.resources import Resources
from digest.storage.roster import Roster
from digest.storage.sources import Sources

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from digest.ports import Call


class Transaction:
    """All of it is kept, or nothing (:class:`digest.ports.Work`).

    Attributes:
        connection: for another house that keeps its tables in the same database.
        calls: jobs to run when it is kept.
    """

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.calls: list[Call] = []

    def enqueue(self, call: Call) -> None:
        """Have a job run soon if this transaction is kept."""
        self.calls.append(call)

    @cached_property
    def sources(self) -> Sources:
        """Sources, their sightings and their health."""
        return Sources(self.connection)

    @cached_property
    def resources(self) -> Resources:
        """Resources and their filings."""
        return Resources(self.connection)

    @cached_property
    def lessons(self) -> Lessons:
        """What editors taught, and what was learnt from it."""
        return Lessons(self.connection)

    @cached_property
    def editions(self) -> Editions:
        """Windows, drafts, decisions, editions."""
        return Editions(self.connection)

    @cached_property
    def deliveries(self) -> Deliveries:
        """The ledger."""
        return Deliveries(self.connection)

    @cached_property
    def notes(self) -> Notes:
        """Letters to single people."""
        return Notes(self.connection)

    @cached_property
    def accounts(self) -> Accounts:
        """Who may sit at the editors' desk."""
        return Accounts(self.connection)

    @cached_property
    def audit(self) -> Audit:
        """The record of who did what there."""
        return Audit(self.connection)

    @cached_property
    def roster(self) -> Roster:
        """Sources added at the desk, those that rest, and how each one was."""
        return Roster(self.connection)
