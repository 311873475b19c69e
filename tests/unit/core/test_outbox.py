"""When a deferred delivery is tried again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from digest.core.outbox import FINAL, DeliveryState, next_try

DUE = datetime(2026, 11, 23, 7, 30, tzinfo=UTC)
DAY = timedelta(days=1)
attempts = st.integers(1, 50)


@given(attempt=attempts, late=st.timedeltas(timedelta(0), DAY))
def test_it_is_tried_again_in_time_or_given_up(attempt: int, late: timedelta) -> None:
    """A next try is never before five minutes have passed, nor after the time to give up."""
    now = DUE + late
    again = next_try(attempt, now, give_up_after=DAY, due=DUE)
    assert again is None or now + timedelta(minutes=5) <= again <= DUE + DAY


@given(attempt=attempts)
def test_waits_do_not_shrink(attempt: int) -> None:
    """Each further attempt waits as long as the one before or longer."""
    waits = [next_try(n, DUE, give_up_after=99 * DAY, due=DUE) for n in (attempt, attempt + 1)]
    assert waits[0] is not None
    assert waits[1] is not None
    assert waits[0] <= waits[1]


def test_a_first_deferral_waits_five_minutes() -> None:
    """Greylisting servers let a second try pass after about that long."""
    assert next_try(1, DUE, give_up_after=DAY, due=DUE) == DUE + timedelta(minutes=5)


def test_doubt_is_not_final() -> None:
    """Somebody has to settle it."""
    assert DeliveryState.IN_DOUBT not in FINAL
