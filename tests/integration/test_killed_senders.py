"""Senders are killed with no warning, again and again; the sink's list is the truth."""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
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
from tests.sending import FakeRoll, a_writer, an_approved_edition
from tests.smtp_sink import SmtpSink

pytestmark = pytest.mark.enable_socket

LETTERS = 1200
CONNECTIONS = 3
KILLS = 6


def send(database: Path, port: int, edition: EditionId) -> None:
    """What a sending process does; also run as a program by the tests."""
    store = Database(f"sqlite:///{database}", database.parent)
    settings = MailSettings(
        from_address="digest@example.org", host="127.0.0.1", port=port, connections=CONNECTIONS
    )
    mailer = SmtpMailer(settings, database.parent)
    journals = Journals(database.parent / "journal")
    ever = timedelta(days=9999)
    job = Deliver(store, SystemClock(), mailer, FakeRoll(), a_writer(), journals, ever)
    job(edition)
    store.close()


@pytest.fixture
def database(migrated_file: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(migrated_file, tmp_path / "digest.db"))


@pytest.fixture
def store(database: Path) -> Iterator[Database]:
    store = Database(f"sqlite:///{database}", database.parent)
    yield store
    store.close()


def test_killed_at_any_moment_nothing_is_lost_and_nothing_comes_twice(
    database: Path, store: Database
) -> None:
    """0 lost, 0 twice, at most one letter per connection and kill in doubt; it ends by itself."""
    edition = an_approved_edition(store, [("theme-1",)] * LETTERS)
    chance = random.Random(7)
    with SmtpSink() as sink:
        command = [sys.executable, "-m", "tests.integration.test_killed_senders"]
        for _ in range(KILLS):
            process = subprocess.Popen([*command, database, str(sink.port), str(edition)])
            before = len(sink.taken)
            while len(sink.taken) < before + chance.randint(1, 150) and process.poll() is None:
                time.sleep(0.001)
            assert process.poll() is None, "it was to be killed in the middle of its work"
            process.kill()
            process.wait()
        send(database, sink.port, edition)
        accepted = sink.message_ids()
        send(database, sink.port, edition)
    assert sink.message_ids() == accepted, "run again, it sends nothing"
    assert max(Counter(accepted).values()) == 1, "nothing comes twice"
    with store.read() as work:
        counts = work.deliveries.counts(edition)
        doubts = list(work.deliveries.list(edition, DeliveryState.IN_DOUBT))
    assert counts[DeliveryState.ACCEPTED] + len(doubts) == LETTERS, "every row is told"
    assert len(doubts) <= KILLS * CONNECTIONS
    assert counts[DeliveryState.ACCEPTED] <= len(accepted) <= LETTERS
    names = {a_writer().sender.message_id("digest", edition, row.subscriber) for row in doubts}
    missing = LETTERS - len(accepted)
    assert len(names - set(accepted)) == missing, "what did not arrive is listed as in doubt"


if __name__ == "__main__":
    send(Path(sys.argv[1]), int(sys.argv[2]), EditionId(int(sys.argv[3])))
