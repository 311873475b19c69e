"""The mailers that need no network, and the fake, keep the contract of the port."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from digest.config import MailSettings
from digest.mailers.log import LogMailer
from digest.mailers.spool import SpoolMailer
from digest.ports import Mailer
from tests.contract.mailer_contract import MailerContract
from tests.fakes import FakeMailer

SETTINGS = MailSettings(from_address="digest@example.org")


class TestSpool(MailerContract):
    @pytest.fixture
    def mailer(self, tmp_path: Path) -> Mailer:
        return SpoolMailer(SETTINGS, tmp_path)

    @pytest.fixture
    def arrived(self, tmp_path: Path) -> Callable[[], Sequence[str]]:
        def read() -> Sequence[str]:
            files = (tmp_path / "var" / "outbox").glob("*.eml")
            return [file.read_text().splitlines()[0].removeprefix("Message-ID: ") for file in files]

        return read


class TestLog(MailerContract):
    @pytest.fixture
    def mailer(self, tmp_path: Path) -> Mailer:
        return LogMailer(SETTINGS, tmp_path)

    @pytest.fixture
    def arrived(self, caplog: pytest.LogCaptureFixture) -> Callable[[], Sequence[str]]:
        caplog.set_level(logging.INFO, "digest.mailers.log")
        return lambda: re.findall(r"<\w+@example\.org>", caplog.text)


class TestFake(MailerContract):
    @pytest.fixture
    def mailer(self) -> FakeMailer:
        return FakeMailer()

    @pytest.fixture
    def arrived(self, mailer: FakeMailer) -> Callable[[], Sequence[str]]:
        return lambda: [letter.message_id for letter in mailer.letters]
