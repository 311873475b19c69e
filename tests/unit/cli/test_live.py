"""What is told of a sending while it goes on."""

from __future__ import annotations

import sqlite3

import pytest

from digest.cli import live
from digest.cli.live import Rates, look, told
from digest.core.edition import EditionId
from digest.core.outbox import DeliveryState
from digest.core.pace import Pace
from digest.wiring import House, settings
from tests.unit.cli.conftest import Desk

COUNTS = {
    DeliveryState.DUE: 4_000,
    DeliveryState.CLAIMED: 1_000,
    DeliveryState.ACCEPTED: 4_900,
    DeliveryState.DEFERRED: 70,
    DeliveryState.IN_DOUBT: 30,
}


def test_a_line_tells_all() -> None:
    """How far, what became of them, how fast, how long."""
    assert told("weekly/1", Pace(COUNTS, 50.0), 200) == (
        "weekly/1 [##########----------] 5,000 of 10,000, 4,900 accepted, 70 deferred, "
        "30 in doubt, 50/s, 0:01:40 left"
    )


@pytest.mark.parametrize("room", range(1, 130))
def test_a_line_fits_the_terminal(room: int) -> None:
    """What does not fit is left out, from the end."""
    assert len(told("weekly/1", Pace(COUNTS, 50.0), room)) <= room


def test_an_empty_audience_is_done() -> None:
    """There is nothing to divide by."""
    assert "0 of 0" in told("weekly/1", Pace({}), 80)


def test_the_rate_is_that_of_the_last_looks() -> None:
    """At the first one there is none."""
    rates, edition = Rates(), EditionId(1)
    assert rates.pace(edition, {DeliveryState.ACCEPTED: 100}, 10.0).rate == 0
    assert rates.pace(edition, {DeliveryState.ACCEPTED: 300}, 12.0).rate == 100


def test_a_sending_that_stands_still_has_no_time_left() -> None:
    """Nobody can say for how long."""
    assert Pace(COUNTS).time_left is None
    assert Pace({DeliveryState.ACCEPTED: 9}, 1.0).time_left is None


def test_nothing_is_told_where_nobody_watches(collected: Desk) -> None:
    """Standard error of a job of cron stays as it was."""
    result = collected.type("run", "--now")
    assert "\r" not in result.stderr


def test_what_somebody_watches_is_taken_away_at_the_end(
    collected: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The report begins on a line of its own."""
    monkeypatch.setattr(live, "at_terminal", lambda: True)
    result = collected.type("run", "--now")
    assert result.exit_code == 0
    assert result.stderr.endswith("\r")  # the runner keeps no colours nor the like


@pytest.mark.parametrize(("state", "line"), [("claimed", "weekly/"), ("due", "")])
def test_what_is_being_sent_is_found(collected: Desk, state: str, line: str) -> None:
    """That is an edition of which somebody has claimed letters."""
    who = ("ada@example.org", "--newsletter", "weekly", "--how", "asked")
    collected.done("subscribers", "add", *who)
    collected.done("run", "--now", "--newsletter", "weekly")
    with sqlite3.connect(collected.folder / "var" / "digest.db") as database:
        database.execute("UPDATE deliveries SET state = ?", (state,))
        database.execute("UPDATE editions SET state = 'approved'")
    database.close()
    with House(settings(collected.config)) as house:
        assert look(house, Rates(), 1.0)[:7] == line
