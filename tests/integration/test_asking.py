"""What a ledger learns while its question is with the database is neither lost nor told twice."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest

from digest.core.edition import EditionId
from digest.core.letter import Letter
from digest.core.outbox import Delivery, Outcome, Receipt
from digest.jobs.ledger import Ledger
from digest.jobs.recovery import Recovery
from digest.ports import Store
from tests.fakes import FakeJournals
from tests.sending import Beside, StoppedClock, an_approved_edition, states

LEASE = timedelta(minutes=15)
ACCEPTED = Receipt(Outcome.ACCEPTED, "250 2.0.0 ok")


@pytest.fixture
def edition(store: Store) -> EditionId:
    return an_approved_edition(store, [("theme-1",)] * 6)


@pytest.fixture
def ledger(store: Store, clock: StoppedClock, journals: FakeJournals, edition: EditionId) -> Ledger:
    return Ledger(store, clock, journals, edition, _never, clock.elapsed)


@pytest.fixture
def beside() -> Beside:
    return Beside()


def _never(*_: object) -> datetime | None:
    return None


def _send(ledger: Ledger, rows: Sequence[Delivery]) -> None:
    for letter in _let_go(ledger, rows):
        ledger.note(letter.delivery, ACCEPTED)


def _let_go(ledger: Ledger, rows: Sequence[Delivery]) -> Sequence[Letter]:
    return ledger.at_dot([Letter(row.id, "", "", "", b"") for row in rows])


def _killed(store: Store, clock: StoppedClock, journals: FakeJournals) -> None:
    (worker,) = journals.living
    journals.journals[worker].dies()
    Recovery(store, journals)(clock.now())


def test_answers_after_the_question_are_told_with_the_next(
    store: Store, ledger: Ledger, beside: Beside, edition: EditionId, journals: FakeJournals
) -> None:
    """Those before it are told with it; none is missing at the end."""
    first = ledger.claim(2, LEASE).deliveries
    _send(ledger, first[:1])
    ledger.ask(beside.submit, 2, LEASE)
    _send(ledger, first[1:])
    ledger.flush()
    beside.run()
    second = ledger.claim(2, LEASE).deliveries
    assert len(second) == 2
    assert states(store, edition) == {"accepted": 1, "claimed": 3, "due": 2}
    _send(ledger, second)
    ledger.close()
    assert states(store, edition) == {"accepted": 4, "due": 2}
    assert journals.here() == []


def test_a_journal_that_begins_anew_keeps_what_was_not_told(
    store: Store,
    ledger: Ledger,
    beside: Beside,
    edition: EditionId,
    clock: StoppedClock,
    journals: FakeJournals,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Else a kill would have a letter sent again."""
    monkeypatch.setattr("digest.jobs.ledger._MOST_LINES", 2)
    told, untold, at_dot = ledger.claim(3, LEASE).deliveries
    _send(ledger, [told])
    ledger.ask(beside.submit, 2, LEASE)
    _send(ledger, [untold])
    _let_go(ledger, [at_dot])
    beside.run()
    assert len(ledger.claim(2, LEASE).deliveries) == 2
    _killed(store, clock, journals)
    assert states(store, edition) == {"accepted": 2, "in_doubt": 1, "due": 3}


def test_answers_after_the_question_reach_the_journal(
    store: Store,
    ledger: Ledger,
    beside: Beside,
    edition: EditionId,
    clock: StoppedClock,
    journals: FakeJournals,
) -> None:
    """With the mark of the next letter, as always: a kill leaves only that one in doubt."""
    one, other = ledger.claim(2, LEASE).deliveries
    ledger.ask(beside.submit, 2, LEASE)
    _send(ledger, [one])
    beside.run()
    ledger.claim(2, LEASE)
    _let_go(ledger, [other])
    _killed(store, clock, journals)
    assert states(store, edition) == {"accepted": 1, "in_doubt": 1, "due": 4}


def test_who_left_after_the_question_is_dropped_with_the_next(
    store: Store, ledger: Ledger, beside: Beside, edition: EditionId
) -> None:
    """No row stays claimed."""
    (row,) = ledger.claim(1, LEASE).deliveries
    ledger.ask(beside.submit, 1, LEASE)
    ledger.drop(row)
    beside.run()
    ledger.give_up("stopped", timedelta(0))
    ledger.close()
    assert states(store, edition) == {"cancelled": 1, "deferred": 1, "due": 4}


def test_there_is_one_question_at_a_time(
    store: Store, ledger: Ledger, beside: Beside, edition: EditionId, clock: StoppedClock
) -> None:
    """Also when its answer came with a flush, and was not taken yet."""
    assert ledger.ask(beside.submit, 2, LEASE)
    assert ledger.ask(beside.submit, 2, LEASE) is None
    beside.run()
    clock.time += timedelta(minutes=1)
    ledger.flush()
    assert ledger.ask(beside.submit, 2, LEASE) is None
    assert len(ledger.claim(4, LEASE).deliveries) == 2
    assert states(store, edition) == {"claimed": 2, "due": 4}


def test_nothing_is_asked_after_a_fault(
    store: Store, ledger: Ledger, beside: Beside, edition: EditionId
) -> None:
    """What is on the wire is finished, and that is all."""
    rows = ledger.claim(2, LEASE).deliveries
    (letter,) = _let_go(ledger, rows[:1])
    ledger.ask(beside.submit, 2, LEASE)
    beside.run(fails="before")
    assert ledger.claim(2, LEASE).deliveries == ()
    assert ledger.fault
    assert ledger.ask(beside.submit, 2, LEASE) is None
    assert _let_go(ledger, rows[1:]) == ()
    ledger.note(letter.delivery, ACCEPTED)
    ledger.give_up("stopped", timedelta(0))
    ledger.close()
    assert states(store, edition) == {"accepted": 1, "deferred": 1, "due": 4}
