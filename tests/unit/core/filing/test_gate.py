"""When to file without asking."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.core.filing.gate import Decision, threshold, wilson

decisions = st.lists(
    st.builds(Decision, st.floats(0, 1), st.booleans(), st.booleans()),
    max_size=80,
)


def test_it_is_closed_before_forty_decisions() -> None:
    """However often it was right, too few decisions promise nothing."""
    assert threshold([Decision(0.99, right=True)] * 39, 0.9) == math.inf


def test_it_opens_where_it_was_right() -> None:
    """Items as sure as those that were right are filed, those as unsure as the wrong are not."""
    past = [Decision(0.9, right=True)] * 60 + [Decision(0.3, right=False)] * 60
    assert threshold(past, 0.9) == pytest.approx(0.9)


def test_it_stays_closed_where_confidence_lies() -> None:
    """A filer that is sure and wrong files nothing by itself."""
    past = [Decision(0.95, right=number % 2 == 0) for number in range(200)]
    assert threshold(past, 0.9) == math.inf


def test_mistakes_of_its_own_make_it_stricter() -> None:
    """The same decisions open it less when those it filed by itself were often wrong."""
    past = [Decision(1 - n / 1000, right=n % 10 != 9) for n in range(600)]
    careless = [Decision(d.confidence, d.right, automatic=not d.right) for d in past]
    assert threshold(careless, 0.87) > threshold(past, 0.87)


@given(decisions)
def test_the_order_of_decisions_does_not_matter(past: list[Decision]) -> None:
    """Within the window, only what was decided counts."""
    assert threshold(past, 0.9) == threshold(past[::-1], 0.9)


@given(st.integers(1, 500), st.data())
def test_the_bound_is_below_the_share(count: int, data: st.DataObject) -> None:
    """It never promises more than what was seen."""
    right = data.draw(st.integers(0, count))
    assert wilson(right, count, 0.84) + 1e-12 >= 0
    assert wilson(right, count, 0.84) <= right / count + 1e-12
