"""The engine inside one process: APScheduler's background scheduler.

Its job store is in memory and rebuilt from the configuration at every start; what is due is
asked of rows. Two processes beside each other therefore do no harm.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

log = logging.getLogger(__name__)

_THREADS = 4


class EmbeddedEngine:
    """Runs jobs in background threads of this process."""

    def __init__(self) -> None:
        self._scheduler = BackgroundScheduler(
            executors={"default": ThreadPoolExecutor(_THREADS)},
            # By default a job 1 s late is silently skipped; ours must run, once, however late.
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
            timezone=UTC,
        )

    def every(self, interval: timedelta, name: str, job: Callable[[], object]) -> None:
        """Run a job now and then again and again; never two runs of the same job at once."""
        self._scheduler.add_job(
            _guarded(name, job),
            "interval",
            seconds=interval.total_seconds(),
            id=name,
            next_run_time=datetime.now(UTC),
        )

    def start(self) -> None:
        """Begin to run jobs in the background."""
        self._scheduler.start()

    def stop(self) -> None:
        """Stop starting jobs, and wait for those under way; again, or before the start, nothing."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=True)


def _guarded(name: str, job: Callable[[], object]) -> Callable[[], None]:
    def run() -> None:
        try:
            job()
        except Exception:
            # The next run may do better; a job that dies must not take its schedule with it.
            log.exception("job %s failed", name)

    return run
