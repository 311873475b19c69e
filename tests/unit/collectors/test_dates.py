from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.collectors.dates import published
from digest.core.published import Published


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("2022", "2022"),
        ("March 2022", "2022-03"),
        (" Mar. 2022 ", "2022-03"),
        ("14 March 2022", "2022-03-14"),
        ("Monday, 14th March 2022", "2022-03-14"),
        ("March 14, 2022", "2022-03-14"),
        ("14. März 2022", "2022-03-14"),
        ("3 de mayo de 2021", "2021-05-03"),
        ("1er mars 2020", "2020-03-01"),
        ("2022-03", "2022-03"),
        ("2022-03-14", "2022-03-14"),
        ("03/04/2022", "2022-04-03"),
        ("03/14/2022", "2022-03-14"),
        ("03/2022", "2022-03"),
        ("(2022)", "2022"),
        ("2022-04-10T09:30:00", "2022-04-10T09:30:00Z"),
        ("2022-04-10 09:30:00+02:00", "2022-04-10T07:30:00Z"),
        ("Mon, 20 Nov 1995 19:12:08 -0500", "1995-11-21T00:12:08Z"),
    ],
)
def test_dates_are_as_exact_as_they_were_written(text: str, said: str) -> None:
    """Day, month and time are read where they stand, and nowhere else."""
    assert str(published(text)) == said


@pytest.mark.parametrize(
    "text",
    ["", "soon", "Council 2022", "31 February 2020", "2022-13", "9999-12-31T23:59-12:00", "77"],
)
def test_what_is_no_date_is_none(text: str) -> None:
    """Guessing would put items into the wrong year."""
    assert published(text) is None


@given(st.text())
def test_any_text_is_a_date_or_not(text: str) -> None:
    """No text makes it fail."""
    date = published(text)
    assert date is None or date.at.tzinfo is not None


@given(st.datetimes(datetime(1900, 1, 1), datetime(2099, 12, 31), timezones=st.just(UTC)))  # noqa: DTZ001 - hypothesis wants bounds without a zone
def test_iso_dates_are_read_exactly(at: datetime) -> None:
    """What our own values write, a source may write too."""
    assert published(at.isoformat()) == Published(at)
