"""What it costs to hand off an edition with its ledger, and how much memory.

Hands 30 KB letters to the *log* mailer through the whole job (claims, recipients, letters, marks,
receipts, in a SQLite database on disk), first 10,000 and then 100,000, each in a process of its
own whose peak of memory is its own. Beside it, in the same run, the yardstick: the same letters
written to the null device in a bare loop. ``--full`` adds a million, in some minutes.

    python benchmarks/hand_off.py [--full] [LETTERS ...]
"""

from __future__ import annotations

import json
import logging
import os
import resource
import subprocess
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path

from digest.cli.main import collect_garbage_seldom
from digest.clock import SystemClock
from digest.config import MailSettings
from digest.core.edition import EditionId
from digest.core.outbox import DeliveryId
from digest.jobs.deliver import Deliver
from digest.mailers.log import LogMailer
from digest.ports import Mailer
from digest.storage import Database, Journals
from tests.builders import an_edition
from tests.sending import FakeEmail, FakeRoll, a_writer, an_approved_edition

MOST_MEMORY = 120.0
LEAST_RATE = 5_000
SIZE = 30_000
THEMES = ("theme-1", "theme-2", "theme-3")


def ledger(mailer: Mailer, letters: int) -> float:
    """Letters a second through the whole job."""
    with tempfile.TemporaryDirectory() as folder:
        store = Database("sqlite:///digest.db", Path(folder))
        store.upgrade()
        audience = (THEMES[: 1 + n % 3] for n in range(letters))
        edition = an_approved_edition(store, audience)
        job = Deliver(
            store,
            SystemClock(),
            mailer,
            FakeRoll(),
            a_writer(FakeEmail(SIZE)),
            Journals(Path(folder) / "journal"),
            timedelta(9999),
        )
        start = time.perf_counter()
        report = job(edition)
        seconds = time.perf_counter() - start
        store.close()
    assert report.is_sent
    assert report.accepted == letters
    return letters / seconds


def bare(letters: int) -> float:
    """Letters a second when they are only made and written to nowhere."""
    made = a_writer(FakeEmail(SIZE)).of(EditionId(1), an_edition())
    people, clock = FakeRoll(), SystemClock()
    start = time.perf_counter()
    with Path(os.devnull).open("wb", buffering=0) as nowhere:
        for first in range(1, letters + 1, 200):
            readers = people.recipients("weekly", range(first, first + 200))
            for number, reader in readers.items():
                themes = THEMES[: 1 + number % 3]
                letter = made.letter(DeliveryId(number), themes, reader, clock.now())
                nowhere.write(letter.content)
    return letters / (time.perf_counter() - start)


def measured(what: str, letters: int) -> tuple[float, float]:
    """Letters a second and peak megabytes of a process of its own."""
    command = [sys.executable, __file__, "--one", what, str(letters)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    rate, memory = json.loads(done.stdout)
    return rate, memory


def one(what: str, letters: int) -> None:
    """Measure in this process."""
    collect_garbage_seldom()
    # The lines of the log are made and written as for a file.
    logging.basicConfig(level=logging.INFO, filename=os.devnull)
    if what == "bare":
        rate = bare(letters)
    else:
        settings = MailSettings(from_address="digest@example.org")
        rate = ledger(LogMailer(settings, Path()), letters)
    print(json.dumps([rate, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024]))


def main() -> int:
    """Print the figures."""
    counts = [int(count) for count in sys.argv[1:] if count != "--full"] or [10_000, 100_000]
    if "--full" in sys.argv:
        counts.append(1_000_000)
    worst = 0.0
    for count in counts:
        rate, memory = measured("log", count)
        yardstick, _ = measured("bare", count)
        worst = max(worst, memory)
        print(
            f"log mailer  {count:9,} letters  {rate:7,.0f}/s (a quiet machine: {LEAST_RATE:,})  "
            f"peak {memory:5.1f} MB "
            f"(at most {MOST_MEMORY:.0f})  bare loop {yardstick:7,.0f}/s (yardstick)  "
            f"accounts {1e6 / rate - 1e6 / yardstick:5.0f} µs a letter",
            flush=True,
        )
    return 0 if worst <= MOST_MEMORY else 1


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        one(sys.argv[2], int(sys.argv[3]))
    else:
        sys.exit(main())
