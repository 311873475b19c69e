"""Letters as files."""

from __future__ import annotations

from collections.abc import Sequence
from email import message_from_bytes
from pathlib import Path

import pytest

from digest.config import MailSettings
from digest.core.letter import Letter
from digest.core.outbox import Outcome
from digest.errors import DeliveryError
from digest.mailers.spool import SpoolMailer
from tests.contract.mailer_contract import all_go, some_letters

SETTINGS = MailSettings(from_address="digest@example.org", directory=Path("out"))


def test_the_file_is_the_letter(tmp_path: Path) -> None:
    """The bytes are those of the letter, under a name that comes from its Message-ID."""
    (letter,) = some_letters(1)
    list(SpoolMailer(SETTINGS, tmp_path).hand_off([letter], all_go))
    file = tmp_path / "out" / "letter1@example.org.eml"
    assert file.read_bytes() == letter.content
    assert message_from_bytes(file.read_bytes())["Message-ID"] == letter.message_id


def test_a_letter_handed_over_twice_is_one_file(tmp_path: Path) -> None:
    """A second hand-over replaces the file and leaves nothing beside it."""
    for _ in range(2):
        list(SpoolMailer(SETTINGS, tmp_path).hand_off(some_letters(1), all_go))
    assert [file.name for file in (tmp_path / "out").iterdir()] == ["letter1@example.org.eml"]


def test_a_folder_that_cannot_be_made_is_told_before_a_letter_is_marked(tmp_path: Path) -> None:
    """The error names the folder and the setting, and no letter can be in doubt."""
    (tmp_path / "out").write_text("a file where the folder should be")
    marked: list[Letter] = []

    def mark(letters: Sequence[Letter]) -> Sequence[Letter]:
        marked.extend(letters)
        return letters

    with pytest.raises(DeliveryError, match=r"out cannot be written: .*mail\.directory"):
        list(SpoolMailer(SETTINGS, tmp_path).hand_off(some_letters(1), mark))
    assert marked == []


def test_a_file_that_cannot_be_written_is_deferred(tmp_path: Path) -> None:
    """The letter is not out, which is certain, so it is tried again later."""
    (tmp_path / "out" / "letter1@example.org.part").mkdir(parents=True)
    ((_, receipt),) = SpoolMailer(SETTINGS, tmp_path).hand_off(some_letters(1), all_go)
    assert receipt.outcome is Outcome.DEFERRED
    assert "cannot be written" in receipt.reply


def test_a_name_cannot_leave_the_folder(tmp_path: Path) -> None:
    """Whatever a Message-ID holds, the file is in the folder."""
    (letter,) = some_letters(1)
    hostile = type(letter)(1, letter.sender, letter.recipient, "<../../x/y@z>", letter.content)
    list(SpoolMailer(SETTINGS, tmp_path).hand_off([hostile], all_go))
    assert [file.parent.name for file in tmp_path.rglob("*.eml")] == ["out"]
