from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from subscribers.consent import UNDO_WITHIN, Act, choose, decide, standing, widen
from subscribers.model import State, Subscription, What

_NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
_states = st.sampled_from([State.PENDING, State.ACTIVE, State.PAUSED, State.LEFT])
_themes = st.one_of(
    st.none(), st.lists(st.sampled_from("abcd"), min_size=1, unique=True).map(tuple)
)
_moments = st.integers(0, 2_000).map(lambda days: _NOW - timedelta(days=days))


def _subscription(
    state: State = State.ACTIVE,
    themes: tuple[str, ...] | None = None,
    changed_at: datetime = _NOW - timedelta(days=1),
    chosen_at: datetime | None = None,
) -> Subscription:
    since = datetime(2020, 1, 1, tzinfo=UTC)
    return Subscription("weekly", themes, state, since, changed_at, chosen_at)


_held = st.builds(_subscription, _states, _themes, _moments, st.one_of(st.none(), _moments))
_acts = st.sampled_from(Act)


@given(before=st.one_of(st.none(), _held))
def test_leaving_always_leaves(before: Subscription | None) -> None:
    """Whatever was before, after leaving the state is left."""
    step = decide(before, Act.LEAVE, "weekly", _NOW, how="test")
    after = step.after if step else before

    assert after is not None
    assert after.state is State.LEFT


@given(before=_held, acts=st.lists(_acts.filter(lambda a: a not in {Act.UNDO, Act.REJOIN})))
def test_only_the_readers_own_word_leads_back(before: Subscription, acts: list[Act]) -> None:
    """No run of acts without undo and rejoin ever brings back one who left."""
    step = decide(before, Act.LEAVE, "weekly", _NOW, how="test")
    now = step.after if step else before
    for act in acts:
        next_step = decide(now, act, "weekly", _NOW, how="test", themes=("a",))
        now = next_step.after if next_step else now

    assert now.state is State.LEFT


@given(before=st.one_of(st.none(), _held), act=_acts)
def test_doing_it_twice_does_it_once(before: Subscription | None, act: Act) -> None:
    """An act right after itself changes nothing."""
    step = decide(before, act, "weekly", _NOW, how="test")
    if step:
        assert decide(step.after, act, "weekly", _NOW, how="test") is None


@given(before=st.one_of(st.none(), _held), act=_acts, themes=_themes)
def test_every_change_has_its_record(
    before: Subscription | None, act: Act, themes: tuple[str, ...] | None
) -> None:
    """A change of state comes with when, how and what is followed from then on."""
    step = decide(before, act, "weekly", _NOW, how="paper form", themes=themes)
    if step:
        assert step.after != before
        assert step.consent.at == step.after.changed_at == _NOW
        assert (step.consent.how, step.consent.themes) == ("paper form", step.after.themes)


def test_what_is_asked_for_by_a_stranger_is_not_active() -> None:
    """Asking makes a pending subscription, confirming an active one that counts from then."""
    asked = decide(None, Act.ASK, "weekly", _NOW, how="form")
    assert asked
    assert asked.after.state is State.PENDING
    later = _NOW + timedelta(hours=1)
    confirmed = decide(asked.after, Act.CONFIRM, "weekly", later, how="link")

    assert confirmed
    assert (confirmed.after.state, confirmed.after.since) == (State.ACTIVE, later)


def test_an_undone_leave_is_as_if_it_had_not_been() -> None:
    """Undo brings back themes, the reader's choice and the day of joining."""
    before = _subscription(themes=("a",), chosen_at=_NOW)
    left = decide(before, Act.LEAVE, "weekly", _NOW, how="link")
    assert left
    back = decide(left.after, Act.UNDO, "weekly", _NOW, how="undo")

    assert back
    assert back.after == Subscription(
        "weekly", ("a",), State.ACTIVE, before.since, _NOW, before.chosen_at
    )


@pytest.mark.parametrize(("late", "works"), [(timedelta(0), True), (timedelta(seconds=1), False)])
def test_undo_works_for_thirty_days(late: timedelta, works: bool) -> None:  # noqa: FBT001 - a case
    """A leave can be taken back for thirty days and not a second more."""
    left = _subscription(State.LEFT, changed_at=_NOW)

    assert bool(decide(left, Act.UNDO, "weekly", _NOW + UNDO_WITHIN + late, how="undo")) is works


def test_who_joined_earlier_counts_from_then() -> None:
    """A known day of joining is kept, the change itself is of now."""
    since = datetime(2021, 5, 1, tzinfo=UTC)
    step = decide(None, Act.JOIN, "weekly", _NOW, how="import", since=since)

    assert step
    assert (step.after.since, step.after.changed_at) == (since, _NOW)


@given(before=_held, themes=_themes)
def test_a_choice_counts(before: Subscription, themes: tuple[str, ...] | None) -> None:
    """What a reader chooses is what is followed, and is marked as chosen."""
    step = choose(before, themes, _NOW, how="page")
    after = step.after if step else before

    assert after.themes == themes
    assert after.state is before.state
    if step:
        assert after.chosen_at == _NOW


@given(before=_held, themes=_themes)
def test_later_additions_only_widen(before: Subscription, themes: tuple[str, ...] | None) -> None:
    """Adding themes never takes one away, and never touches a reader's own choice."""
    step = widen(before, themes, _NOW, how="import")
    if step:
        assert before.chosen_at is None
        assert set(step.after.themes or ()) == set(before.themes or ()) | set(themes or ())
        assert step.consent.what is What.WIDENED


def test_a_person_stands_where_the_liveliest_subscription_does() -> None:
    """Active beats paused beats pending beats left, and a suppression beats all."""
    order = [State.ACTIVE, State.PAUSED, State.PENDING, State.LEFT]
    held = tuple(_subscription(state) for state in reversed(order))

    assert [standing(held[: 4 - i], suppressed=False) for i in range(4)] == order
    assert standing(held, suppressed=True) is State.SUPPRESSED
    assert standing((), suppressed=False) is State.LEFT
