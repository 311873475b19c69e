"""What it costs to account for a letter, from its claim to "accepted", and what the ways differ in.

No letter is made or sent here: rows are claimed, marked before "the dot" and settled by an answer
that is different for each. Beside the way that is used (a journal) the others that keep the same
promise, and as the yardstick what SQLite itself needs for one claim and one answer a row, by bare
statements, five hundred a commit. Wall is what a sender waits, CPU what it computes; on a busy
machine the two differ.

    python benchmarks/ledger.py [LETTERS]

PostgreSQL is measured as well where ``DIGEST_BENCH_POSTGRESQL`` names a database (all editions in
it are lost), or its programs are installed.
"""

from __future__ import annotations

import os
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from itertools import islice
from pathlib import Path

from digest.clock import SystemClock
from digest.core.edition import EditionId
from digest.core.letter import Letter
from digest.core.outbox import Delivery, DeliveryState, Outcome, Receipt, Settlement
from digest.jobs.claiming import BATCH, LEASE
from digest.jobs.ledger import Ledger
from digest.ports import Journal
from digest.storage import Database, Journals
from digest.storage.tables import metadata
from tests.postgres import find_binaries, shared_cluster
from tests.sending import an_approved_edition

LETTERS = 20_000
MOST = 60.0
CONNECTIONS = 16
_RUNS = 3
"""Of the way that is used the best counts: other work on the machine only ever adds."""

THEMES = (("theme-1",), ("theme-1", "theme-2"))

Way = Callable[[Database, EditionId, int, Path], None]


def _answer(number: int) -> Receipt:
    return Receipt(Outcome.ACCEPTED, f"250 2.0.0 Ok: queued as 4F1{number:X}")


class Synced:
    """A journal that survives a loss of power, too."""

    def __init__(self, journals: Journals) -> None:
        self._journals = journals

    def open(self) -> Journal:
        """Begin a journal that waits for the disk at each write."""
        journal = self._journals.open()
        append = journal.append

        def synced(lines: bytes) -> bool:
            is_ours = append(lines)
            os.fsync(journal._descriptor)  # noqa: SLF001 - the measurement is of this very file
            return is_ours

        journal.append = synced  # type: ignore[method-assign] # as above
        return journal


def journal(
    store: Database, edition: EditionId, connections: int, folder: Path, *, sync: bool = False
) -> None:
    """Use the ledger as senders do."""
    journals = Journals(folder / "journal")
    kept = Synced(journals) if sync else journals
    ledger = Ledger(store, SystemClock(), kept, edition, _never)  # type: ignore[arg-type] # opens only
    while batch := ledger.claim(BATCH, LEASE).deliveries:
        rest = iter(batch)
        while group := list(islice(rest, connections)):
            for letter in ledger.at_dot([Letter(row.id, "", "", "", b"") for row in group]):
                ledger.note(letter.delivery, _answer(letter.delivery))
    ledger.close()


def _never(*_: object) -> None:
    return None


def synced(store: Database, edition: EditionId, connections: int, folder: Path) -> None:
    """As above, with the disk waited for."""
    journal(store, edition, connections, folder, sync=True)


def rows(store: Database, edition: EditionId, connections: int, _: Path) -> None:
    """Mark the rows themselves, in a commit a round, with the answers of the round before."""
    answers: list[Settlement] = []
    clock = SystemClock()
    for batch in _claims(store, edition):
        rest = iter(batch)
        while group := list(islice(rest, connections)):
            with store.begin() as work:
                work.deliveries.settle("bench", answers, clock.now())
                work.deliveries.wait_at_dot(group, "bench", clock.now())
            answers = [
                Settlement(row.id, row.attempt, DeliveryState.ACCEPTED, _answer(row.id).reply)
                for row in group
            ]
    with store.begin() as work:
        work.deliveries.settle("bench", answers, clock.now())


def _claims(store: Database, edition: EditionId) -> Iterator[Sequence[Delivery]]:
    clock = SystemClock()
    while True:
        now = clock.now()
        with store.begin() as work:
            claim = work.deliveries.claim(edition, "bench", now, now + LEASE, BATCH)
        if not claim.deliveries:
            return
        yield claim.deliveries


def bare(letters: int, folder: Path) -> tuple[float, float]:
    """Microseconds a letter (wall, CPU) for the statements alone, in SQLite."""
    with closing(sqlite3.connect(folder / "bare.db", isolation_level=None)) as database:
        run = database.execute
        run("PRAGMA journal_mode = WAL")
        run("PRAGMA synchronous = FULL")
        run(
            "CREATE TABLE d "
            "(id INTEGER PRIMARY KEY, state TEXT, attempt INT, worker TEXT, said TEXT)"
        )
        run("CREATE INDEX of_state ON d (state, id)")
        run("CREATE INDEX of_worker ON d (worker) WHERE worker IS NOT NULL")
        run("BEGIN")
        blank = ((number, "due", 0, "") for number in range(letters))
        database.executemany("INSERT INTO d VALUES (?, ?, ?, NULL, ?)", blank)
        run("COMMIT")
        with _timed(letters) as spent:
            claimed: list[int] = []
            for _ in range(-(-letters // BATCH) + 1):
                run("BEGIN IMMEDIATE")
                settled = ((f"250 {number}", number, "me") for number in claimed)
                database.executemany(_BARE_ANSWER, settled)
                claimed = [number for (number,) in run(_BARE_CLAIM, (BATCH,))]
                run("COMMIT")
    return spent[0], spent[1]


_BARE_CLAIM = """
UPDATE d SET state = 'claimed', attempt = attempt + 1, worker = 'me'
WHERE id IN (SELECT id FROM d WHERE state = 'due' ORDER BY id LIMIT ?) RETURNING id
"""
_BARE_ANSWER = (
    "UPDATE d SET state = 'accepted', said = ?, worker = NULL WHERE id = ? AND worker = ?"
)


@contextmanager
def _timed(letters: int) -> Iterator[list[float]]:
    spent: list[float] = []
    wall, busy = time.perf_counter(), time.process_time()
    yield spent
    spent += [1e6 * (time.perf_counter() - wall) / letters]
    spent += [1e6 * (time.process_time() - busy) / letters]


def measured(way: Way, url: str, connections: int, letters: int) -> tuple[float, float]:
    """Microseconds a letter, wall and CPU."""
    with tempfile.TemporaryDirectory() as folder:
        store = Database(url, Path(folder))
        store.upgrade()
        with store.engine.begin() as connection:
            for table in reversed(metadata.sorted_tables):
                connection.execute(table.delete())
        edition = an_approved_edition(store, (THEMES[n % 2] for n in range(letters)))
        with _timed(letters) as spent:
            way(store, edition, connections, Path(folder))
        with store.read() as work:
            assert work.deliveries.counts(edition)[DeliveryState.ACCEPTED] == letters
        store.close()
    return spent[0], spent[1]


WAYS: Sequence[tuple[str, Way, int, float]] = (
    ("row mark, one commit a letter", rows, 1, 0.1),
    ("row marks, one commit a round", rows, CONNECTIONS, 0.5),
    ("journal, fsync a round", synced, CONNECTIONS, 0.5),
    ("journal, one connection", journal, 1, 1),
    ("journal", journal, CONNECTIONS, 1),
)
"""Each with its connections, and the part of the letters that is enough to measure it."""


def compare(database: str, url: str, letters: int) -> float:
    """Print the ways on a database; answers what the one that is used costs."""
    wall = 0.0
    for name, way, connections, part in WAYS:
        runs = _RUNS if way is journal else 1
        wall, busy = min(measured(way, url, connections, int(letters * part)) for _ in range(runs))
        print(
            f"{database:10}  {name:30}  {connections:2} connections  {wall:6.0f} µs a letter "
            f"(CPU {busy:4.0f})  in doubt after kill -9: at most {connections}",
            flush=True,
        )
    return wall


@contextmanager
def _postgresql(folder: Path) -> Iterator[str | None]:
    if url := os.environ.get("DIGEST_BENCH_POSTGRESQL"):
        yield url
        return
    try:
        find_binaries()
    except LookupError:
        yield None
        return
    with shared_cluster(folder) as cluster:
        yield cluster.create("ledger")


def main() -> int:
    """Print the figures."""
    letters = int(sys.argv[1]) if sys.argv[1:] else LETTERS
    with tempfile.TemporaryDirectory() as folder:
        wall, busy = bare(letters, Path(folder))
        print(f"sqlite      bare statements (yardstick)  {wall:6.0f} µs a letter (CPU {busy:4.0f})")
        worst = compare("sqlite", "sqlite:///digest.db", letters)
        with _postgresql(Path(folder)) as url:
            if url:
                worst = max(worst, compare("postgresql", url, letters))
            else:
                print("postgresql  skipped: install it, or set DIGEST_BENCH_POSTGRESQL")
    print(f"bookkeeping  {worst:.0f} µs a letter (promised: at most {MOST:.0f})")
    return 0 if worst <= MOST else 1


if __name__ == "__main__":
    sys.exit(main())
