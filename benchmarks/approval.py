"""How long approving an edition takes: its audience is read, counted and enqueued in one go.

Run: ``python benchmarks/approval.py [READERS …]``. The whole command ``digest editions approve``,
on SQLite and on PostgreSQL as durable as it is by default. What a reader costs is told by the step
from one number of readers to the next, in the same run; it must not grow.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

from benchmarks.workers import draft, lay_out, run_digest
from tests.postgres import find_binaries, shared_cluster

READERS = (20_000, 100_000)


def measure(folder: Path, url: str, readers: int) -> float:
    """Seconds of an approval."""
    folder.mkdir()
    lay_out(folder, url, 1, engine="embedded")
    draft(folder, readers)
    start = time.perf_counter()
    run_digest(folder, "editions", "approve", "1")
    return time.perf_counter() - start


def kinds(home: Path, stack: ExitStack) -> Iterator[tuple[str, Callable[[int], str]]]:
    """Each database, with what makes an address for a number of readers."""
    yield "SQLite", lambda _: "sqlite:///digest.db"
    try:
        find_binaries()
    except LookupError as missing:
        print(missing)
        return
    cluster = stack.enter_context(shared_cluster(home, durable=True))
    yield "PostgreSQL", lambda readers: cluster.create(f"approval{readers}")


def main(sizes: list[int]) -> None:
    """Print the figures."""
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        for name, url in kinds(home, stack):
            before, smaller = 0.0, 0
            for readers in sizes:
                took = measure(home / f"{name}{readers}", url(readers), readers)
                each = (took - before) / (readers - smaller) * 1e6
                step = f"  {each:5.1f} µs for each more" if smaller else ""
                print(f"{name:10} {readers:9,} readers  {took:6.2f} s{step}", flush=True)
                before, smaller = took, readers


if __name__ == "__main__":
    main([int(size) for size in sys.argv[1:]] or list(READERS))
