"""Journals read after a crash, whatever was lost of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.core.journal import REVOKED, Header, answer, fold, header, mark
from digest.core.outbox import DeliveryId, DeliveryState, Settlement

ANSWERED = (
    DeliveryState.ACCEPTED,
    DeliveryState.REFUSED,
    DeliveryState.DEFERRED,
    DeliveryState.IN_DOUBT,
)
NAMES = st.integers(1, 6).map(DeliveryId)
MOMENTS = st.datetimes(datetime(1971, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis adds the zone
SETTLEMENTS = st.builds(
    Settlement,
    NAMES,
    st.just(1),
    st.sampled_from(ANSWERED),
    st.text(max_size=20),
    st.none() | MOMENTS,
)
CLAIMED = {DeliveryId(number): 1 for number in range(1, 7)}


def _history(settled: Sequence[Settlement]) -> list[tuple[bytes, Settlement | DeliveryId]]:
    """Marks, and then their answers, each letter once."""
    once = {one.delivery: one for one in settled}
    marks = [(mark(name, 1), name) for name in once]
    answers = [(answer(one), one) for one in once.values()]
    return [*marks, *answers]


def _states(settled: Sequence[Settlement]) -> dict[int, DeliveryState]:
    return {one.delivery: one.state for one in settled}


@given(SETTLEMENTS)
def test_an_answer_comes_back_as_it_was(settled: Settlement) -> None:
    """State, time and words, whatever a server said."""
    lines = [mark(settled.delivery, 1), answer(settled)]
    assert fold(lines, {settled.delivery: 1}, is_whole=True) == [settled]


@given(st.lists(SETTLEMENTS, max_size=8), st.data())
def test_a_journal_may_be_cut_at_any_byte(settled: list[Settlement], data: st.DataObject) -> None:
    """What was whole counts; what was begun is in doubt; what was not begun is due."""
    history = _history(settled)
    text = b"".join(line for line, _ in history)
    cut = data.draw(st.integers(0, len(text)))
    expected: dict[int, DeliveryState] = dict.fromkeys(CLAIMED, DeliveryState.DUE)
    end = 0
    for line, what in history:
        end += len(line)
        if end <= cut and isinstance(what, Settlement):
            expected[what.delivery] = what.state
        elif end <= cut:
            expected[what] = DeliveryState.IN_DOUBT  # type: ignore[index] # a name, if no answer
    lines = text[:cut].splitlines(keepends=True)
    assert _states(fold(lines, CLAIMED, is_whole=True)) == expected


@given(st.lists(SETTLEMENTS, max_size=8), st.data())
def test_what_may_lack_lines_makes_nothing_due(
    settled: list[Settlement], data: st.DataObject
) -> None:
    """Where lines may be missing, only answers settle; all else is in doubt."""
    history = _history(settled)
    kept = [(line, what) for line, what in history if data.draw(st.booleans())]
    expected: dict[int, DeliveryState] = dict.fromkeys(CLAIMED, DeliveryState.IN_DOUBT)
    expected |= {one.delivery: one.state for _, one in kept if isinstance(one, Settlement)}
    assert _states(fold([line for line, _ in kept], CLAIMED, is_whole=False)) == expected


@given(st.binary(max_size=60))
def test_damage_within_makes_nothing_due(rubbish: bytes) -> None:
    """A line that is neither mark nor answer is damage: what is not there says nothing."""
    lines = [b"#" + rubbish.replace(b"\n", b"") + b"\n", mark(1, 1)]
    states = _states(fold(lines, CLAIMED, is_whole=True))
    assert set(states.values()) == {DeliveryState.IN_DOUBT}


def test_a_mark_after_the_journal_was_taken_away_is_void() -> None:
    """Its letter was not let go; an answer that came then counts."""
    accepted = Settlement(DeliveryId(1), 1, DeliveryState.ACCEPTED, "250 ok")
    lines = [mark(1, 1), REVOKED, mark(2, 1), answer(accepted)]
    states = _states(fold(lines, {DeliveryId(1): 1, DeliveryId(2): 1}, is_whole=True))
    assert states == {1: DeliveryState.ACCEPTED, 2: DeliveryState.DUE}


def test_lines_of_another_attempt_say_nothing() -> None:
    """A journal may speak of letters that were claimed again since."""
    assert _states(fold([mark(1, 1)], {DeliveryId(1): 2}, is_whole=True)) == {1: DeliveryState.DUE}


@given(st.sampled_from([timedelta(microseconds=1), timedelta(days=3)]), MOMENTS)
def test_moments_keep_their_microseconds(step: timedelta, when: datetime) -> None:
    """The time of the next try is as exact as it was."""
    later = Settlement(DeliveryId(1), 1, DeliveryState.DEFERRED, "", when + step)
    assert fold([answer(later)], {DeliveryId(1): 1}, is_whole=True) == [later]


def test_a_header_comes_back_as_it_was() -> None:
    """With and without the name of the boot."""
    for written in (Header("alpha", "b00t", "alpha.1.1.ab"), Header("alpha", "", "alpha.1.1.ab")):
        assert header(written.line()) == written


@pytest.mark.parametrize("line", [b"", b"digest-journal 1 alpha", b"\xff\n", b"?1 1\n"])
def test_what_is_no_header_is_known(line: bytes) -> None:
    """Torn, of another kind, or damaged."""
    assert header(line) is None
