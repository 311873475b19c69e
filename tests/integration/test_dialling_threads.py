"""Connections are dialled by one thread where servers are quick, and by many where they are not."""

from __future__ import annotations

import select
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from digest.config import MailServerSettings
from digest.mailers import smtp_dialling
from digest.mailers.smtp_dialling import Dialler, Line
from digest.mailers.smtp_servers import Server
from digest.ports import unlimited
from tests.smtp_sink import SmtpSink

pytestmark = pytest.mark.enable_socket

PATIENCE = 20.0
LONG = 3_600.0


def _server(sink: SmtpSink) -> Server:
    settings = MailServerSettings(host="127.0.0.1", port=sink.port)
    return Server(settings, 64, unlimited, alone=False, clock=time.monotonic)


@contextmanager
def _dialler() -> Iterator[Dialler]:
    dialler = Dialler()
    yield dialler
    dialler.close()


def _answered(dialler: Dialler, wanted: int) -> list[tuple[Server, object]]:
    """Wait for so many answers as a run does; connections are closed."""
    found: list[tuple[Server, object]] = []
    until = time.monotonic() + PATIENCE
    while len(found) < wanted and time.monotonic() < until:
        select.select([dialler.doorbell], [], [], 0.01)
        dialler.hurry()
        for server, answer in dialler.answers():
            if isinstance(answer, Line):
                answer.sock.close()
            found.append((server, answer))
    return found


def _threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "smtp-dial"]


def test_one_thread_is_enough_for_quick_servers(monkeypatch: pytest.MonkeyPatch) -> None:
    """It takes one connection after the other."""
    monkeypatch.setattr(smtp_dialling, "QUICKLY", LONG)
    with SmtpSink() as sink, _dialler() as dialler:
        before = len(_threads())
        for _ in range(20):
            dialler.dial(_server(sink))
        assert all(isinstance(answer, Line) for _, answer in _answered(dialler, 20))
        assert len(_threads()) - before == 1
        assert (sink.connections, dialler.under_way) == (20, 0)


def test_a_server_that_hangs_holds_up_no_other() -> None:
    """After a moment each that waits is dialled by itself."""
    with SmtpSink(faults={"connect": ["hang"] * 3}) as hanging, SmtpSink() as quick:
        with _dialler() as dialler:
            silent, good = _server(hanging), _server(quick)
            for server in (silent, silent, silent, good, good):
                dialler.dial(server)
            found = _answered(dialler, 2)
        assert [server for server, _ in found] == [good, good]


def test_what_waits_is_not_dialled_any_more_when_all_is_over(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """And its threads end."""
    monkeypatch.setattr(smtp_dialling, "QUICKLY", LONG)
    monkeypatch.setattr(smtp_dialling, "TIMEOUT", 0.5)
    with SmtpSink(faults={"connect": ["hang"]}) as hanging, SmtpSink() as quick:
        before = set(_threads())
        with _dialler() as dialler:
            dialler.dial(_server(hanging))
            dialler.dial(_server(quick))
        for thread in set(_threads()) - before:
            thread.join(PATIENCE)
        assert set(_threads()) <= before
        assert quick.connections == 0
