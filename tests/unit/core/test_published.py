from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.core.published import Precision, Published, plausible

NOW = datetime(2026, 11, 23, tzinfo=UTC)
MOMENTS = st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis wants bounds without a zone


@given(MOMENTS, st.sampled_from(Precision))
def test_what_is_written_is_read_back(at: datetime, precision: Precision) -> None:
    """Reading the written form keeps the precision, and writes the same again."""
    written = str(Published(at, precision))
    read = Published.parse(written)
    assert read.precision is precision
    assert str(read) == written


@pytest.mark.parametrize(
    ("precision", "written"),
    [
        (Precision.YEAR, "2022"),
        (Precision.MONTH, "2022-03"),
        (Precision.DAY, "2022-03-14"),
        (Precision.TIME, "2022-03-14T09:26:53Z"),
    ],
)
def test_no_more_is_written_than_was_said(precision: Precision, written: str) -> None:
    """The month of March never becomes its first day."""
    assert str(Published(datetime(2022, 3, 14, 9, 26, 53, tzinfo=UTC), precision)) == written


def test_a_moment_without_a_time_zone_is_refused() -> None:
    """Times are aware, or they cannot be ordered."""
    with pytest.raises(ValueError, match="time zone"):
        Published(datetime(2022, 3, 14))  # noqa: DTZ001 - the fault under test


@pytest.mark.parametrize(
    ("precision", "first_later"),
    [
        (Precision.YEAR, datetime(2023, 1, 1, tzinfo=UTC)),
        (Precision.MONTH, datetime(2022, 4, 1, tzinfo=UTC)),
        (Precision.DAY, datetime(2022, 3, 15, tzinfo=UTC)),
    ],
)
def test_an_inexact_date_is_before_what_comes_after_all_of_it(
    precision: Precision, first_later: datetime
) -> None:
    """A year is over when the next one begins, and not a second before."""
    date = Published.parse(str(Published(datetime(2022, 3, 14, tzinfo=UTC), precision)))
    assert date.is_before(first_later)
    assert not date.is_before(first_later - timedelta(seconds=1))


@given(MOMENTS, MOMENTS)
def test_an_exact_date_is_before_every_later_moment(at: datetime, moment: datetime) -> None:
    """With a time of day nothing is left open."""
    assert Published(at).is_before(moment) is (at < moment)


@pytest.mark.parametrize("text", ["", "March 2022", "2022-13", "2022-02-30", "yesterday"])
def test_another_form_is_refused(text: str) -> None:
    """Only the written form is read; what people write is for the collectors."""
    with pytest.raises(ValueError, match=r"."):
        Published.parse(text)


@pytest.mark.parametrize(
    ("at", "kept"),
    [
        (datetime(1, 1, 1, tzinfo=UTC), False),
        (datetime(1989, 12, 31, tzinfo=UTC), False),
        (datetime(1990, 1, 1, tzinfo=UTC), True),
        (NOW, True),
        (NOW + timedelta(hours=23), True),
        (NOW + timedelta(days=2), False),
    ],
)
def test_a_date_that_cannot_be_is_unknown(at: datetime, *, kept: bool) -> None:
    """Before the web, or further ahead than time zones explain."""
    assert (plausible(Published(at), NOW) is not None) is kept


def test_no_date_stays_no_date() -> None:
    """Nothing is made up."""
    assert plausible(None, NOW) is None
