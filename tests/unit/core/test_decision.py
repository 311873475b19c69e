"""Editors' decisions, and what they come to."""

from __future__ import annotations

from datetime import UTC, datetime
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.core.decision import Act, Decision, Rulings, replay, standing, undoings
from digest.core.history import Force, history, moved_on, to_redo, to_undo
from digest.core.ordering import Place, Step
from digest.core.resource import ResourceId

AT = datetime(2026, 11, 22, 8, tzinfo=UTC)
ONE, TWO = ResourceId(1), ResourceId(2)


def decision(act: Act, value: str = "x", resource: ResourceId | None = ONE) -> Decision:
    return Decision(act, resource, value, "mira", AT)


def values_for(act: Act) -> st.SearchStrategy[str]:
    if act is Act.REORDER:
        return st.sampled_from(["", "1", "2 before 3", "3 last"])
    if act is Act.MERGE:
        return st.sampled_from(["", "1", "2", "3"])
    return st.sampled_from(["", "a", "b"])


WHOLE = (Act.SUBJECT, Act.PREHEADER, Act.LETTER)
ACTS = [act for act in Act if act is not Act.UNDO]
LASTING = [act for act in ACTS if act not in {Act.REORDER, Act.MOVE}]
"""Acts of which only the last word counts; places are steps, and a move ends those before it."""
numbers = st.integers(1, 4).map(ResourceId)


@st.composite
def decisions(draw: st.DrawFn, acts: tuple[Act, ...] = tuple(ACTS)) -> Decision:
    act = draw(st.sampled_from(acts))
    return decision(act, draw(values_for(act)), None if act in WHOLE else draw(numbers))


@st.composite
def histories(draw: st.DrawFn) -> list[Decision]:
    """Decisions with undos among them, each of something before it that still stands."""
    made: list[Decision] = []
    for each in draw(st.lists(decisions(), max_size=12)):
        made.append(each)
        undone = undoings(made)
        number = draw(st.integers(0, len(made)))
        if number and number not in undone:
            made.append(undo(number))
    return made


def undo(number: int) -> Decision:
    return decision(Act.UNDO, str(number), None)


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
            merge := decision(Act.MERGE, "2", ResourceId(3)),
            decision(Act.ADD, "floods", ResourceId(4)),
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
        steps=(Step(ONE, Place(3)),),
        merges={ResourceId(3): merge},
        added={ResourceId(4): "floods"},
        pinned=TWO,
        subject="Hello",
        preheader="Inside",
        letter="Dear all",
    )


def test_without_decisions_nothing_is_ruled() -> None:
    """A fresh draft is the composition's own."""
    assert replay([]) == Rulings()


@given(st.lists(decisions()), decisions(tuple(LASTING)))
def test_the_last_word_wins(before: list[Decision], last: Decision) -> None:
    """What was said before on the same question does not matter."""
    others = [made for made in before if made.question != last.question]
    assert replay([*before, last]) == replay([*others, last])


@given(st.lists(decisions()))
def test_an_empty_value_takes_back(made: list[Decision]) -> None:
    """After taking every decision back, it is as if none was made."""
    back = [Decision(d.act, d.resource, "", d.by, d.at) for d in made]
    assert replay([*made, *back]) == Rulings()


@given(
    st.lists(decisions(tuple(LASTING)), unique_by=lambda made: made.question),
    st.randoms(use_true_random=False),
)
def test_the_order_of_independent_decisions_does_not_matter(
    made: list[Decision], random: Random
) -> None:
    """Decisions on different questions come to the same in any order."""
    mixed = random.sample(made, len(made))
    assert replay(mixed) == replay(made)


@given(st.lists(decisions(tuple(LASTING))))
def test_replaying_twice_changes_nothing(made: list[Decision]) -> None:
    """Decisions are statements: saying all of them again is no change."""
    assert replay([*made, *made]) == replay(made)


@given(histories())
def test_undoing_everything_leaves_the_fresh_draft(made: list[Decision]) -> None:
    """However much was done, undone and done again, undoing what stands leaves nothing."""
    while number := to_undo(made):
        made = [*made, undo(number)]
    assert replay(made) == Rulings()


@given(histories(), decisions())
def test_an_undone_decision_was_never_made(made: list[Decision], last: Decision) -> None:
    """What it replaced counts again."""
    assert replay([*made, last, undo(len(made) + 1)]) == replay(made)


@given(histories(), st.integers(1, 5))
def test_undoing_and_doing_again_ends_where_it_began(made: list[Decision], times: int) -> None:
    """As many steps forward as back; after the last one there is nothing more to do again."""
    began = [*made, decision(Act.SUBJECT, "x", None)]
    made, steps = began, 0
    while steps < times and (number := to_undo(made)):
        made, steps = [*made, undo(number)], steps + 1
    for _ in range(steps):
        made = [*made, undo(to_redo(made))]
    assert replay(made) == replay(began)
    assert to_redo(made) == 0


@given(histories(), histories())
def test_behind_other_decisions_undos_still_mean_their_own(
    before: list[Decision], made: list[Decision]
) -> None:
    """A draft that takes over the decisions of another one undoes none of its own by them."""
    both = standing([*before, *moved_on(made, len(before))])
    assert [each for _, each in both] == [each for _, each in (*standing(before), *standing(made))]


@given(histories())
def test_every_decision_is_in_the_history_with_its_force(made: list[Decision]) -> None:
    """What stands is what is replayed; what does not says what replaced it or took it back."""
    told = history(made)
    assert [past.decision for past in told] == made
    counts = [past.decision for past in told if past.force is Force.STANDS]
    steps = [past.decision for past in told if past.decision.act in {Act.REORDER, Act.MOVE}]
    if not steps:
        assert replay(each for each in counts if each.act is not Act.UNDO) == replay(made)
    assert all((past.force is Force.UNDONE) == bool(past.undone_by) for past in told)


def test_only_one_item_is_pinned() -> None:
    """Pinning another item lets the first one go; there is one place at the top."""
    assert replay([decision(Act.PIN, "yes", ONE), decision(Act.PIN, "yes", TWO)]).pinned == TWO


def test_unpinning_needs_no_item() -> None:
    """Whoever takes the pin back need not know what was pinned."""
    assert replay([decision(Act.PIN, "yes", ONE), decision(Act.PIN, "", None)]).pinned is None


def test_places_are_kept_as_steps() -> None:
    """Each was said of the list that the one before it left."""
    made = [decision(Act.REORDER, "1", number) for number in (ONE, TWO, ONE)]
    assert [step.resource for step in replay(made).steps] == [ONE, TWO, ONE]


def test_a_move_to_another_theme_ends_the_places_of_an_item() -> None:
    """They were said of its neighbours there."""
    made = [
        decision(Act.REORDER, "1", ONE),
        decision(Act.REORDER, "1", TWO),
        decision(Act.MOVE, "floods", ONE),
        decision(Act.REORDER, "2", ONE),
    ]
    assert replay(made).steps == (Step(TWO, Place(1)), Step(ONE, Place(2)))


@pytest.mark.parametrize(
    ("made", "root"),
    [
        ({}, 1),
        ({1: 2}, 2),
        ({1: 2, 2: 3}, 3),
        ({1: 2, 2: 1}, 1),
        ({1: 2, 2: 3, 3: 2}, 1),
        ({1: 1}, 1),
    ],
)
def test_merges_lead_to_the_one_that_stays(made: dict[int, int], root: int) -> None:
    """Over any number of merges; of a circle one stays, so that nothing is lost."""
    merges = [decision(Act.MERGE, str(to), ResourceId(one)) for one, to in made.items()]
    assert replay(merges).root(ONE) == root
