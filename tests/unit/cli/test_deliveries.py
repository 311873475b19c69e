"""``digest deliveries``."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

import pytest

from tests.unit.cli.conftest import Desk


@pytest.fixture(scope="module")
def sent_once(tmp_path_factory: pytest.TempPathFactory, collected_once: Path) -> Path:
    """One edition went out to two people; to be copied."""
    desk = Desk(shutil.copytree(collected_once, tmp_path_factory.mktemp("sent") / "site"))
    for name in ("ada", "grace"):
        desk.done(
            "subscribers", "add", f"{name}@example.org", "--newsletter", "weekly", "--how", "asked"
        )
    desk.done("run", "--now", "--newsletter", "weekly")
    return desk.folder


@pytest.fixture
def sent(tmp_path: Path, sent_once: Path) -> Desk:
    """One edition went out to two people."""
    return Desk(shutil.copytree(sent_once, tmp_path / "site"))


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


def test_a_refusal_is_shown_with_its_class(sent: Desk) -> None:
    """What was wrong stands in a word before the server's answer."""
    with sqlite3.connect(sent.folder / "var" / "digest.db") as database:
        refused = "UPDATE deliveries SET state = 'refused', reply = ? WHERE subscriber_id = 1"
        database.execute(refused, ("550 5.1.1 no",))
    database.close()

    assert "address: 550 5.1.1 no" in sent.done("deliveries", "1")
    rows = sent.data("deliveries", "1")["deliveries"]
    assert [row["refusal"] for row in rows] == ["address", None]


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


@pytest.mark.parametrize(
    "options", [(), ("--resend", "--postfix-log", "config.toml")], ids=["none", "two"]
)
def test_settling_needs_one_verdict(sent: Desk, options: tuple[str, ...]) -> None:
    """Without any of the ways, or with two, nothing is settled."""
    ways = [str(sent.config) if each == "config.toml" else each for each in options]
    assert sent.type("deliveries", "resolve", "1", *ways).exit_code == 2


def test_the_policy_is_told_with_what_it_did(sent: Desk) -> None:
    """``hold`` does nothing, and says so."""
    _leave_in_doubt(sent)

    assert '"hold": 0 letters' in sent.done("deliveries", "resolve", "1", "--policy")


def test_a_log_that_says_nothing_leaves_the_doubt(sent: Desk) -> None:
    """What is still in doubt is counted, and why."""
    _leave_in_doubt(sent)
    log = sent.folder / "mail.log"
    log.write_text("Nov 23 09:30:01 relay postfix/smtpd[1]: connect from unknown\n", "utf-8")

    told = sent.done("deliveries", "resolve", "1", "--postfix-log", str(log))

    assert "0 letters accepted, 0 due again, 1 still in doubt" in told
    assert "no letter of ours" in told


@pytest.mark.parametrize("state", ["due", "refused", "deferred", "in_doubt", "cancelled", "held"])
def test_the_counts_add_up_to_the_audience(sent: Desk, state: str) -> None:
    """Whatever became of a letter, it is counted once."""
    with sqlite3.connect(sent.folder / "var" / "digest.db") as database:
        database.execute("UPDATE deliveries SET state = ? WHERE subscriber_id = 1", (state,))
    database.close()

    shown = sent.data("deliveries", "1")

    assert shown["counts"]["accepted"] == shown["counts"][state] == 1
    assert sum(shown["counts"].values()) == shown["audience"] == 2


def test_a_sending_under_way_has_a_rate(sent: Desk) -> None:
    """Of the last minute, and from it how long the rest takes."""
    with sqlite3.connect(sent.folder / "var" / "digest.db") as database:
        database.execute("UPDATE deliveries SET state = 'due' WHERE subscriber_id = 1")
    database.close()

    assert "accepted a second; 0:01:00 left at this rate" in sent.done("deliveries", "1")
    shown = sent.data("deliveries", "1")
    assert (shown["rate"], shown["seconds_left"]) == (0.02, 60)


def test_letters_of_old_editions_are_counted_and_no_more(sent: Desk) -> None:
    """If the operator wants it: the next pass keeps the sum, and says so to who asks for one."""
    sent.note("weir", "Over the weir", "Floods")
    sent.done("run", "--now", "--newsletter", "weekly")
    with sqlite3.connect(sent.folder / "var" / "digest.db") as database:
        long_ago = "UPDATE editions SET approved_at = '2020-01-0' || id || ' 00:00:00.000000'"
        database.execute(long_ago)
    database.close()
    sent.change("[[themes]]", '[privacy]\nletters = "90d"\n\n[[themes]]')

    sent.done("run")

    shown, last = sent.data("deliveries", "1"), sent.data("deliveries", "2")
    assert (shown["counts"]["accepted"], shown["deliveries"]) == (2, [])
    assert len(last["deliveries"]) == 2, "the last one keeps its rows"
    explained = sent.done("explain", "subscriber", "ada@example.org", "--newsletter", "weekly")
    assert "what became of each of its letters is not kept any more" in explained
