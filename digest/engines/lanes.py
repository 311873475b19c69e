"""Run calls in threads of this process, a few at a time of each queue."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from threading import Condition, Thread

from digest.ports import Call


class Lanes:
    """Threads that take calls until they are told to stop."""

    def __init__(self, run: Callable[[Call], object], lanes: Mapping[str, int]) -> None:
        """Start them.

        Args:
            run: does one call; raises nothing.
            lanes: how many threads for each queue.
        """
        self._run = run
        self._queues = frozenset(lanes)
        self._changed = Condition()
        self._waiting: dict[str, Call] = {}
        self._locks: set[str] = set()
        self._stopped = False
        self._threads = [
            Thread(target=self._serve, args=(queue,), name=f"{queue}-{number}", daemon=True)
            for queue, count in lanes.items()
            for number in range(count)
        ]
        for thread in self._threads:
            thread.start()

    def put(self, calls: Iterable[Call]) -> None:
        """Take those of our queues; one that waits already is not taken twice."""
        with self._changed:
            for call in calls:
                if call.queue in self._queues:
                    self._waiting.setdefault(call.key, call)
            self._changed.notify_all()

    def stop(self) -> None:
        """Begin no call any more, and wait for those under way."""
        with self._changed:
            self._stopped = True
            self._changed.notify_all()
        for thread in self._threads:
            thread.join()

    def _serve(self, queue: str) -> None:
        while call := self._next(queue):
            self._run(call)
            with self._changed:
                self._locks.remove(call.lock)
                self._changed.notify_all()

    def _next(self, queue: str) -> Call | None:
        """Wait for a call whose lock is free; ``None``: told to stop."""
        with self._changed:
            while not self._stopped:
                for call in self._waiting.values():
                    if call.queue == queue and call.lock not in self._locks:
                        self._locks.add(call.lock)
                        return self._waiting.pop(call.key)
                self._changed.wait()
        return None
