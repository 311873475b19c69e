"""When bounces strike an address off."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from subscribers import BounceKind
from subscribers.scoring import Past, verdict
from tests.builders import MONDAY

HARD, SOFT = BounceKind.HARD, BounceKind.SOFT
_HARMLESS = (BounceKind.DELAY, BounceKind.OURS)


def _history(kind: BounceKind, *days: int) -> list[Past]:
    return [Past(kind, MONDAY + timedelta(days=day)) for day in days]


def test_one_hard_bounce_strikes_nobody_off() -> None:
    """A server that is set up wrong for an hour says that nobody exists."""
    assert verdict(_history(HARD, 0)) is None


def test_two_hard_bounces_within_two_weeks_do() -> None:
    """A weekly letter that bounced twice for good is not sent a third time."""
    found = verdict(_history(HARD, 0, 7))

    assert found
    assert found.reason == "bounces"
    assert "2 days within 14" in found.why


def test_two_of_one_day_count_once() -> None:
    """One letter may bounce in many ways, and a reader of three newsletters gets three a day."""
    same_day = [Past(HARD, MONDAY), Past(HARD, MONDAY + timedelta(hours=3))]

    assert verdict(same_day) is None


def test_two_far_apart_do_not() -> None:
    """After a good fortnight the first one says little."""
    assert verdict(_history(HARD, 0, 15)) is None


def test_three_of_a_monthly_letter_do() -> None:
    """Who gets a letter a month would never be struck off by the two weeks alone."""
    assert verdict(_history(HARD, 0, 31)) is None
    assert verdict(_history(HARD, 0, 31, 62)) is not None


def test_the_server_itself_is_believed_at_once() -> None:
    """550 5.1.1 at the hand-over comes from who knows."""
    assert verdict(_history(HARD, 0), is_certain=True) is not None


def test_soft_bounces_strike_off_slowly() -> None:
    """A full mailbox is a reader on holiday, until it was full five times in a row."""
    assert verdict(_history(SOFT, 0, 7, 14, 21)) is None
    assert verdict(_history(SOFT, 0, 7, 14, 21, 28)) is not None


def test_a_long_pause_forgives() -> None:
    """Four soft ones, two good months, one more: that begins anew."""
    assert verdict(_history(SOFT, 0, 7, 14, 21, 80)) is None


def test_a_complaint_is_obeyed_at_once() -> None:
    """Nobody gets a letter after calling one spam."""
    found = verdict([Past(BounceKind.COMPLAINT, MONDAY)])

    assert found
    assert found.reason == "complaint"


@pytest.mark.parametrize("kind", _HARMLESS)
def test_delays_and_our_own_faults_never_count(kind: BounceKind) -> None:
    """A letter that waits, or a sender who is not believed, says nothing about a reader."""
    assert verdict(_history(kind, *range(60))) is None


@given(
    st.lists(
        st.tuples(st.sampled_from([SOFT, *_HARMLESS]), st.integers(0, 2_000)),
        min_size=1,
        max_size=60,
    )
)
def test_fewer_than_five_soft_days_are_always_safe(came: list[tuple[BounceKind, int]]) -> None:
    """Whatever else came, without five days of soft bounces a reader stays."""
    ordered = sorted(came, key=lambda one: one[1])
    history = [Past(kind, MONDAY + timedelta(hours=at)) for kind, at in ordered]
    days: set[datetime] = {past.at for past in history if past.kind is SOFT}

    if len({at.date() for at in days}) < 5:
        assert verdict(history) is None
