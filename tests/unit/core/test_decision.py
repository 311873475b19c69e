"""Editors' decisions, and what they come to."""

from __future__ import annotations

from datetime import UTC, datetime
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from digest.core.decision import Act, Decision, Rulings, replay
from digest.core.resource import ResourceId

AT = datetime(2026, 11, 22, 8, tzinfo=UTC)
ONE, TWO = ResourceId(1), ResourceId(2)


def decision(act: Act, value: str = "x", resource: ResourceId | None = ONE) -> Decision:
    return Decision(act, resource, value, "mira", AT)


def values_for(act: Act) -> st.SearchStrategy[str]:
    if act is Act.REORDER:
        return st.sampled_from(["", "1", "2", "3"])
    return st.sampled_from(["", "a", "b"])


WHOLE = (Act.SUBJECT, Act.PREHEADER, Act.LETTER)
numbers = st.integers(1, 4).map(ResourceId)


@st.composite
def decisions(draw: st.DrawFn) -> Decision:
    act = draw(st.sampled_from(Act))
    return decision(act, draw(values_for(act)), None if act in WHOLE else draw(numbers))


def question(made: Decision) -> tuple[Act, ResourceId | None]:
    return made.act, None if made.act is Act.PIN else made.resource


def same(one: Rulings, two: Rulings) -> bool:
    """Equal, the order of the positions included."""
    return one == two and list(one.positions) == list(two.positions)


def test_each_act_rules_on_its_own_question() -> None:
    """Every kind of decision arrives where the composition looks for it."""
    drop = decision(Act.DROP, "off topic")
    rulings = replay(
        [
            drop,
            decision(Act.MOVE, "floods"),
            decision(Act.PIN, "yes", TWO),
            decision(Act.RETITLE, "Better"),
            decision(Act.SUMMARISE, "Shorter"),
            decision(Act.REORDER, "3"),
            decision(Act.NOTE, "See also"),
            decision(Act.SUBJECT, "Hello", None),
            decision(Act.PREHEADER, "Inside", None),
            decision(Act.LETTER, "Dear all", None),
        ]
    )
    assert rulings == Rulings(
        drops={ONE: drop},
        themes={ONE: "floods"},
        titles={ONE: "Better"},
        summaries={ONE: "Shorter"},
        notes={ONE: "See also"},
        positions={ONE: 3},
        pinned=TWO,
        subject="Hello",
        preheader="Inside",
        letter="Dear all",
    )


def test_without_decisions_nothing_is_ruled() -> None:
    """A fresh draft is the composition's own."""
    assert replay([]) == Rulings()


@given(st.lists(decisions()), decisions())
def test_the_last_word_wins(before: list[Decision], last: Decision) -> None:
    """What was said before on the same question does not matter."""
    others = [made for made in before if question(made) != question(last)]
    assert same(replay([*before, last]), replay([*others, last]))


@given(st.lists(decisions()))
def test_an_empty_value_takes_back(made: list[Decision]) -> None:
    """After taking every decision back, it is as if none was made."""
    back = [Decision(d.act, d.resource, "", d.by, d.at) for d in made]
    assert replay([*made, *back]) == Rulings()


@given(st.lists(decisions(), unique_by=question), st.randoms(use_true_random=False))
def test_the_order_of_independent_decisions_does_not_matter(
    made: list[Decision], random: Random
) -> None:
    """Decisions on different questions come to the same in any order."""
    mixed = random.sample(made, len(made))
    assert replay(mixed) == replay(made)


@given(st.lists(decisions()))
def test_replaying_twice_changes_nothing(made: list[Decision]) -> None:
    """Decisions are statements, not steps: saying all of them again is no change."""
    assert same(replay([*made, *made]), replay(made))


def test_only_one_item_is_pinned() -> None:
    """Pinning another item lets the first one go; there is one place at the top."""
    assert replay([decision(Act.PIN, "yes", ONE), decision(Act.PIN, "yes", TWO)]).pinned == TWO


def test_unpinning_needs_no_item() -> None:
    """Whoever takes the pin back need not know what was pinned."""
    assert replay([decision(Act.PIN, "yes", ONE), decision(Act.PIN, "", None)]).pinned is None


def test_the_item_moved_last_comes_first_of_those_at_one_position() -> None:
    """Saying a position again moves the item again."""
    made = [decision(Act.REORDER, "1", number) for number in (ONE, TWO, ONE)]
    assert list(replay(made).positions) == [TWO, ONE]
