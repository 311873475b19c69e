"""Letters into the log."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from digest.config import MailSettings
from digest.mailers.log import LogMailer
from tests.contract.mailer_contract import all_go, some_letters


def test_the_line_names_letter_domain_and_size_but_no_address(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A log may be read by more people than the list of subscribers."""
    caplog.set_level(logging.INFO, "digest.mailers.log")
    mailer = LogMailer(MailSettings(from_address="digest@example.org"), tmp_path)
    list(mailer.hand_off(some_letters(1), all_go))
    assert caplog.messages == ["letter <letter1@example.org> to example.net, 47 bytes"]
