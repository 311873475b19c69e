"""``digest deliveries``."""

from __future__ import annotations

import sqlite3

import pytest

from tests.unit.cli.conftest import Desk


@pytest.fixture
def sent(desk: Desk) -> Desk:
    """One edition went out to two people."""
    for name in ("ada", "grace"):
        desk.done(
            "subscribers", "add", f"{name}@example.org", "--newsletter", "weekly", "--how", "asked"
        )
    desk.done("run", "--now", "--newsletter", "weekly")
    return desk


def _leave_in_doubt(desk: Desk) -> None:
    """What a crash between sending and the answer leaves behind."""
    with sqlite3.connect(desk.folder / "var" / "digest.db") as database:
        database.execute("UPDATE deliveries SET state = 'in_doubt' WHERE subscriber_id = 1")
    database.close()


def test_the_short_form_lists(sent: Desk) -> None:
    """``deliveries 1`` and ``deliveries list 1`` say the same."""
    assert sent.done("deliveries", "1") == sent.done("deliveries", "list", "1")


def test_the_list_counts_all_and_shows_those_of_a_state(sent: Desk) -> None:
    """The counts are of the whole edition, whatever the filter."""
    _leave_in_doubt(sent)

    shown = sent.data("deliveries", "1", "--state", "in_doubt")

    assert shown["counts"]["accepted"] == shown["counts"]["in_doubt"] == 1
    assert [row["subscriber"] for row in shown["deliveries"]] == [1]


def test_the_limit_says_what_it_hides(sent: Desk) -> None:
    """With fewer rows shown than there are, the rest is counted."""
    assert "and 1 more" in sent.done("deliveries", "1", "--limit", "1")


def test_a_doubt_is_sent_again_when_it_is_settled_so(sent: Desk) -> None:
    """``resolve --resend`` makes the letter due; the next hand-off sends that one only."""
    _leave_in_doubt(sent)

    sent.done("deliveries", "resolve", "1", "--resend")

    assert sent.data("editions", "send", "1")["accepted"] == 1


def test_a_doubt_is_settled_as_arrived(sent: Desk) -> None:
    """``resolve --accepted`` leaves nothing in doubt and nothing to send."""
    _leave_in_doubt(sent)

    sent.done("deliveries", "resolve", "1", "--accepted")

    assert sent.data("deliveries", "1")["counts"]["accepted"] == 2


def test_settling_needs_a_verdict(sent: Desk) -> None:
    """Without one of the three options nothing is settled."""
    assert sent.type("deliveries", "resolve", "1").exit_code == 2
