"""Sources added at the desk, those that rest, and histories, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from digest.errors import ConflictError
from digest.ports import Addition, Mute, Spell
from digest.storage import Database
from tests.builders import MONDAY

NEWS = Addition("news", '{"name": "news"}', MONDAY, "mira")
HOUR = timedelta(hours=1)


def _look(hours: int, error: str = "", new: int = 0) -> Spell:
    at = MONDAY + hours * HOUR
    return Spell("news", at, at, 1, new, 0, 0, error)


def test_additions_come_in_their_order(store: Database) -> None:
    """As they were kept; a name is given once, and the transaction goes on."""
    other = replace(NEWS, name="a-later-one")
    with store.begin() as work:
        work.roster.add(NEWS)
        with pytest.raises(ConflictError, match='there is a source "news" already'):
            work.roster.add(replace(NEWS, added_by="bo"))
        work.roster.add(other)
    with store.read() as work:
        assert list(work.roster.additions()) == [NEWS, other]


def test_an_addition_goes_with_its_mute(store: Database) -> None:
    """The second time there is none."""
    with store.begin() as work:
        work.roster.add(NEWS)
        work.roster.mute("news", Mute(MONDAY, "mira"))
        assert [work.roster.drop("news") for _ in range(2)] == [True, False]
        assert not work.roster.additions()
        assert not work.roster.mutes()


def test_a_mute_stays_until_it_is_taken_back(store: Database) -> None:
    """The first one counts; taking it back twice is no fault."""
    with store.begin() as work:
        work.roster.mute("news", Mute(MONDAY, "mira"))
        work.roster.mute("news", Mute(MONDAY + HOUR, "bo"))
        assert work.roster.mutes() == {"news": Mute(MONDAY, "mira")}
        work.roster.unmute("news")
        work.roster.unmute("news")
        assert work.roster.mutes() == {}


def test_looks_of_one_kind_are_one_spell(store: Database) -> None:
    """As long as the error is the same, and no longer than a day."""
    with store.begin() as work:
        for look in (
            _look(0, new=2),
            _look(1, new=1),
            _look(2, "answered 500"),
            _look(3),
            _look(20),
        ):
            work.roster.note(look)
        work.roster.note(replace(_look(3), source="other"))
    with store.read() as work:
        history = work.roster.history("news", 9)
    assert [(s.times, s.new, s.error) for s in history] == [
        (1, 0, ""),
        (1, 0, ""),
        (1, 0, "answered 500"),
        (2, 3, ""),
    ]
    assert history[-1].until == MONDAY + HOUR


def test_a_history_does_not_grow_for_ever(store: Database) -> None:
    """Some four hundred spells are kept."""
    with store.begin() as work:
        for number in range(404):
            work.roster.note(_look(number % 3, error=f"error {number}"))
    with store.read() as work:
        history = work.roster.history("news", 1000)
    assert len(history) == 400
    assert history[0].error == "error 403"
