"""How fast people are imported, beside the least that any import must do.

Run: ``python benchmarks/import_people.py [LINES]``. The yardstick, in the same run, is
``csv.reader`` and the bare ``sqlite3.executemany`` of the same people into one table, as durable:
no address is checked, nobody is looked up, no consent is recorded. The database is a site's own,
with its settings. The goal is 20,000 lines a second for a million lines.
"""

from __future__ import annotations

import csv
import resource
import secrets
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from digest.storage import Database
from subscribers import Links, People

LINES = 100_000
BATCH = 10_000
KEY = secrets.token_bytes(32)


def write_file(path: Path, lines: int) -> None:
    """Write people with names, two newsletters and themes, at many domains."""
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(["email", "name", "newsletters", "themes", "since"])
        for number in range(lines):
            address = f"reader.{number}@mail{number % 2_000}.example.org"
            themes = "weekly:finance|law" if number % 3 else ""
            table.writerow([address, f"Reader {number}", "weekly", themes, "2025-03-01"])


def yardstick(path: Path, folder: Path) -> None:
    """Read the file and put its cells into one table, ten thousand lines a transaction."""
    connection = sqlite3.connect(folder / "yardstick.db")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute(
        "CREATE TABLE people (address TEXT UNIQUE, name TEXT, newsletters TEXT, "
        "themes TEXT, since TEXT)"
    )
    for batch in _batches(path):
        with connection:
            connection.executemany("INSERT INTO people VALUES (?, ?, ?, ?, ?)", batch)
    connection.close()


def _batches(path: Path) -> Iterator[list[list[str]]]:
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file)
        next(rows)
        while batch := list(islice(rows, BATCH)):
            yield batch


def measure(name: str, lines: int, act: Callable[[], object], yardstick_rate: float = 0) -> float:
    """Time an act and print its lines a second."""
    start = time.perf_counter()
    act()
    rate = lines / (time.perf_counter() - start)
    beside = f"   {rate / yardstick_rate:5.2f} of the yardstick" if yardstick_rate else ""
    print(f"{name:38}{rate:12,.0f} lines/s{beside}")
    return rate


def main(lines: int) -> None:
    """Measure import, second import, audience and links."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        path = folder / "people.csv"
        write_file(path, lines)
        bare = measure("csv.reader + sqlite3.executemany", lines, lambda: yardstick(path, folder))
        database = Database("sqlite:///people.db", folder)
        database.upgrade()
        people = People(database.engine, KEY, lambda: datetime.now(UTC))

        def run() -> None:
            with path.open(encoding="utf-8", newline="") as file:
                report = people.read_csv(file, how="benchmark")
            assert not report.rejected

        measure("import: everybody is new", lines, run, bare)
        print(f"{'memory at most':38}{_peak():12,.0f} MB")
        measure("import again: everybody is known", lines, run, bare)
        measure("audience, streamed", lines, lambda: sum(1 for _ in people.audience("weekly")))
        links = Links("https://digest.example.org", KEY)
        handle = secrets.token_bytes(8)
        measure("unsubscribe links made", lines,
                lambda: [links.unsubscribe(handle, "weekly") for _ in range(lines)])  # fmt: skip
        database.close()


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else LINES)
