"""How much faster two workers hand off one edition than one: whole processes on PostgreSQL.

Each worker has a mail server of its own, both of them in a network namespace of their own where
that is allowed (root on Linux), else on a port of their own. The site is a real one: the shipped
templates, readers in the database, PostgreSQL as durable as it is by default. Two kinds of server:
one that answers to a content after 50 ms, as a relay with a disk does, so that the wait and not
this machine is the limit; and Postfix's ``smtp-sink``, which takes all it can get, so that the
processors are. Exits 1 when two workers do less than 1.7 times the work of one at the first.

    python benchmarks/workers.py [LETTERS]
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import psutil

from digest.core.edition import EditionId
from digest.core.outbox import DeliveryState
from digest.storage import Database
from tests.postgres import Cluster, shared_cluster

GOAL = 1.7
WORKERS = (1, 2)
PORT = 2525
DELAY = 50
CONNECTIONS = 8
NOTES = 22
"""So many that a letter has about 30 KB."""
ROUNDS = 3
_PATIENCE = 600
HERE = Path(__file__).parent
SINK = shutil.which("smtp-sink") or str(HERE.parent / ".venv/bin/smtp-sink")

CONFIG = """\
[site]
name = "Riverbank"
url = "https://digest.example.org"
contact = "editors@example.org"
postal_address = "7 Weir Lane, Berlin"

[storage]
url = "{database}"

[engine]
kind = "{engine}"
senders = {senders}

[mail]
kind = "smtp"
host = "127.0.0.1"
from_address = "digest@example.org"
connections = {connections}

[[sources]]
name = "desk"
kind = "folder"
path = "notes"
first_days = 3650

[[newsletters]]
slug = "letter"
title = "The Letter"
max_items_per_theme = 100
"""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a worker and its server are."""

    prefix: tuple[str, ...]
    port: int

    def start(self, site: Path, *words: str) -> subprocess.Popen[bytes]:
        """Run a program there."""
        environ = {**os.environ, "DIGEST_MAIL__PORT": str(self.port)}
        with (site / "programs.log").open("ab") as log:
            command = [*self.prefix, *words]
            return subprocess.Popen(command, cwd=site, env=environ, stdout=log, stderr=log)


@dataclass(frozen=True, slots=True)
class Rate:
    """What one run came to.

    Attributes:
        letters: a second.
        busy: processors in use on average, by all programs together.
        memory: megabytes of the largest worker at its end.
        row: bytes that the database grew by for each reader, with their delivery.
    """

    letters: float
    busy: float
    memory: float = 0.0
    row: float = 0.0


@contextmanager
def places(count: int) -> Iterator[list[Place]]:
    """Network namespaces, or ports where these are not allowed."""
    names = [f"digest-bench-{number}" for number in range(count)]
    done = [_quiet("ip", "netns", "add", name) for name in names]
    try:
        if all(done):
            for name in names:
                _quiet("ip", "-n", name, "link", "set", "lo", "up")
            yield [Place(("ip", "netns", "exec", name), PORT) for name in names]
        else:
            yield [Place((), PORT + number) for number in range(count)]
    finally:
        for name in names:
            _quiet("ip", "netns", "delete", name)


def run(cluster: Cluster, workers: int, letters: int, *, delay: int) -> Rate:
    """Send one edition with so many workers."""
    database = f"bench_{time.monotonic_ns()}"
    with tempfile.TemporaryDirectory() as folder, ExitStack() as programs:
        site = Path(folder)
        url = cluster.create(database)
        empty = prepare(site, url, workers, letters)
        digest = (sys.executable, "-m", "digest")
        senders = []
        for place in programs.enter_context(places(workers)):
            programs.enter_context(_ended(place.start(site, *_sink(place.port, delay))))
            senders.append(place.start(site, *digest, "worker", "--queues=letters"))
            programs.enter_context(_ended(senders[-1]))
        pages = Place((), PORT).start(site, *digest, "worker", "--queues=pages")
        programs.enter_context(_ended(pages))
        time.sleep(5)
        run_digest(site, "editions", "approve", "1")
        store = Database(url, site)
        rate = watched(store, letters)
        row = (kept(store) - empty) / letters
        memory = max(psutil.Process(sender.pid).memory_info().rss for sender in senders)
        store.close()
    cluster.drop(database)
    return replace(rate, memory=memory / 1e6, row=row)


def prepare(site: Path, url: str, workers: int, letters: int) -> int:
    """Make a site with readers and a draft of one edition; answers with bytes without them."""
    lay_out(site, url, workers, engine="procrastinate")
    run_digest(site, "db", "upgrade")
    store = Database(url, site)
    empty = kept(store)
    store.close()
    draft(site, letters)
    return empty


def lay_out(site: Path, url: str, workers: int, *, engine: str) -> None:
    """Write the configuration, and what there is to read."""
    config = CONFIG.format(database=url, engine=engine, senders=workers, connections=CONNECTIONS)
    (site / "config.toml").write_text(config)
    (site / "notes").mkdir()
    today = datetime.now(UTC).date()
    for number in range(NOTES):
        text = "A river finds its way, bend after bend, to the sea. " * 9
        facts = f"title: Flood {number}\nlink: https://example.org/{number}\ndate: {today}\n"
        (site / "notes" / f"{number:03}.md").write_text(f"---\n{facts}---\n{text}\n")


def draft(site: Path, letters: int) -> int:
    """Bring readers in and open a draft; answers with the bytes of a letter."""
    readers = "".join(f"reader{number}@example.net\n" for number in range(letters))
    (site / "readers.csv").write_text(f"address\n{readers}")
    run_digest(
        site, "subscribers", "import", "readers.csv", "--newsletter", "letter", "--how", "bench"
    )
    run_digest(site, "collect")
    run_digest(site, "editions", "draft", "letter")
    run_digest(site, "editions", "preview", "1", "--out", "seen")
    return next((site / "seen").glob("**/letter.eml")).stat().st_size


def kept(store: Database) -> int:
    """Bytes of the database."""
    with store.engine.connect() as connection:
        found = connection.exec_driver_sql("SELECT pg_database_size(current_database())")
        return int(found.scalar_one())


def watched(store: Database, letters: int) -> Rate:
    """Wait for the edition; measure from its first accepted letters to its last."""
    began, before, at = 0.0, 0, psutil.cpu_times()
    latest = time.monotonic() + _PATIENCE
    while True:
        with store.read() as work:
            accepted = work.deliveries.counts(EditionId(1))[DeliveryState.ACCEPTED]
        if accepted and not began:
            began, before, at = time.monotonic(), accepted, psutil.cpu_times()
        if accepted == letters:
            break
        if time.monotonic() > latest:
            raise TimeoutError(f"{accepted} of {letters} letters in {_PATIENCE} s")
        time.sleep(0.1)
    spent, now = time.monotonic() - began, psutil.cpu_times()
    busy = (now.user + now.system) - (at.user + at.system)
    return Rate((letters - before) / spent, busy / spent)


def size(cluster: Cluster) -> int:
    """Bytes of one letter."""
    database = f"bench_{time.monotonic_ns()}"
    with tempfile.TemporaryDirectory() as folder:
        lay_out(Path(folder), cluster.create(database), 1, engine="procrastinate")
        found = draft(Path(folder), 1)
    cluster.drop(database)
    return found


def main() -> int:
    """Print the figures."""
    letters = int(sys.argv[1]) if len(sys.argv) > 1 else 8_000
    with (
        tempfile.TemporaryDirectory() as meeting,
        shared_cluster(Path(meeting), durable=True) as cluster,
    ):
        with places(1) as found:
            where = "network namespaces" if found[0].prefix else "ports"
        print(
            f"{os.cpu_count()} processors; servers in {where} of their own; letters of "
            f"{size(cluster):,} bytes, {CONNECTIONS} connections a worker",
            flush=True,
        )
        patient = compare(cluster, letters // 2, DELAY, f"answers after {DELAY} ms")
        compare(cluster, letters, 0, "smtp-sink")
    print(f"goal: {GOAL} x where the processors allow")
    return 0 if patient >= GOAL else 1


def compare(cluster: Cluster, letters: int, delay: int, name: str) -> float:
    """Print one worker beside two, in the middle of three rounds; answers with the ratio."""
    rounds = [
        [run(cluster, workers, letters, delay=delay) for workers in WORKERS] for _ in range(ROUNDS)
    ]
    rates = [
        sorted(found, key=lambda rate: rate.letters)[ROUNDS // 2]
        for found in zip(*rounds, strict=True)
    ]
    for workers, rate in zip(WORKERS, rates, strict=True):
        print(
            f"{name:20} {workers} worker{'s' if workers > 1 else ' '}  {letters:7,} letters  "
            f"{rate.letters:6,.0f}/s  {rate.letters / rates[0].letters:4.2f} x one  "
            f"{rate.busy:3.1f} processors busy  "
            f"{rate.memory:3.0f} MB  {rate.row:,.0f} bytes a reader",
            flush=True,
        )
    return float(rates[-1].letters / rates[0].letters)


def _sink(port: int, delay: int) -> Sequence[str]:
    if delay:
        return sys.executable, str(HERE / "smtp.py"), "--slow-sink", str(port), str(delay)
    user = ("-u", "nobody") if os.geteuid() == 0 else ()
    return SINK, *user, f"127.0.0.1:{port}", "1000"


def run_digest(site: Path, *words: str) -> None:
    """Run a command of the program there."""
    command = [sys.executable, "-m", "digest", *words]
    subprocess.run(command, cwd=site, check=True, capture_output=True, timeout=600)


@contextmanager
def _ended(program: subprocess.Popen[bytes]) -> Iterator[None]:
    try:
        yield
    finally:
        program.terminate()
        program.wait()


def _quiet(*words: str) -> bool:
    try:
        return not subprocess.run(words, check=False, capture_output=True).returncode
    except FileNotFoundError:
        return False


if __name__ == "__main__":
    sys.exit(main())
