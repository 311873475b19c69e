"""Mail servers that get no more letters than each may have, however many senders there are."""

from __future__ import annotations

import threading
from collections import Counter
from pathlib import Path

import pytest

from digest.config import MailSettings
from digest.core.outbox import Outcome
from digest.mailers.smtp import SmtpMailer
from tests.contract.mailer_contract import all_go, some_letters
from tests.smtp_sink import SmtpSink

pytestmark = pytest.mark.enable_socket


class Granting:
    """Permits for so many letters to each server, in all; ``again`` grants more."""

    def __init__(self, **left: int) -> None:
        self.left = Counter(left)
        self.asked = threading.Event()

    def __call__(self, server: str, most: int) -> int:
        given = min(most, self.left[server])
        self.left[server] -= given
        if not given:
            self.asked.set()
        return given


def mailer(permits: Granting, **sinks: tuple[SmtpSink, float]) -> SmtpMailer:
    servers = [
        {"name": name, "host": "127.0.0.1", "port": sink.port, "rate": rate}
        for name, (sink, rate) in sinks.items()
    ]
    fields = {"from_address": "digest@example.org", "connections": 6, "servers": servers}
    return SmtpMailer(MailSettings.model_validate(fields), Path(), permits)


def test_a_server_gets_no_more_than_its_permits() -> None:
    """The others take the rest; a server without a rate is not asked about."""
    permits = Granting(slow=7)
    with SmtpSink() as slow, SmtpSink() as fast:
        told = list(
            mailer(permits, slow=(slow, 8), fast=(fast, 0)).hand_off(some_letters(60), all_go)
        )
        assert {receipt.outcome for _, receipt in told} == {Outcome.ACCEPTED}
        assert len(slow.taken) <= 7
        assert len(slow.taken) + len(fast.taken) == 60
    assert set(permits.left) == {"slow"}


def test_letters_wait_for_permits_and_none_is_lost() -> None:
    """With permits for some, these go; the rest goes when there are more, over the same server."""
    permits = Granting(only=5)

    def grant() -> None:
        permits.asked.wait(30)
        assert len(only.taken) <= 5
        permits.left["only"] += 100

    with SmtpSink() as only:
        granting = threading.Thread(target=grant)
        granting.start()
        told = list(mailer(permits, only=(only, 4)).hand_off(some_letters(20), all_go))
        granting.join()
        assert len({letter.delivery for letter, _ in told}) == 20
        assert len(only.taken) == 20


def test_who_waits_for_permits_can_be_stopped() -> None:
    """A sender that is told to stop holds on to no letter that waits."""
    permits = Granting()
    with SmtpSink() as only:
        waiting = mailer(permits, only=(only, 4))
        assert not list(waiting.hand_off(some_letters(9), all_go, permits.asked.is_set))
        assert only.taken == []
