"""A scheduler, two workers and the web pages, each a process of its own, on one PostgreSQL."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from http import HTTPStatus
from pathlib import Path

import pytest

from digest.core.edition import EditionId, EditionState
from digest.core.outbox import DeliveryState
from digest.storage import Database
from tests.smtp_sink import SmtpSink

pytestmark = pytest.mark.enable_socket

READERS = 1200
"""So many that no worker claims them all at once."""
CONNECTIONS = 2
_PATIENCE = 90

_CONFIG = """\
[site]
name = "Riverbank"
url = "http://127.0.0.1:{web}"
contact = "editors@example.org"
postal_address = "7 Weir Lane, Berlin"

[storage]
url = "{database}"

[engine]
kind = "procrastinate"
senders = 2

[mail]
kind = "smtp"
host = "127.0.0.1"
port = {smtp}
from_address = "digest@example.org"
connections = {connections}
on_doubt = "hold"

[web]
port = {web}

[[sources]]
name = "desk"
kind = "folder"
path = "notes"
every = "1s"

[[newsletters]]
slug = "letter"
title = "The Letter"
schedule = "{schedule}"
"""


@pytest.fixture
def sink() -> Iterator[SmtpSink]:
    """A server that takes its time, so that there is a middle."""
    with SmtpSink(delay=0.02) as running:
        yield running


@pytest.fixture
def make_site(tmp_path: Path, sink: SmtpSink, empty_postgresql: str) -> Callable[[str], Path]:
    """Make a site with one note and many readers, and this schedule."""

    def make(schedule: str) -> Path:
        config = _CONFIG.format(
            web=_free_port(),
            smtp=sink.port,
            database=empty_postgresql,
            connections=CONNECTIONS,
            schedule=schedule,
        )
        (tmp_path / "config.toml").write_text(config)
        (tmp_path / "notes").mkdir()
        note = "---\ntitle: Flood\nlink: https://example.org/flood\n---\nWet.\n"
        (tmp_path / "notes" / "flood.md").write_text(note)
        readers = "".join(f"reader{number}@example.net\n" for number in range(READERS))
        (tmp_path / "readers.csv").write_text(f"address\n{readers}")
        _digest(tmp_path, "db", "upgrade")
        words = ("subscribers", "import", "readers.csv", "--newsletter", "letter", "--how", "test")
        _digest(tmp_path, *words)
        return tmp_path

    return make


def test_together_they_do_the_whole_way_once(
    make_site: Callable[[str], Path], sink: SmtpSink, empty_postgresql: str
) -> None:
    """Collected, composed when its minute came, published, and handed off by both workers."""
    site = make_site("* * * * *")
    with ExitStack() as machines:
        for words in (("scheduler",), ("worker",), ("worker",), ("web",)):
            machines.enter_context(_running(site, *words))
        _wait(lambda: _is_sent(site, empty_postgresql))
        port = (site / "config.toml").read_text().rpartition("port = ")[2].partition("\n")[0]
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/letter/atom.xml") as feed:
            assert feed.status == HTTPStatus.OK
            assert b"Flood" in feed.read()
    assert len(sink.message_ids()) == len(set(sink.message_ids())) == READERS
    assert sink.most_open > CONNECTIONS, "one worker alone opens no more"


def test_a_killed_worker_is_replaced_by_the_others(
    make_site: Callable[[str], Path], sink: SmtpSink, empty_postgresql: str
) -> None:
    """Nothing is lost, nothing comes twice; at most a letter per connection is in doubt."""
    site = make_site("")
    _digest(site, "collect")
    _digest(site, "editions", "draft", "letter")
    with _running(site, "scheduler"), _running(site, "worker"):
        victim = subprocess.Popen(_command("worker"), cwd=site, stderr=subprocess.DEVNULL)
        time.sleep(3)
        _digest(site, "editions", "approve", "1")
        _wait(lambda: len(sink.taken) >= READERS // 10)
        victim.kill()
        victim.wait()
        _wait(lambda: _settled(site, empty_postgresql))
    counts = _counts(site, empty_postgresql)
    taken = Counter(sink.message_ids())
    assert max(taken.values()) == 1
    assert counts[DeliveryState.IN_DOUBT] <= CONNECTIONS
    assert counts[DeliveryState.ACCEPTED] + counts[DeliveryState.IN_DOUBT] == READERS
    assert counts[DeliveryState.ACCEPTED] <= len(taken) <= READERS


def _counts(site: Path, database: str) -> dict[DeliveryState, int]:
    store = Database(database, site)
    with store.read() as work:
        counts = work.deliveries.counts(EditionId(1))
    store.close()
    return counts


def _settled(site: Path, database: str) -> bool:
    counts = _counts(site, database)
    return counts[DeliveryState.ACCEPTED] + counts[DeliveryState.IN_DOUBT] == READERS


def _is_sent(site: Path, database: str) -> bool:
    store = Database(database, site)
    with store.read() as work:
        sent = work.editions.records("letter", states=(EditionState.SENT,))
    store.close()
    return bool(sent)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _command(*words: str) -> list[str]:
    return [sys.executable, "-m", "digest", *words]


def _digest(site: Path, *words: str) -> None:
    subprocess.run(_command(*words), cwd=site, check=True, timeout=60, capture_output=True)


@contextmanager
def _running(site: Path, *words: str) -> Iterator[None]:
    """Run a process for the length of the block; being told to stop is no failure."""
    with (site / f"{words[0]}.log").open("ab") as log:
        process = subprocess.Popen(_command(*words), cwd=site, stdout=log, stderr=log)
    try:
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        code = process.wait(timeout=60)
    assert code == os.EX_OK


def _wait(until: Callable[[], bool]) -> None:
    end = time.monotonic() + _PATIENCE
    while not until():
        assert time.monotonic() < end, "it took too long"
        time.sleep(0.1)
