"""How fast whole editions go to a mail server, accounts and all, beside Postfix's own test client.

A real site: the shipped templates, readers in the database, letters of about 30 KB, each written
for its reader, claimed, marked and settled in the ledger. Everything on loopback and interleaved
in one run: ``smtp-source -d`` (C, one and the same content for all) at 1, 4 and 16 sessions, and
our senders with SQLite and with PostgreSQL as durable as it is by default, one process and two,
into the same ``smtp-sink``. Rates count from the first claim to the last row settled, with the
template read already.

    python benchmarks/delivery.py [LETTERS] [ROUNDS]
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from benchmarks import smtp, workers
from digest.cli.main import collect_garbage_seldom
from digest.core.edition import EditionId
from digest.wiring import House, settings
from tests.postgres import Cluster, find_binaries, shared_cluster

GOALS = {"SQLite": 1.0, "PostgreSQL": 0.9}
CONNECTIONS = 64
SENDERS = (1, 2)
LETTERS = 8_000
ROUNDS = 5
_EDITION = EditionId(1)

Copy = Callable[[], str]
"""Gives the address of a database in which nothing of the edition was sent yet."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A database, and how many senders share one edition in it."""

    name: str
    folder: Path
    size: int
    fresh: Copy
    senders: int

    def rate(self, port: int, letters: int) -> float:
        """Letters a second."""
        environ = {
            **os.environ,
            "DIGEST_STORAGE__URL": self.fresh(),
            "DIGEST_MAIL__PORT": str(port),
            "DIGEST_MAIL__CONNECTIONS": str(CONNECTIONS // self.senders),
        }
        command = [sys.executable, __file__, "--send", str(self.folder)]
        children = [
            subprocess.Popen(command, env=environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
            for _ in range(self.senders)
        ]
        for child in children:
            assert child.stdout
            child.stdout.readline()  # it is ready
        told: list[tuple[float, float, int]] = [
            json.loads(child.communicate(b"\n")[0]) for child in children
        ]
        assert sum(accepted for *_, accepted in told) == letters, told
        return letters / (max(end for _, end, _ in told) - min(start for start, *_ in told))


def send(folder: Path) -> None:
    """Be a sender: make ready, wait for the word, and tell when it began and ended."""
    collect_garbage_seldom()
    house = House(settings(folder / "config.toml"))
    deliver, _ = house.deliver, house.mailer
    with house.store.read() as work:
        record = work.editions.get(_EDITION)
    assert record
    assert record.edition
    house.letters.of(_EDITION, record.edition)  # as in a sender that has run for a while
    print(flush=True)
    sys.stdin.readline()
    start = time.monotonic()
    report = deliver(_EDITION)
    print(json.dumps([start, time.monotonic(), report.accepted]))
    house.close()


def site(folder: Path, url: str, letters: int) -> int:
    """Make a site with readers and an approved edition; answers with the bytes of a letter."""
    folder.mkdir()
    workers.lay_out(folder, url, 1, engine="embedded")
    size = workers.draft(folder, letters)
    workers.run_digest(folder, "editions", "approve", "1")
    return size


def sqlite(folder: Path) -> Copy:
    """Copies of the file."""
    original, numbers = folder / "digest.db", count()

    def fresh() -> str:
        copy = folder / f"copy{next(numbers)}.db"
        shutil.copy(original, copy)
        return f"sqlite:///{copy}"

    return fresh


def postgresql(cluster: Cluster, original: str) -> Copy:
    """Copies of the database."""
    numbers = count()

    def fresh() -> str:
        return cluster.create(f"copy{next(numbers)}", like=original)

    return fresh


def kinds(stack: ExitStack, letters: int) -> Iterator[Kind]:
    """All that are measured."""
    home = Path(stack.enter_context(tempfile.TemporaryDirectory()))
    folder = home / "sqlite"
    size = site(folder, "sqlite:///digest.db", letters)
    for senders in SENDERS:
        yield Kind("SQLite", folder, size, sqlite(folder), senders)
    try:
        find_binaries()
    except LookupError as missing:
        print(missing)
        return
    cluster = stack.enter_context(shared_cluster(home, durable=True))
    folder = home / "postgresql"
    size = site(folder, cluster.create("first"), letters)
    fresh = postgresql(cluster, "first")
    for senders in SENDERS:
        yield Kind("PostgreSQL", folder, size, fresh, senders)


def compare(letters: int, rounds: int) -> dict[str, float]:
    """Print the figures; answers with the best ratio of each database."""
    with ExitStack() as stack:
        all_kinds = list(kinds(stack, letters))
        size = all_kinds[0].size
        port = stack.enter_context(smtp.sink())
        yardsticks: dict[int, list[float]] = {sessions: [] for sessions in smtp.SESSIONS}
        rates: list[list[float]] = [[] for _ in all_kinds]
        for _ in range(rounds):
            for sessions, found in yardsticks.items():
                found.append(smtp.theirs(port, sessions, letters, size=size))
            for kind, found in zip(all_kinds, rates, strict=True):
                found.append(kind.rate(port, letters))
    print(f"{letters:,} letters of {size:,} bytes, {rounds} rounds")
    best = [max(round_) for round_ in zip(*yardsticks.values(), strict=True)]
    for sessions, found in yardsticks.items():
        print(f"{smtp.YARDSTICK:14} {sessions:2} sessions    {statistics.median(found):6,.0f}/s")
    reached: dict[str, float] = {}
    for kind, found in zip(all_kinds, rates, strict=True):
        ratio = statistics.median(ours / theirs for ours, theirs in zip(found, best, strict=True))
        reached[kind.name] = max(ratio, reached.get(kind.name, 0.0))
        who = f"{kind.senders} sender{'s' if kind.senders > 1 else ' '}"
        print(
            f"ours, {kind.name:10} {who}  {statistics.median(found):6,.0f}/s  "
            f"{ratio:4.2f} x the best of {smtp.YARDSTICK}",
            flush=True,
        )
    return reached


def main() -> int:
    """Print the figures."""
    letters = int(sys.argv[1]) if len(sys.argv) > 1 else LETTERS
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else ROUNDS
    if not smtp.has_postfix():
        print("needs smtp-source and smtp-sink; run requirements/peers")
        return 0
    reached = compare(letters, rounds)
    for name, ratio in reached.items():
        print(f"{name}: {ratio:.2f} x, goal {GOALS[name]:.1f}")
    return 0


if __name__ == "__main__":
    if sys.argv[1:2] == ["--send"]:
        send(Path(sys.argv[2]))
    else:
        sys.exit(main())
