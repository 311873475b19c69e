"""Senders are told to stop in the middle of their work; the sink's list is the truth."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from digest.core.edition import EditionId
from digest.core.outbox import DeliveryState
from digest.storage import Database
from tests.smtp_sink import SmtpSink

pytestmark = pytest.mark.enable_socket

READERS = 400
CONNECTIONS = 3
_BUDGET = 60
"""Seconds to end in, far more than a server that answers needs: 40 for the letters on the wire."""

_CONFIG = """\
[site]
name = "Riverbank"
url = "http://127.0.0.1:{web}"
contact = "editors@example.org"
postal_address = "7 Weir Lane, Berlin"

[mail]
kind = "smtp"
host = "127.0.0.1"
port = {smtp}
from_address = "digest@example.org"
connections = {connections}

[web]
port = {web}

[[sources]]
name = "desk"
kind = "folder"
path = "notes"

[[newsletters]]
slug = "letter"
title = "The Letter"
schedule = ""
"""


@pytest.fixture
def sink() -> Iterator[SmtpSink]:
    """A server that takes its time, so that there is a middle to stop in."""
    with SmtpSink(delay=0.02) as running:
        yield running


@pytest.fixture
def site(tmp_path: Path, sink: SmtpSink) -> Path:
    """A site whose first edition is approved for all readers, and not sent."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        web = probe.getsockname()[1]
    config = _CONFIG.format(web=web, smtp=sink.port, connections=CONNECTIONS)
    (tmp_path / "config.toml").write_text(config)
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "flood.md").write_text(
        "---\ntitle: Flood\nurl: https://a.example/\n---\n"
    )
    readers = "".join(f"reader{number}@example.net\n" for number in range(READERS))
    (tmp_path / "readers.csv").write_text(f"address\n{readers}")
    words = ("subscribers", "import", "readers.csv", "--newsletter", "letter", "--how", "test")
    for command in (words, ("collect",), ("editions", "draft", "letter")):
        _done(tmp_path, *command)
    _done(tmp_path, "editions", "approve", "1")
    return tmp_path


@pytest.mark.parametrize(
    ("words", "number", "code"),
    [
        (("run",), signal.SIGTERM, 1),
        (("run",), signal.SIGINT, 1),
        (("editions", "send", "1"), signal.SIGTERM, 1),
        (("serve",), signal.SIGTERM, 0),
        (("scheduler",), signal.SIGTERM, 0),
        (("worker",), signal.SIGTERM, 0),
    ],
    ids=["run", "run-ctrl-c", "send", "serve", "scheduler", "worker"],
)
def test_told_to_stop_in_mid_send_nothing_is_in_doubt(
    site: Path, sink: SmtpSink, words: tuple[str, ...], number: signal.Signals, code: int
) -> None:
    """What is on the wire is finished and told, the rest is free at once; nothing comes twice."""
    with _ended(subprocess.Popen(_command(*words), cwd=site, stderr=subprocess.PIPE)) as process:
        while len(sink.taken) < READERS // 10:
            assert process.poll() is None
            time.sleep(0.001)
        process.send_signal(number)
        _, errors = process.communicate(timeout=_BUDGET)

    assert process.returncode == code, errors
    assert (b"stopped before all" in errors) is bool(code)
    taken = len(sink.taken)
    assert taken < READERS, "it was to be stopped in the middle of its work"
    assert _states(site) == {"accepted": taken, "left": READERS - taken}

    _done(site, "run")
    assert len(sink.message_ids()) == len(set(sink.message_ids())) == READERS


@contextmanager
def _ended(process: subprocess.Popen[bytes]) -> Iterator[subprocess.Popen[bytes]]:
    """Leave no process behind, whatever the test finds."""
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def _states(site: Path) -> Counter[str]:
    """Rows by state; those that may be claimed at once are called left."""
    store = Database("sqlite:///var/digest.db", site)
    with store.read() as work:
        rows = list(work.deliveries.list(EditionId(1)))
    store.close()
    free = (DeliveryState.DUE, DeliveryState.DEFERRED)
    return Counter("left" if row.state in free else row.state.value for row in rows)


def _command(*words: str) -> list[str]:
    return [sys.executable, "-m", "digest", *words]


def _done(site: Path, *words: str) -> None:
    subprocess.run(_command(*words), cwd=site, check=True, timeout=60, capture_output=True)
