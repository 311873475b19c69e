"""What runs jobs, and what tells the time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

Argument = str | int
"""What a job may be given: a name or a number, since it may be run by another machine."""


class Clock(Protocol):
    """The time."""

    def now(self) -> datetime:
        """The present moment, in UTC and aware."""
        ...


@dataclass(frozen=True, slots=True)
class Call:
    """A job to be run soon, once.

    Attributes:
        job: the name under which engines know it.
        arguments: (name, value) in order.
        queue: the kind of work; a process chooses which kinds it does.
        lock: of the calls with the same one, only one runs at a time.
    """

    job: str
    arguments: tuple[tuple[str, Argument], ...]
    queue: str
    lock: str

    @property
    def key(self) -> str:
        """Two calls with the same key, neither begun, are one."""
        return ":".join([self.job, *(f"{name}={value}" for name, value in self.arguments)])


class Queue(Protocol):
    """Takes calls that a transaction made due."""

    shared: bool
    """Any process on the same database may run what this one takes; else only this process."""

    def prepare(self, connection: object) -> None:
        """Make or renew what it keeps in the database; only asked of a shared one.

        Args:
            connection: the driver's own, in a transaction that the caller keeps.

        Raises:
            StorageError: a newer version made it, or the database refuses.
        """
        ...

    def enlist(self, connection: object, calls: Sequence[Call]) -> None:
        """Take calls as a part of a transaction: they are run if it is kept, else never.

        Raises:
            StorageError: the database refuses.
        """
        ...

    def kept(self, calls: Sequence[Call]) -> None:
        """Hear that the transaction of these calls was kept."""
        ...


class Engine(Queue, Protocol):
    """Runs jobs, soon or at their times; holds no truth: that is in rows.

    So a call that is lost (this process died) or runs twice (another one was taken for dead)
    does no harm: a sweep over the rows finds what is left, and each job may run again.
    """

    def register(self, name: str, job: Callable[..., object]) -> None:
        """Say what a name means in this process."""
        ...

    def every(self, interval: timedelta, name: str, job: Callable[[], object]) -> None:
        """Run a job in this process now, then again and again; never two runs of it at once."""
        ...

    def start(self, lanes: Mapping[str, int]) -> None:
        """Begin to run jobs in the background.

        Args:
            lanes: how many calls at a time of each queue; of other queues none.
        """
        ...

    def stop(self) -> None:
        """Stop starting jobs, and wait for those under way; again, or before start, nothing."""
        ...
