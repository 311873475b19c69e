"""What differs between two editions."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from digest.core.comparison import compare, text_diff
from digest.core.edition import Edition
from tests.builders import a_section, an_edition, an_entry


def edition(*numbers: int, theme: str = "theme-1") -> Edition:
    entries = [an_entry(number, theme=theme) for number in numbers]
    sections = (a_section(theme, *entries),) if entries else ()
    return an_edition(sections=sections, featured=None)


orders = st.lists(st.integers(1, 6), unique=True)


@given(orders, orders)
def test_what_came_and_what_went_add_up(before: list[int], after: list[int]) -> None:
    """The old items without those removed, and those added, are the new items."""
    found = compare(edition(*before), edition(*after))
    gone = {entry.resource for entry in found.removed}
    new = {entry.resource for entry in found.added}
    assert ({*before} - gone) | new == {*after}
    assert not gone & {*after}
    assert not new & {*before}


@given(orders)
def test_an_edition_does_not_differ_from_itself(numbers: list[int]) -> None:
    """Nothing is told, and no line differs."""
    one = edition(*numbers)
    assert not compare(one, one)
    assert text_diff(one, one) == []


def test_each_kind_of_change_is_told_apart() -> None:
    """Moved, said otherwise, put in another order, and what is of the whole."""
    before = edition(1, 2, 3)
    entry = replace(an_entry(1), title="Other", note="New")
    other = replace(an_entry(2), theme="theme-2")
    after = an_edition(
        sections=(a_section("theme-1", an_entry(3), entry), a_section("theme-2", other)),
        featured=None,
        subject="Hello",
    )
    found = compare(before, after)
    assert [(int(c.after.resource), c.fields) for c in found.changed] == [(1, ("title", "note"))]
    assert [(c.before.theme, c.after.theme) for c in found.moved] == [("theme-1", "theme-2")]
    assert found.order == ("theme-1",)
    assert found.whole == (("subject", "", "Hello"),)
    assert (found.added, found.removed) == ((), ())
