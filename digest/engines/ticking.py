"""Run something again and again in this process: APScheduler's background scheduler.

Its job store is in memory and rebuilt at every start; what is due is asked of rows. Two processes
beside each other therefore do no harm.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

_THREADS = 4


class Ticking:
    """A background scheduler under way."""

    def __init__(self) -> None:
        self._scheduler = BackgroundScheduler(
            executors={"default": ThreadPoolExecutor(_THREADS)},
            # By default a job 1 s late is silently skipped; ours must run, once, however late.
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
            timezone=UTC,
        )
        self._scheduler.start()

    def every(self, interval: timedelta, name: str, job: Callable[[], object]) -> None:
        """Run a job now and then again and again; never two runs of the same job at once."""
        self._scheduler.add_job(
            job,
            "interval",
            seconds=interval.total_seconds(),
            id=name,
            next_run_time=datetime.now(UTC),
        )

    def stop(self) -> None:
        """Stop starting jobs, and wait for those under way."""
        self._scheduler.shutdown(wait=True)
