"""What every store promises about letters to single people."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest

from digest.core.note import Note, NoteSettlement
from digest.core.outbox import DeliveryState
from digest.core.throttle import Throttling
from digest.ports import Store
from tests.builders import MONDAY
from tests.notes import a_body, a_note

LEASE = timedelta(minutes=10)


def _add(store: Store, *numbers: int) -> None:
    with store.begin() as work:
        for number in numbers:
            assert work.notes.add(a_note(number), "", MONDAY)


def _claim(
    store: Store, worker: str = "ada", *, at: datetime = MONDAY, **over: object
) -> Sequence[Note]:
    fields: dict[str, object] = {"limit": 9, **over}
    with store.begin() as work:
        claim = work.notes.claim(worker, at, at + LEASE, **fields)  # type: ignore[arg-type] # the caller names the fields
    return claim.notes


def _settle(
    store: Store,
    note: Note,
    state: DeliveryState,
    worker: str = "ada",
    *,
    again: datetime | None = None,
) -> bool:
    with store.begin() as work:
        settled = NoteSettlement(note.id, note.attempt, state, "said", again)
        return work.notes.settle(worker, settled, MONDAY)


def _tally(store: Store) -> dict[str, int]:
    with store.read() as work:
        return {state.value: count for (_, state), count in work.notes.tally().items()}


def _mark(store: Store, note: Note, worker: str = "ada", *, at: datetime = MONDAY) -> bool:
    with store.begin() as work:
        return list(work.notes.mark(worker, [(note.id, note.attempt)], at)) == [note.id]


def test_what_is_added_is_claimed_once(store: Store) -> None:
    """A claim gives the note as it was added, the oldest first, and nobody else gets it."""
    _add(store, 1, 2)
    first, second = _claim(store)
    assert (first.kind, first.address, first.body) == ("confirm", "reader1@example.net", a_body())
    assert (first.attempt, first.created_at, second.id > first.id) == (1, MONDAY, True)
    assert _claim(store, "bo") == ()


def test_an_occasion_has_one_note(store: Store) -> None:
    """The same again changes nothing; another kind is another note."""
    _add(store, 1)
    with store.begin() as work:
        again = a_note(1, address="other@example.net")
        assert work.notes.add(again, "", MONDAY) is False
        assert work.notes.add(a_note(1, kind="welcome"), "", MONDAY) is True
    assert [note.address for note in _claim(store)] == ["reader1@example.net"] * 2


def test_a_final_state_forgets_address_and_words(store: Store) -> None:
    """The row stays and says what became of it, and names nobody."""
    _add(store, 1)
    [note] = _claim(store)
    assert _settle(store, note, DeliveryState.ACCEPTED)
    assert _tally(store) == {"accepted": 1}
    with store.begin() as work:
        assert work.notes.forget("reader1@example.net", MONDAY) == 0


@pytest.mark.parametrize("marked", [False, True])
def test_what_a_dead_sender_held_is_sent_again(store: Store, *, marked: bool) -> None:
    """When the lease is over, claimed or with the server; the dead one settles nothing more."""
    _add(store, 1)
    [note] = _claim(store)
    assert not marked or _mark(store, note)
    later = MONDAY + LEASE
    for moment, freed in ((later - timedelta(seconds=1), 0), (later, 1)):
        with store.begin() as work:
            assert work.notes.any_due(moment) is bool(freed)
            assert work.notes.free(moment) == freed
    [again] = _claim(store, "bo", at=later)
    assert (again.id, again.attempt) == (note.id, 2)
    assert not _settle(store, note, DeliveryState.ACCEPTED)
    assert _settle(store, again, DeliveryState.ACCEPTED, "bo")


def test_a_sender_that_slept_lets_nothing_go(store: Store) -> None:
    """After its lease a mark is refused, and so is one of somebody else."""
    _add(store, 1)
    [note] = _claim(store)
    assert not _mark(store, note, "bo")
    assert not _mark(store, note, at=MONDAY + LEASE)
    assert _mark(store, note)


def test_a_deferred_note_waits_for_its_time(store: Store) -> None:
    """Before, nobody can claim it."""
    _add(store, 1)
    [note] = _claim(store)
    again = MONDAY + timedelta(minutes=5)
    _settle(store, note, DeliveryState.DEFERRED, again=again)
    assert _claim(store) == ()
    assert [found.attempt for found in _claim(store, at=again)] == [2]


def test_a_forgotten_address_gets_nothing(store: Store) -> None:
    """Whatever its letter case; nothing of it stays, also while a sender has it."""
    _add(store, 1, 2)
    [note] = _claim(store, limit=1)
    with store.begin() as work:
        assert work.notes.forget("READER1@example.net", MONDAY) == 1
    assert not _mark(store, note)
    assert [found.address for found in _claim(store)] == ["reader2@example.net"]
    assert _tally(store) == {"cancelled": 1, "claimed": 1}


def test_old_rows_go(store: Store) -> None:
    """Only those that are settled for good."""
    _add(store, 1, 2)
    [note] = _claim(store, limit=1)
    _settle(store, note, DeliveryState.REFUSED)
    with store.begin() as work:
        assert work.notes.purge(MONDAY) == 0
        assert work.notes.purge(MONDAY + timedelta(seconds=1)) == 1
    assert _tally(store) == {"due": 1}


def test_notes_spend_permits_but_go_first(store: Store) -> None:
    """They may be one second ahead of the rate of all letters; then they wait as well."""
    _add(store, *range(1, 9))
    slow = Throttling(rate=2)
    assert len(_claim(store, throttling=slow)) == 4
    with store.begin() as work:
        claim = work.notes.claim("ada", MONDAY, MONDAY + LEASE, 9, slow)
    assert (claim.notes, claim.wait is None) == ((), False)
    later = MONDAY + timedelta(seconds=1)
    assert len(_claim(store, at=later, throttling=slow)) == 2
