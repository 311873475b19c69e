"""``digest serve`` as an operator runs it: a process, a mail server, readers' links."""

from __future__ import annotations

import email
import email.policy
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from http import HTTPStatus
from pathlib import Path

import pytest

from tests.smtp_sink import SmtpSink

pytestmark = pytest.mark.enable_socket

_PATIENCE = 100
"""Seconds: a schedule of every minute, and a slow machine."""

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

[web]
port = {web}

[[sources]]
name = "desk"
kind = "folder"
path = "notes"
every = "1s"

[[themes]]
slug = "floods"
title = "Floods"
keywords = ["flood"]

[[newsletters]]
slug = "minutely"
title = "Every Minute"
schedule = "* * * * *"
"""


@pytest.fixture
def sink() -> Iterator[SmtpSink]:
    with SmtpSink() as running:
        yield running


@pytest.fixture
def site(tmp_path: Path, sink: SmtpSink) -> Path:
    """A site with one note and two readers, whose newsletter comes every minute."""
    config = _CONFIG.format(web=_free_port(), smtp=sink.port)
    (tmp_path / "config.toml").write_text(config)
    (tmp_path / "notes").mkdir()
    _note(tmp_path, "First flood of the year")
    for name in ("ada", "bo"):
        _digest(tmp_path, "subscribers", "add", f"{name}@example.net", "--how", "test")
    return tmp_path


def test_serve_does_the_whole_way(site: Path, sink: SmtpSink) -> None:
    """Due in a minute, it does every step by itself; a second one beside it adds nothing."""
    with _serving(site), _serving(site, "--port", str(_free_port())):
        _wait(lambda: len(sink.taken) >= 2)
        letters = [_parsed(taken.content) for taken in sink.taken]
        _follow_every_link(letters[0])

    assert sorted(letter["To"] for letter in letters) == ["ada@example.net", "bo@example.net"]
    assert len(sink.message_ids()) == len(set(sink.message_ids())) == 2
    assert "First flood" in (site / "public" / "minutely" / "atom.xml").read_text()


def test_serve_catches_up_once(site: Path, sink: SmtpSink) -> None:
    """Stopped over due times and started again, it makes one edition of what came meanwhile."""
    with _serving(site):
        _wait(lambda: len(sink.taken) >= 2)
    _note(site, "Second flood of the year")
    time.sleep(60 - time.time() % 60 + 1)

    with _serving(site):
        _wait(lambda: len(sink.taken) >= 4)

    subjects = [_parsed(taken.content)["Subject"] for taken in sink.taken]
    assert sorted(subjects)[:2] != sorted(subjects)[2:]
    assert len(sink.message_ids()) == len(set(sink.message_ids())) == 4
    assert len([f for f in (site / "public" / "minutely").iterdir() if f.is_dir()]) == 2


def _follow_every_link(letter: EmailMessage) -> None:
    """Do with one letter what its reader, a mail scanner and a mail provider would do."""
    html = letter.get_body(("html",)).get_content()  # type: ignore[union-attr] # it has one
    links = {link.replace("&amp;", "&") for link in re.findall(r'href="(http://127[^"]+)"', html)}
    assert {"preferences", "unsubscribe"} <= {link.split("/")[3] for link in links}
    for link in links:
        assert _get(link.split("#")[0]) == HTTPStatus.OK, link
    one_click = str(letter["List-Unsubscribe"]).strip("<>")
    assert _get(one_click, b"List-Unsubscribe=One-Click") == HTTPStatus.OK
    assert _get(one_click, b"List-Unsubscribe=One-Click") == HTTPStatus.OK


def _get(url: str, body: bytes | None = None) -> int:
    with urllib.request.urlopen(url, body, timeout=10) as response:
        return int(response.status)


def _parsed(content: bytes) -> EmailMessage:
    return email.message_from_bytes(content, EmailMessage, policy=email.policy.default)


def _note(site: Path, title: str) -> None:
    text = f"---\ntitle: {title}\nlink: https://example.org/{title.replace(' ', '-')}\n---\nWet.\n"
    (site / "notes" / f"{title}.md").write_text(text)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _command(*words: str) -> list[str]:
    return [sys.executable, "-m", "digest", *words]


def _digest(site: Path, *words: str) -> None:
    subprocess.run(_command(*words), cwd=site, check=True, timeout=60, capture_output=True)


@contextmanager
def _serving(site: Path, *words: str) -> Iterator[None]:
    """Run the server for the length of the block; being told to stop is no failure."""
    log = (site / f"serve-{len(words)}.log").open("ab")
    process = subprocess.Popen(_command("serve", *words), cwd=site, stdout=log, stderr=log)
    try:
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        code = process.wait(timeout=60)
        log.close()
    assert code == os.EX_OK


def _wait(until: Callable[[], bool]) -> None:
    end = time.monotonic() + _PATIENCE
    while not until():
        assert time.monotonic() < end, "it took too long"
        time.sleep(0.2)
