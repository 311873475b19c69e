"""Places on disk that bounces come to."""

from __future__ import annotations

import io
import mailbox
from collections.abc import Sequence
from pathlib import Path

import pytest

from digest.core.bounce import MOST
from digest.ports import Mailbox, Returned
from digest.returns import files
from digest.returns.maildir import MaildirBox, MaildirOptions
from digest.returns.mbox import MboxFile, MboxOptions
from tests.returned import a_report

KINDS = ("maildir", "mbox")


class Keeper:
    """Takes messages, or fails."""

    def __init__(self, *, fails: bool = False) -> None:
        self.taken: list[bytes] = []
        self._fails = fails

    def __call__(self, messages: Sequence[Returned]) -> None:
        if self._fails:
            raise OSError("the database is away")
        self.taken += [message.content for message in messages]


def _box(kind: str, root: Path, *messages: bytes) -> Mailbox:
    path = Path("var/bounces")
    (root / "var").mkdir(exist_ok=True)
    if kind == "maildir":
        box: mailbox.Mailbox[mailbox.Message] = mailbox.Maildir(root / path)
    else:
        box = mailbox.mbox(root / path)
    for message in messages:
        box.add(message)
    box.close()
    if kind == "maildir":
        return MaildirBox(MaildirOptions(path=path), root)
    return MboxFile(MboxOptions(path=path), root)


@pytest.mark.parametrize("kind", KINDS)
def test_a_mailbox_is_emptied_once(kind: str, tmp_path: Path) -> None:
    """What was taken is not there the next time."""
    box, keeper = _box(kind, tmp_path, a_report(), a_report(address="b@example.net")), Keeper()

    assert [box.empty(keeper), box.empty(keeper)] == [2, 0]
    assert sorted(b"b@example.net" in raw for raw in keeper.taken) == [False, True]


@pytest.mark.parametrize("kind", KINDS)
def test_what_cannot_be_kept_stays(kind: str, tmp_path: Path) -> None:
    """A message is taken away only after what it says is kept."""
    box, keeper = _box(kind, tmp_path, a_report()), Keeper()

    with pytest.raises(Exception, match="the database is away"):
        box.empty(Keeper(fails=True))

    assert box.empty(keeper) == 1


@pytest.mark.parametrize("kind", KINDS)
def test_a_mailbox_that_is_not_there_yet_is_empty(kind: str, tmp_path: Path) -> None:
    """The mail server makes it with the first message."""
    options: dict[str, Mailbox] = {
        "maildir": MaildirBox(MaildirOptions(path=Path("none")), tmp_path),
        "mbox": MboxFile(MboxOptions(path=Path("none")), tmp_path),
    }

    assert options[kind].empty(Keeper()) == 0


def test_a_maildir_may_lose_what_was_read(tmp_path: Path) -> None:
    """Read messages stay in ``cur``, or go, as the owner wants."""
    _box("maildir", tmp_path, a_report())
    options = MaildirOptions(path=Path("var/bounces"), then="delete")

    MaildirBox(options, tmp_path).empty(Keeper())

    assert files.files_of(tmp_path / "var" / "bounces") == []


def test_messages_of_an_mbox_are_parted() -> None:
    """At lines that begin with From, behind an empty line; quoted ones are the letter's own."""
    text = b"From a@b Mon\nSubject: one\n\n>From here\nFrom there\n\nFrom c@d Mon\nSubject: two\n\n"

    found = [one.content for one in files.in_stream(io.BytesIO(text))]

    assert found == [b"Subject: one\n\nFrom here\nFrom there\n\n", b"Subject: two\n\n"]


def test_of_a_huge_message_only_the_start_is_held() -> None:
    """Neither a long message nor a long line takes memory."""
    huge = io.BytesIO(
        b"From a\nSubject: one\n\n" + b"x" * 3_000_000 + b"\n\nFrom b\nSubject: two\n\n"
    )

    first, second = files.in_stream(huge)

    assert len(first.content) == MOST
    assert second.content == b"Subject: two\n\n"
