"""``digest bounces``, and striking addresses off by hand."""

from __future__ import annotations

import email
import mailbox
from pathlib import Path

from tests.returned import LETTER, a_report, an_automatic_answer
from tests.unit.cli.conftest import Desk


def _sent(desk: Desk) -> str:
    """Send Ada a letter; what comes back quotes it."""
    desk.done("subscribers", "add", "ada@example.org", "--newsletter", "weekly", "--how", "asked")
    desk.done("run", "--now", "--newsletter", "weekly")
    (letter,) = (desk.folder / "var" / "outbox").rglob("*.eml")
    name = email.message_from_bytes(letter.read_bytes())["Message-ID"]
    return LETTER.replace("<letter-1@example.org>", str(name))


def test_a_bounce_is_read_once_and_told(desk: Desk, tmp_path: Path) -> None:
    """From an mbox and again from a Maildir; a list, an explanation and a release know it."""
    report = a_report(address="ada@example.org", letter=_sent(desk))
    (tmp_path / "mbox").write_bytes(
        b"From MAILER-DAEMON Mon Nov 23 07:31:00 2026\n" + report
        + b"\nFrom nobody Mon Nov 23 07:32:00 2026\n" + an_automatic_answer()
    )  # fmt: skip
    folder = mailbox.Maildir(tmp_path / "maildir", create=True)
    folder.add(report)

    first = desk.done("bounces", "read", str(tmp_path / "mbox"))
    second = desk.data("bounces", "read", str(tmp_path / "maildir"))

    assert "2 messages: 1 bounce, 0 complaints, 0 unsubscribed, 1 ignored, 0 unproven" in first
    assert (second["fates"]["bounces"], second["new"]) == (1, 0)
    (kept,) = desk.data("bounces", "list", "--address", "ada@example.org", "--kind", "hard")
    assert (kept["address"], kept["status"]) == ("ada@example.org", "5.1.1")
    assert "1 hard, 0 soft" in desk.done("bounces", "list")


def test_a_message_is_read_from_standard_input(desk: Desk) -> None:
    """As a mail server pipes it; what proves nothing is counted and changes nothing."""
    desk.done("subscribers", "add", "ada@example.net", "--newsletter", "weekly", "--how", "asked")

    result = desk.type("bounces", "read", "-", stdin=a_report().decode())

    assert "1 unproven" in result.stdout
    assert desk.data("bounces", "list") == []


def test_a_path_that_is_not_there_is_told(desk: Desk) -> None:
    """One sentence, exit code 2."""
    result = desk.type("bounces", "read", "nowhere")

    assert (result.exit_code, "no file or folder nowhere" in result.stderr) == (2, True)


def test_an_address_is_struck_off_and_let_in_again(desk: Desk) -> None:
    """With the reason where somebody looks for it."""
    desk.done("subscribers", "add", "ada@example.org", "--newsletter", "weekly", "--how", "asked")

    desk.done("subscribers", "suppress", "ada@example.org", "--how", "asked by phone")
    said = desk.done("explain", "subscriber", "ada@example.org")
    desk.done("subscribers", "release", "ada@example.org")

    assert "by hand (asked by phone)" in said
    assert desk.data("subscribers", "show", "ada@example.org")["suppression"] is None


def test_the_suppression_list_is_taken_along(desk: Desk, tmp_path: Path) -> None:
    """In from a file, shown, and out into one that only its owner reads."""
    desk.done("subscribers", "add", "ada@example.org", "--newsletter", "weekly", "--how", "asked")
    (tmp_path / "old.csv").write_text("email,reason\nada@example.org,complaint\nnobody,\n")

    said = desk.type("suppressions", "import", str(tmp_path / "old.csv"))
    again = desk.data("suppressions", "import", str(tmp_path / "old.csv"), "--dry-run")
    told = desk.done("suppressions", "export", "--out", str(tmp_path / "new.csv"))

    assert "1 address suppressed, 0 known, 1 line rejected" in said.stdout
    assert "line 3: 'nobody' is not an email address" in said.stderr
    assert (again["added"], again["known"]) == (0, 1)
    (one,) = desk.data("suppressions", "list", "--reason", "complaint")
    assert one["address"] == "ada@example.org"
    assert "1 complaint" in desk.done("suppressions", "list")
    assert "1 address written" in told
    assert (tmp_path / "new.csv").stat().st_mode & 0o777 == 0o600
    assert one["hash"] in (tmp_path / "new.csv").read_text()


def test_fetching_without_a_mailbox_is_told(desk: Desk) -> None:
    """Nothing was looked into, so nothing is counted; exit code 2."""
    result = desk.type("bounces", "fetch")

    assert (result.exit_code, "no mailbox is configured" in result.stderr) == (2, True)
