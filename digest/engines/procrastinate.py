"""The engine of many machines: Procrastinate, whose queue is a table of our PostgreSQL.

A job is queued in the very transaction that made it due, and run by whichever worker is free.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING, cast

from digest.engines.guarding import guarded
from digest.errors import StorageError
from digest.ports import Call

if TYPE_CHECKING:
    import psycopg
    from procrastinate import App

    from digest.engines.procrastinate_worker import Worker
    from digest.engines.ticking import Ticking

_DIALECT = "postgresql+psycopg://"


class ProcrastinateEngine:
    """Queues jobs in the database, and runs them in any process that has lanes for them.

    Attributes:
        dead_after: seconds without a sign of life after which a worker's jobs are for others.
    """

    shared = True
    dead_after = 20.0

    def __init__(self, database: str) -> None:
        """Prepare; nothing is connected, and nothing heavy is loaded.

        Args:
            database: its address, ``postgresql+psycopg://…``.
        """
        self._place = database.replace(_DIALECT, "postgresql://", 1)
        self._jobs: dict[str, Callable[..., None]] = {}
        self._ticks: list[tuple[timedelta, str, Callable[[], object]]] = []
        self._worker: Worker | None = None
        self._ticking: Ticking | None = None

    @staticmethod
    def unfit(database: str) -> str:
        """Why it cannot work with a database; empty when it can."""
        if database.startswith(_DIALECT):
            return ""
        return (
            'procrastinate keeps its queue in PostgreSQL: set [storage] url = "postgresql+psycopg:'
            '//USER@HOST/NAME", or this to "embedded"'
        )

    def register(self, name: str, job: Callable[..., object]) -> None:
        """Say what a name means in this process."""
        self._jobs[name] = guarded(name, job)

    def every(self, interval: timedelta, name: str, job: Callable[[], object]) -> None:
        """Run a job at the start and then again and again; never two runs of it at once."""
        self._ticks.append((interval, name, guarded(name, job)))

    def start(self, lanes: Mapping[str, int]) -> None:
        """Begin to run jobs in the background.

        A process with jobs of its own to repeat (a scheduler) also queues anew what dead workers
        left: Procrastinate leaves that to us, and a job of the queue that did so could be among
        the dead itself.
        """
        from digest.engines.procrastinate_worker import Worker  # noqa: PLC0415 - only who runs jobs
        from digest.engines.ticking import Ticking  # noqa: PLC0415 - as above

        self._worker = Worker(
            self._place,
            self._jobs,
            lanes,
            dead_after=self.dead_after,
            sweeps=bool(self._ticks),
        )
        self._ticking = Ticking()
        for interval, name, job in self._ticks:
            self._ticking.every(interval, name, job)

    def stop(self) -> None:
        """Stop starting jobs, and wait for those under way; again, or before start, nothing."""
        ticking, self._ticking = self._ticking, None
        worker, self._worker = self._worker, None
        if ticking and worker:
            ticking.stop()
            worker.stop()

    def prepare(self, connection: object) -> None:
        """Make its tables, or bring them to the version of the package."""
        from digest.engines import procrastinate_schema as schema  # noqa: PLC0415 - as in start

        schema.upgrade(_psycopg(connection))

    def enlist(self, connection: object, calls: Sequence[Call]) -> None:
        """Queue calls on the connection of a transaction, to be kept or dropped with it."""
        # In one order, so that two transactions with the same calls never wait for each other.
        for call in sorted(set(calls), key=lambda call: call.key):
            self._defer(_psycopg(connection), call)

    def kept(self, calls: Sequence[Call]) -> None:
        """Nothing more: the commit tells the workers."""

    def _defer(self, connection: psycopg.Connection, call: Call) -> None:
        from procrastinate.exceptions import AlreadyEnqueued, ConnectorException  # noqa: PLC0415

        job = self._app.configure_task(
            call.job,
            queue=call.queue,
            lock=call.lock,
            queueing_lock=call.key,
            connection=connection,
        )
        # PostgreSQL gives up the whole transaction at the refusal of one row.
        connection.execute("SAVEPOINT call")
        try:
            job.defer(**dict(call.arguments))
        except AlreadyEnqueued:
            connection.execute("ROLLBACK TO SAVEPOINT call")
        except ConnectorException as error:
            raise StorageError(f"the job {call.job} cannot be queued: {error.__cause__}") from error
        connection.execute("RELEASE SAVEPOINT call")

    @cached_property
    def _app(self) -> App:
        """For queueing on the connections of others; its own is never opened."""
        from procrastinate import App, SyncPsycopgConnector  # noqa: PLC0415 - takes 0.2 s to load

        return App(connector=SyncPsycopgConnector())


def _psycopg(connection: object) -> psycopg.Connection:
    return cast("psycopg.Connection", connection)
