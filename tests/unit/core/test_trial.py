"""Filings replayed in time order."""

from __future__ import annotations

from datetime import date

from digest.core.filing.example import Example
from digest.core.filing.taught import FILED, Taught
from digest.core.newsletter import OTHER, Theme
from digest.core.resource import ResourceId
from digest.core.theme import RuleFiler
from digest.core.trial import replay, verdict

THEMES = (
    Theme("garden", "Garden", "", ("rose", "compost"), ("Plants",)),
    Theme("kitchen", "Kitchen", "", ("bread", "soup")),
)


def a_row(number: int, theme: str, title: str, *tags: str) -> Taught:
    example = Example(title, tags=tags)
    return Taught(ResourceId(number), theme, date(2026, 1, 1), example, FILED, number, number)


def tried(*rows: Taught) -> list[tuple[int, str, str]]:
    attempts = replay(rows, THEMES, RuleFiler(THEMES, {}))
    return [(one.resource, one.theme, one.placed) for one in attempts]


def test_each_is_filed_by_what_was_learnt_before_it() -> None:
    """The first of its kind is asked for, the sixtieth is not."""
    rows = [
        a_row(n, ("garden", "kitchen")[n % 2], f"{('Ferns', 'Noodles')[n % 2]} of all kinds, {n}")
        for n in range(1, 81)
    ]
    found = verdict(list(replay(rows, THEMES, RuleFiler(THEMES, {}))))
    assert (found.items, found.themed) == (80, 80)
    assert found.learnt == found.learnt_right > 20
    assert found.asked + found.learnt == 80
    assert found.touched == found.asked
    assert found.in_three == 80


def test_a_mistake_of_the_rules_is_to_be_corrected() -> None:
    """The editors' last word is the truth, and the first choice is told beside it."""
    rows = [a_row(1, "garden", "Bread for birds"), a_row(2, "kitchen", "Rose jam", "Plants")]
    attempts = list(replay(rows, THEMES, RuleFiler(THEMES, {})))
    found = verdict(attempts)
    assert (found.ruled, found.ruled_right, found.to_correct, found.touched) == (2, 0, 2, 2)
    assert ("kitchen", "garden", 1) in found.confused


def test_what_is_corrected_later_counts_once_and_by_the_last_word() -> None:
    """It is asked for when it came; what was taken back is no filing."""
    rows = [
        a_row(1, "garden", "A walk"),
        a_row(2, "garden", "Another walk"),
        Taught(ResourceId(1), "kitchen", date(2026, 1, 2), Example("A walk"), FILED, 3, 3),
        Taught(ResourceId(2), "", date(2026, 1, 2), Example("Another walk"), FILED, 4, 4),
    ]
    assert tried(*rows) == [(1, "kitchen", OTHER)]


def test_nothing_filed_is_nothing_found() -> None:
    """A young site has no figures, and no fault."""
    found = verdict(list(replay([], THEMES, RuleFiler(THEMES, {}))))
    assert (found.items, found.touched, found.confused) == (0, 0, ())
