"""What runs jobs, and what tells the time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """The time."""

    def now(self) -> datetime:
        """The present moment, in UTC and aware."""
        ...


class Engine(Protocol):
    """Runs jobs at their times; holds no truth: that is in rows."""

    def every(self, interval: timedelta, name: str, job: Callable[[], object]) -> None:
        """Run a job again and again; never two runs of the same job at once."""
        ...

    def start(self) -> None:
        """Begin to run jobs in the background."""
        ...

    def stop(self) -> None:
        """Stop starting jobs, and wait for those under way."""
        ...
