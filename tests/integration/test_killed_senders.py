"""Senders are killed, stopped, doubled and cut off; the sink's list is the truth.

``DIGEST_TESTS_KILLS=200`` makes the first one long; with ``--junitxml=FILE`` its figures are kept.
"""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from digest.clock import SystemClock
from digest.config import MailSettings
from digest.core.edition import EditionId
from digest.core.outbox import DeliveryState
from digest.jobs.deliver import Deliver
from digest.mailers.smtp import SmtpMailer
from digest.storage import Database, Journals
from tests.postgres import Cluster
from tests.sending import FakeRoll, a_writer, an_approved_edition
from tests.smtp_sink import SmtpSink

pytestmark = pytest.mark.enable_socket

KILLS = int(os.environ.get("DIGEST_TESTS_KILLS", "6"))
LETTERS = 200 * KILLS
CONNECTIONS = 3
PATIENCE = 0.5
SHORT_LEASE = 2.0

Start = Callable[..., subprocess.Popen[bytes]]


def send(url: str, folder: Path, port: int, edition: EditionId, lease: float = 900.0) -> None:
    """What a sending process does; also run as a program by the tests."""
    store = Database(url, folder, patience=PATIENCE)
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
        lease=timedelta(seconds=lease),
    )
    job(edition)
    store.close()


@pytest.fixture
def start(database_url: str, tmp_path: Path) -> Iterator[Start]:
    """Begin a sending process; those that are left are ended."""
    begun: list[subprocess.Popen[bytes]] = []

    def begin(sink: SmtpSink, edition: EditionId, lease: float = 900.0) -> subprocess.Popen[bytes]:
        program = [sys.executable, "-m", "tests.integration.test_killed_senders"]
        arguments = (database_url, tmp_path, sink.port, edition, lease)
        process = subprocess.Popen([*program, *map(str, arguments)], stderr=subprocess.DEVNULL)
        begun.append(process)
        return process

    yield begin
    for process in begun:
        process.kill()
        process.wait()


def _wait_for(process: subprocess.Popen[bytes], sink: SmtpSink, letters: int) -> None:
    """Wait until so many more letters were taken; the process must not have ended by then."""
    before = len(sink.taken)
    while len(sink.taken) < before + letters and process.poll() is None:
        time.sleep(0.001)
    assert process.poll() is None, "this was to happen in the middle of its work"


def _judge(store: Database, sink: SmtpSink, edition: EditionId, letters: int) -> int:
    """Nothing twice, nothing lost, every row told; answers how many are in doubt."""
    accepted = sink.message_ids()
    assert max(Counter(accepted).values()) == 1, "nothing comes twice"
    with store.read() as work:
        counts = work.deliveries.counts(edition)
        doubts = list(work.deliveries.list(edition, DeliveryState.IN_DOUBT))
    assert counts[DeliveryState.ACCEPTED] + len(doubts) == letters, "every row is told"
    assert counts[DeliveryState.ACCEPTED] <= len(accepted) <= letters
    names = {a_writer().sender.message_id("digest", edition, row.subscriber) for row in doubts}
    missing = letters - len(accepted)
    assert len(names - set(accepted)) == missing, "what did not arrive is listed as in doubt"
    return len(doubts)


def test_killed_at_any_moment_nothing_is_lost_and_nothing_comes_twice(
    store: Database,
    database_url: str,
    tmp_path: Path,
    start: Start,
    record_property: Callable[[str, object], None],
) -> None:
    """0 lost, 0 twice, at most one letter per connection and kill in doubt; it ends by itself."""
    edition = an_approved_edition(store, [("theme-1",)] * LETTERS)
    chance = random.Random(7)
    with SmtpSink() as sink:
        for _ in range(KILLS):
            process = start(sink, edition)
            _wait_for(process, sink, chance.randint(1, 150))
            process.kill()
            process.wait()
        send(database_url, tmp_path, sink.port, edition)
        accepted = sink.message_ids()
        send(database_url, tmp_path, sink.port, edition)
    assert sink.message_ids() == accepted, "run again, it sends nothing"
    in_doubt = _judge(store, sink, edition, LETTERS)
    record_property("in doubt", in_doubt)
    assert in_doubt <= KILLS * CONNECTIONS
    assert not list((tmp_path / "journal").iterdir()), "no journal is left"


def test_two_senders_at_once_share_the_letters(store: Database, start: Start) -> None:
    """Started together on one edition, they send each letter once."""
    edition = an_approved_edition(store, [("theme-1",)] * 2500)
    with SmtpSink() as sink:
        both = [start(sink, edition) for _ in range(2)]
        assert [process.wait() for process in both] == [0, 0]
    assert _judge(store, sink, edition, 2500) == 0


def test_a_sender_that_sleeps_past_its_lease_spoils_nothing(
    store: Database, database_url: str, tmp_path: Path, start: Start
) -> None:
    """Another one sends the rest meanwhile; woken, it sends nothing of that, and ends."""
    edition = an_approved_edition(store, [("theme-1",)] * 900)
    # Slow at first, so that it claims nothing ahead: who sleeps in a transaction keeps its locks.
    with SmtpSink(delay=0.05) as sink:
        sleeper = start(sink, edition, SHORT_LEASE)
        _wait_for(sleeper, sink, 30)
        sleeper.send_signal(signal.SIGSTOP)
        sink.delay = 0.0
        time.sleep(SHORT_LEASE)
        send(database_url, tmp_path, sink.port, edition)
        sleeper.send_signal(signal.SIGCONT)
        sleeper.wait()
        send(database_url, tmp_path, sink.port, edition)
    assert _judge(store, sink, edition, 900) <= CONNECTIONS


@contextmanager
def _cut_off(url: str, cluster: Callable[[], Cluster]) -> Iterator[None]:
    """Keep everybody from the database for a while."""
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"), timeout=30)) as other:
            other.isolation_level = None
            other.execute("BEGIN EXCLUSIVE")
            yield
    else:
        name = url.rpartition("/")[2].partition("?")[0]
        cluster().disconnect(name)
        yield


def test_a_database_that_is_cut_off_costs_no_letter(
    store: Database,
    database_url: str,
    tmp_path: Path,
    start: Start,
    request: pytest.FixtureRequest,
) -> None:
    """Locked for longer than anybody waits, or cut off: what was sent is known afterwards."""
    edition = an_approved_edition(store, [("theme-1",)] * 3000)
    with SmtpSink() as sink:
        process = start(sink, edition)
        _wait_for(process, sink, 100)
        with _cut_off(database_url, lambda: request.getfixturevalue("postgresql")):
            process.wait(60)
        store.close()
        send(database_url, tmp_path, sink.port, edition)
    assert _judge(store, sink, edition, 3000) == 0


if __name__ == "__main__":
    url_, folder_, port_, edition_, lease_ = sys.argv[1:]
    send(url_, Path(folder_), int(port_), EditionId(int(edition_)), float(lease_))
