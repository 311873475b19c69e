"""The engine inside one process: threads of its own, and nothing in the database."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from digest.engines.guarding import guarded
from digest.ports import Call

if TYPE_CHECKING:
    from digest.engines.lanes import Lanes
    from digest.engines.ticking import Ticking


class EmbeddedEngine:
    """Runs jobs in background threads of this process."""

    shared = False

    def __init__(self, database: str = "") -> None:
        """Prepare; nothing runs, and nothing heavy is loaded, before the start.

        Args:
            database: its address; not used, every one will do.
        """
        del database
        self._jobs: dict[str, Callable[..., object]] = {}
        self._ticks: list[tuple[timedelta, str, Callable[[], object]]] = []
        self._lanes: Lanes | None = None
        self._ticking: Ticking | None = None

    @staticmethod
    def unfit(database: str) -> str:
        """Why it cannot work with a database; it can with every one."""
        del database
        return ""

    def register(self, name: str, job: Callable[..., object]) -> None:
        """Say what a name means."""
        self._jobs[name] = guarded(name, job)

    def every(self, interval: timedelta, name: str, job: Callable[[], object]) -> None:
        """Run a job at the start and then again and again; never two runs of it at once."""
        self._ticks.append((interval, name, guarded(name, job)))

    def start(self, lanes: Mapping[str, int]) -> None:
        """Begin to run jobs in the background."""
        from digest.engines.lanes import Lanes  # noqa: PLC0415 - only a process that runs jobs pays
        from digest.engines.ticking import Ticking  # noqa: PLC0415 - as above

        self._lanes = Lanes(self._run, lanes)
        self._ticking = Ticking()
        for interval, name, job in self._ticks:
            self._ticking.every(interval, name, job)

    def stop(self) -> None:
        """Stop starting jobs, and wait for those under way; again, or before start, nothing."""
        ticking, self._ticking = self._ticking, None
        lanes, self._lanes = self._lanes, None
        if ticking and lanes:
            ticking.stop()
            lanes.stop()

    def prepare(self, connection: object) -> None:
        """Nothing: it keeps nothing in the database."""

    def enlist(self, connection: object, calls: Sequence[Call]) -> None:
        """Nothing yet: the rows that made the calls due must be there first."""

    def kept(self, calls: Sequence[Call]) -> None:
        """Run the calls; while it is not running, they are for the sweep of one that is."""
        if lanes := self._lanes:
            lanes.put(calls)

    def _run(self, call: Call) -> None:
        self._jobs[call.job](**dict(call.arguments))
