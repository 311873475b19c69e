from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.collectors.freshness import LONGEST, wait
from tests.builders import MONDAY

DATE = "Mon, 23 Nov 2026 07:30:00 GMT"
LATER = "Mon, 23 Nov 2026 08:30:00 GMT"


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "120"}, 120),
        ({"retry-after": LATER}, 3600),
        ({"retry-after": LATER, "date": LATER}, None),
        ({"cache-control": "public, max-age=600"}, 600),
        ({"cache-control": "max-age=0"}, None),
        ({"cache-control": "no-cache", "expires": LATER}, None),
        ({"expires": LATER, "date": DATE}, 3600),
        ({"expires": "0"}, None),
        ({"retry-after": "60", "cache-control": "max-age=600"}, 60),
        ({"retry-after": "99999999999"}, LONGEST.total_seconds()),
    ],
)
def test_the_server_says_how_long(headers: dict[str, str], seconds: float | None) -> None:
    """Retry-After outranks max-age, which outranks Expires; a month is the most."""
    expected = None if seconds is None else timedelta(seconds=seconds)
    assert wait(headers, MONDAY) == expected


@given(
    st.dictionaries(st.sampled_from(["retry-after", "cache-control", "expires", "date"]), st.text())
)
def test_any_header_is_a_wish_or_none(headers: dict[str, str]) -> None:
    """No header makes it fail."""
    asked = wait(headers, MONDAY)
    assert asked is None or timedelta() < asked <= LONGEST
