"""Kill senders without warning, many times, and count what became of each letter.

An edition is handed to a mail server that writes down what it takes, in a process of its own and
with none of the sender's code. The sender is killed (``kill -9``) 0.05 to 2 seconds after it began
and started anew, until the edition is done; then comes the next edition, until there were as many
kills as asked for. The policy is ``hold``, under which nothing may come twice.

lost         letters that neither the server took nor the ledger lists as in doubt
duplicates   letters that the server took more than once
in doubt     letters of which nobody knows by the ledger alone; at most one a connection and kill

Exits 1 when a letter is lost or comes twice, a kill leaves more doubts than connections, or an
edition does not come to its end by itself.

    python benchmarks/soak.py [--kills N] [--letters M] [--on sqlite|postgresql]

Without ``--on`` both are used, PostgreSQL where its programs are installed.
"""

from __future__ import annotations

import argparse
import logging
import multiprocessing
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from random import Random

from digest.clock import SystemClock
from digest.config import MailSettings
from digest.core.edition import EditionId
from digest.core.outbox import DeliveryState
from digest.jobs.deliver import Deliver
from digest.mailers.smtp import SmtpMailer
from digest.storage import Database, Journals
from tests.postgres import find_binaries, shared_cluster
from tests.sending import FakeRoll, a_writer, an_approved_edition
from tests.smtp_sink import SmtpSink

KILLS = 200
LETTERS = 10_000
CONNECTIONS = 8
SOONEST, LATEST = 0.05, 2.0
_PATIENCE = 600
"""Seconds for one start, and for one edition to end; far more than either needs."""
_ENDED = (DeliveryState.ACCEPTED, DeliveryState.IN_DOUBT)
_PROCESSES = multiprocessing.get_context("spawn")

Place = Callable[[int], str]


@dataclass(slots=True)
class Tally:
    """What was counted on one database."""

    kills: int = 0
    editions: int = 0
    accepted: int = 0
    lost: int = 0
    duplicates: int = 0
    in_doubt: int = 0
    most: int = 0
    unended: int = 0

    @property
    def is_good(self) -> bool:
        """Whether every promise was kept."""
        return not (self.lost or self.duplicates or self.unended) and self.most <= CONNECTIONS


def send(begun: Connection, url: str, folder: Path, port: int, edition: EditionId) -> None:
    """Be the sender; says when it begins."""
    logging.disable()
    store = Database(url, folder)
    settings = MailSettings(
        from_address="digest@example.org", host="127.0.0.1", port=port, connections=CONNECTIONS
    )
    job = Deliver(
        store,
        SystemClock(),
        SmtpMailer(settings, folder),
        FakeRoll(),
        a_writer(),
        Journals(folder / "journal"),
        timedelta(days=9999),
    )
    begun.send(True)
    job(edition)
    store.close()


def record(parent: Connection) -> None:
    """Be the mail server; tells its port, and when asked the Message-IDs of all it took."""
    with SmtpSink() as sink:
        parent.send(sink.port)
        parent.recv()
        parent.send(sink.message_ids())


@contextmanager
def _recording() -> Iterator[tuple[int, Callable[[], list[str]]]]:
    ours, theirs = _PROCESSES.Pipe()
    process = _PROCESSES.Process(target=record, args=(theirs,))
    process.start()

    def taken() -> list[str]:
        ours.send(True)
        names: list[str] = ours.recv()
        return names

    try:
        yield ours.recv(), taken
    finally:
        process.kill()
        process.join()


@dataclass(slots=True)
class Trial:
    """One edition, sent by one sender after the other."""

    url: str
    folder: Path
    port: int
    store: Database
    edition: EditionId
    tally: Tally

    def was_killed(self, seconds: float | None) -> bool:
        """Send, and be killed after so many seconds, unless all is done before."""
        ours, theirs = _PROCESSES.Pipe()
        arguments = (theirs, self.url, self.folder, self.port, self.edition)
        process = _PROCESSES.Process(target=send, args=arguments)
        process.start()
        theirs.close()
        if ours.poll(_PATIENCE):
            process.join(_PATIENCE if seconds is None else seconds)
        is_running = process.is_alive()
        process.kill()
        process.join()
        return is_running

    def until_done(self, kills: int, chance: Random) -> None:
        """Start senders until one comes to the end."""
        known: tuple[int, set[str]] = (0, set())
        while self.tally.kills < kills:
            was_killed = self.was_killed(chance.uniform(SOONEST, LATEST))
            known = self._told(known)
            if not was_killed:
                return
            self.tally.kills += 1
        self.was_killed(None)
        self._told(known)

    def _told(self, known: tuple[int, set[str]]) -> tuple[int, set[str]]:
        """Ascribe new doubts to the dead whose journals were read since the last look."""
        doubts, journals = len(self.doubts()), self._journals()
        # A sender killed between keeping what it read and removing the journal has read it, too.
        read = max(1, len(known[1] - journals))
        self.tally.most = max(self.tally.most, -(-(doubts - known[0]) // read))
        return doubts, journals

    def _journals(self) -> set[str]:
        return {path.name for path in (self.folder / "journal").glob("*.log")}

    def doubts(self) -> set[str]:
        """The Message-IDs of the letters in doubt."""
        name = a_writer().sender.message_id
        with self.store.read() as work:
            rows = list(work.deliveries.list(self.edition, DeliveryState.IN_DOUBT))
        return {name("digest", self.edition, row.subscriber) for row in rows}

    def judge(self, taken: list[str], letters: int) -> None:
        """Compare what the server took with what the ledger says."""
        with self.store.read() as work:
            counts = work.deliveries.counts(self.edition)
        once, doubts = set(taken), self.doubts()
        self.tally.editions += 1
        self.tally.accepted += len(once)
        self.tally.lost += letters - len(once | doubts)
        self.tally.duplicates += len(taken) - len(once)
        self.tally.in_doubt += len(doubts)
        self.tally.unended += sum(counts[state] for state in _ENDED) != letters


def tallied(place: Place, kills: int, letters: int) -> Tally:
    """Send editions, each in a database of its own, until there were enough kills."""
    tally, chance = Tally(), Random(20261123)
    while tally.kills < kills:
        with tempfile.TemporaryDirectory() as name, _recording() as (port, taken):
            folder, url = Path(name), place(tally.editions)
            store = Database(url, folder)
            store.upgrade()
            edition = an_approved_edition(store, (("theme-1",) for _ in range(letters)))
            trial = Trial(url, folder, port, store, edition, tally)
            trial.until_done(kills, chance)
            trial.judge(taken(), letters)
            store.close()
    return tally


def soak(database: str, place: Place, kills: int, letters: int) -> bool:
    """Print what became of the letters on a database; answers whether the promises were kept."""
    began = time.monotonic()
    tally = tallied(place, kills, letters)
    print(
        f"{database:10}  {tally.kills} kills in {tally.editions} editions of {letters} letters, "
        f"{CONNECTIONS} connections: accepted {tally.accepted}, lost {tally.lost}, "
        f"duplicates {tally.duplicates}, in doubt {tally.in_doubt} (of one kill at most "
        f"{tally.most}), not ended {tally.unended}; {time.monotonic() - began:.0f} s",
        flush=True,
    )
    return tally.is_good


def main() -> int:
    """Kill senders on each database."""
    arguments = argparse.ArgumentParser(description="kill senders, count letters")
    arguments.add_argument("--kills", type=int, default=KILLS, help="on each database")
    arguments.add_argument("--letters", type=int, default=LETTERS, help="in each edition")
    arguments.add_argument("--on", choices=("sqlite", "postgresql"), help="only this database")
    asked = arguments.parse_args()
    is_good = True
    if asked.on != "postgresql":
        is_good = soak("sqlite", lambda _: "sqlite:///digest.db", asked.kills, asked.letters)
    if asked.on == "sqlite":
        return 0 if is_good else 1
    try:
        find_binaries()
    except LookupError:
        print("postgresql  skipped: its programs are not installed")
        return 0 if is_good else 1
    with tempfile.TemporaryDirectory() as folder, shared_cluster(Path(folder)) as cluster:
        is_good &= soak(
            "postgresql", lambda n: cluster.create(f"soak_{n}"), asked.kills, asked.letters
        )
    return 0 if is_good else 1


if __name__ == "__main__":
    sys.exit(main())
