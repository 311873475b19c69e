"""A worker of the queue, in a thread of its own with an event loop."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from threading import Thread

import psycopg
from procrastinate import App, PsycopgConnector
from procrastinate.exceptions import ConnectorException, UniqueViolation
from procrastinate.jobs import Status

_BEATS = 4
"""How many signs of life a worker gives in the time after which it is taken for dead."""
_LOOK = 5.0
"""Seconds between two looks for jobs, should a notice of one be lost."""
_AGAIN = 3.0
"""Seconds to wait for a database that is out of reach."""
_CONNECT = 10

log = logging.getLogger(__name__)


class Worker:
    """Runs jobs of the queue until it is told to stop."""

    def __init__(
        self,
        place: str,
        jobs: Mapping[str, Callable[..., None]],
        lanes: Mapping[str, int],
        *,
        dead_after: float,
        sweeps: bool,
    ) -> None:
        """Start.

        Args:
            place: the database, as libpq understands it.
            jobs: by name.
            lanes: how many jobs at a time of each queue.
            dead_after: seconds without a sign of life after which a worker's jobs are for others.
            sweeps: whether it queues anew what dead workers left.
        """
        self._place = place
        self._jobs = jobs
        self._lanes = lanes
        self._dead_after = dead_after
        self._sweeps = sweeps
        self._loop = asyncio.new_event_loop()
        self._told = asyncio.Event()
        self._thread = Thread(target=self._run, name="worker", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Begin no job any more, and wait for those under way."""
        self._loop.call_soon_threadsafe(self._told.set)
        self._thread.join()

    def _run(self) -> None:
        threads = sum(self._lanes.values()) + 1
        self._loop.set_default_executor(ThreadPoolExecutor(threads, thread_name_prefix="job"))
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._stay())

    async def _stay(self) -> None:
        """Work; after whatever interrupts it, begin anew."""
        while not self._told.is_set():
            try:
                await self._work()
            except (ConnectorException, psycopg.Error) as error:
                log.warning("the queue is out of reach: %s", error.__cause__ or error)
            except Exception:
                log.exception("the worker fell over")
            with suppress(TimeoutError):
                await asyncio.wait_for(self._told.wait(), _AGAIN)

    async def _work(self) -> None:
        """Work until told to stop, or until a part of it ends by itself."""
        app = self._app()
        async with app.open_async():
            told = asyncio.create_task(self._told.wait())
            parts = [asyncio.create_task(self._lane(app, *lane)) for lane in self._lanes.items()]
            if self._sweeps:
                parts.append(asyncio.create_task(self._sweep(app)))
            await asyncio.wait([told, *parts], return_when=asyncio.FIRST_COMPLETED)
            for task in (told, *parts):
                task.cancel()  # a lane then finishes the jobs under way
            for outcome in await asyncio.gather(told, *parts, return_exceptions=True):
                if isinstance(outcome, Exception):
                    raise outcome

    async def _lane(self, app: App, queue: str, at_once: int) -> None:
        await app.run_worker_async(
            queues=[queue],
            name=queue,
            concurrency=at_once,
            fetch_job_polling_interval=_LOOK,
            # Rows tell what was done; those of the queue would only pile up.
            delete_jobs="always",
            install_signal_handlers=False,
            update_heartbeat_interval=self._dead_after / _BEATS,
            stalled_worker_timeout=self._dead_after,
        )

    def _app(self) -> App:
        connector = PsycopgConnector(
            conninfo=self._place,
            min_size=1,
            max_size=2 + len(self._lanes),
            kwargs={"connect_timeout": _CONNECT},
        )
        app = App(connector=connector)
        for name, job in self._jobs.items():
            app.task(name=name)(job)
        return app

    async def _sweep(self, app: App) -> None:
        """Queue anew, again and again, what dead workers left."""
        jobs = app.job_manager
        while True:
            for job in await jobs.get_stalled_jobs(seconds_since_heartbeat=self._dead_after):
                log.warning("the worker of %s is gone; another one takes it", job.call_string)
                try:
                    await jobs.retry_job(job, datetime.now(UTC))
                except UniqueViolation:
                    # The same is waiting already.
                    await jobs.finish_job(job, Status.FAILED, delete_job=True)
                except ConnectorException as error:
                    log.info("another sweep was faster: %s", error.__cause__)
            await asyncio.sleep(self._dead_after / _BEATS)
