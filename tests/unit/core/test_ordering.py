"""Places among the items of a theme, and the order that comes of them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.core.ordering import Place, Step, arranged, place_at
from digest.core.resource import ResourceId

items = st.lists(st.integers(1, 12).map(ResourceId), unique=True, max_size=8)
moves = st.lists(st.tuples(st.integers(1, 12).map(ResourceId), st.integers(-1, 10)), max_size=10)
places = st.one_of(
    st.builds(Place, st.integers(1, 999_999)),
    st.builds(Place, st.integers(1, 9), before=st.integers(1, 99).map(ResourceId)),
    st.builds(Place, st.integers(1, 9), last=st.just(value=True)),
)


@given(places)
def test_a_place_is_written_and_read_back(place: Place) -> None:
    """Its text says all of it."""
    assert Place.parse(str(place)) == place


@pytest.mark.parametrize("text", ["", "0", "first", "1 before", "1 before 0", "1 first", "٣", "-1"])
def test_what_is_no_place_is_refused(text: str) -> None:
    """With a sentence."""
    with pytest.raises(ValueError, match="expected a position from 1"):
        Place.parse(text)


@given(items, moves)
def test_the_order_is_the_one_that_editors_saw(
    shown: list[ResourceId], made: list[tuple[ResourceId, int]]
) -> None:
    """Replayed over the fresh list, the places give what each editor saw when putting them."""
    fresh, steps = list(shown), list[Step]()
    for resource, position in made:
        if resource not in shown:
            continue
        steps.append(Step(resource, place_at(shown, resource, position)))
        shown.remove(resource)
        shown.insert(max(position, 1) - 1, resource)
    assert arranged(fresh, steps) == shown


@given(items, moves, st.sets(st.integers(1, 12).map(ResourceId)))
def test_what_is_left_out_does_not_disturb_the_others(
    shown: list[ResourceId], made: list[tuple[ResourceId, int]], out: set[ResourceId]
) -> None:
    """Dropping items, and restoring them, keeps the order of the rest, moved before or after."""
    steps = list[Step]()
    for resource, position in made:
        order = arranged(shown, steps)
        if resource in order:
            steps.append(Step(resource, place_at(order, resource, position)))
    kept = [item for item in arranged(shown, steps) if item not in out]
    for resource, position in made:
        if resource in kept:
            steps.append(Step(resource, place_at(kept, resource, position)))
            kept.remove(resource)
            kept.insert(max(position, 1) - 1, resource)
            whole = arranged(shown, steps)
            assert [item for item in whole if item not in out] == kept


@given(items, moves)
def test_no_item_is_lost_or_doubled(
    shown: list[ResourceId], made: list[tuple[ResourceId, int]]
) -> None:
    """Whatever the steps say, also of items that are not there."""
    steps = [Step(resource, Place(max(position, 1))) for resource, position in made]
    assert sorted(arranged(shown, steps)) == sorted(shown)


def test_what_is_new_comes_between_as_it_would_have() -> None:
    """The first stays first, the last stays last, and a neighbour stays a neighbour."""
    one, two, three, new = map(ResourceId, (1, 2, 3, 9))
    shown = [one, two, three]
    first = [Step(three, place_at(shown, three, 1))]
    assert arranged([new, *shown], first) == [three, new, one, two]
    last = [Step(one, place_at(shown, one, 3))]
    assert arranged([new, *shown], last) == [new, two, three, one]
    between = [Step(three, place_at(shown, three, 2))]
    assert arranged([new, *shown], between) == [new, one, three, two]
