"""Senders as programs of their own: small, and stopped at any moment without a doubt."""

from __future__ import annotations

import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from digest.config import MailSettings
from digest.core.edition import EditionId
from digest.mailers.log import LogMailer
from digest.storage import Database
from tests.sending import After, a_sender, an_approved_edition, smtp, states
from tests.smtp_sink import SmtpSink

pytestmark = pytest.mark.enable_socket

Start = Callable[..., subprocess.Popen[str]]


def say(line: str) -> None:
    """Tell it to the test that runs us as a program."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


@pytest.fixture
def start() -> Iterator[Start]:
    """Run a part of this file as a program; those that are left are ended."""
    begun: list[subprocess.Popen[str]] = []

    def begin(*words: object) -> subprocess.Popen[str]:
        program = [sys.executable, "-m", "tests.integration.test_sender_programs", *map(str, words)]
        begun.append(subprocess.Popen(program, stdout=subprocess.PIPE, text=True))
        return begun[-1]

    yield begin
    for process in begun:
        process.kill()
        process.communicate()


# F24


def weigh(url: str, folder: Path, edition: EditionId) -> None:
    """Send to the log under a limit of memory; tell the memory in use every thousand letters."""
    most = 300 * 2**20
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    sent = 0

    def tell() -> None:
        nonlocal sent
        sent += 1
        if sent % 1000 == 0:
            say(Path("/proc/self/statm").read_text().split()[1])

    settings = MailSettings(from_address="digest@example.org")
    store = Database(url, folder)
    a_sender(store, folder, After(LogMailer(settings, folder), tell))(edition)
    store.close()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
def test_a_sender_stays_small(
    store: Database, database_url: str, start: Start, tmp_path: Path
) -> None:
    """In 300 MiB of addresses, the last of 20,000 letters finds it no bigger than the fourth."""
    edition = an_approved_edition(store, (("theme-1",) for _ in range(20_000)))
    process = start("weigh", database_url, tmp_path, edition)
    pages = [int(line) for line in process.communicate(timeout=300)[0].splitlines()]
    assert (process.returncode, len(pages)) == (0, 20)
    assert max(pages) <= 1.1 * pages[3]


# F25


def send(url: str, folder: Path, port: int, edition: EditionId) -> None:
    """Send until all is sent, or a signal says to stop."""
    told: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _: told.append(number))
    store = Database(url, folder)
    a_sender(store, folder, smtp(port, folder), stopping=lambda: bool(told))(edition)
    store.close()


def test_stopped_again_and_again_nothing_is_in_doubt(
    store: Database, database_url: str, start: Start, tmp_path: Path
) -> None:
    """Five senders in a row are told to stop; the sixth finishes, and each letter came once."""
    edition = an_approved_edition(store, [("theme-1",)] * 400)
    with SmtpSink(delay=0.01) as sink:
        words = ("send", database_url, tmp_path, sink.port, edition)
        for _ in range(5):
            process, before = start(*words), len(sink.taken)
            while len(sink.taken) < before + 30:
                assert process.poll() is None
                time.sleep(0.001)
            process.send_signal(signal.SIGTERM)
            assert process.wait(60) == 0
            counts = states(store, edition)
            free = counts.pop("due", 0) + counts.pop("deferred", 0)
            assert (counts, free) == ({"accepted": len(sink.taken)}, 400 - len(sink.taken))
        assert start(*words).wait(60) == 0
    assert len(sink.message_ids()) == len(set(sink.message_ids())) == 400
    assert states(store, edition) == {"accepted": 400}


if __name__ == "__main__":
    verb, *rest = sys.argv[1:]
    if verb == "weigh":
        weigh(rest[0], Path(rest[1]), EditionId(int(rest[2])))
    else:
        send(rest[0], Path(rest[1]), int(rest[2]), EditionId(int(rest[3])))
