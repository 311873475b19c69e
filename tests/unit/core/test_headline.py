"""Subjects and preheaders: suggestions, and what is to be said of their length."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.core.edition import Edition
from digest.core.headline import LENGTHS, Fit, Line, hint, suggestions
from tests.builders import a_section, an_edition, an_entry


@pytest.mark.parametrize(
    ("kind", "length", "fit"),
    [
        (Line.SUBJECT, 0, Fit.EMPTY),
        (Line.SUBJECT, 8, Fit.SHORT),
        (Line.SUBJECT, 45, Fit.GOOD),
        (Line.SUBJECT, 46, Fit.LONG),
        (Line.SUBJECT, 71, Fit.CUT),
        (Line.PREHEADER, 90, Fit.GOOD),
        (Line.PREHEADER, 131, Fit.CUT),
    ],
)
def test_a_line_is_judged_by_what_mailboxes_show(kind: Line, length: int, fit: Fit) -> None:
    """Too short wastes the place, too long is cut off."""
    found = hint(kind, "x" * length)
    assert (found.length, found.fit) == (length, fit)
    assert found.advice.endswith(".")


def test_suggestions_come_from_what_the_edition_holds() -> None:
    """The first item leads, the themes and what comes next stand beside it."""
    edition = an_edition()
    assert suggestions(Line.SUBJECT, edition) == (
        "The sponge street, and 9 more",
        "The sponge street",
        "The Riverbank Weekly: Theme 1, Theme 2, Theme 3",
    )
    assert suggestions(Line.PREHEADER, edition)[1] == "Theme 1 (4), Theme 2 (3), Theme 3 (3)"


def test_an_empty_edition_suggests_nothing() -> None:
    """There is nothing to say of it."""
    empty = an_edition(themes=0, featured=None)
    assert [suggestions(kind, empty) for kind in Line] == [(), ()]


titles = st.text(min_size=0, max_size=200)


@given(st.lists(titles, min_size=1, max_size=5), st.sampled_from(Line))
def test_suggestions_fit_on_one_line(words: list[str], kind: Line) -> None:
    """However long or odd the titles are."""
    entries = [an_entry(n, title=title) for n, title in enumerate(words, 1)]
    edition: Edition = an_edition(sections=(a_section("theme-1", *entries),), featured=None)
    for text in suggestions(kind, edition):
        assert text == " ".join(text.split())
        assert len(text) <= LENGTHS[kind].most + len(", and 4 more")
