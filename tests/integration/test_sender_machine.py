"""Whatever a sender does, and whenever it dies, its rows become what really happened to them."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import count

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    precondition,
    rule,
    run_state_machine_as_test,
)

from digest.core.letter import Letter
from digest.core.outbox import Delivery, DeliveryState, Outcome, Receipt
from digest.jobs.ledger import Ledger
from digest.jobs.recovery import Recovery
from digest.storage import Database
from digest.storage.tables import deliveries
from tests.contract.keeping import approved_edition
from tests.fakes import FakeJournals
from tests.sending import Beside, StoppedClock

ROWS = 8
LEASE = timedelta(minutes=15)
LONG = 2
"""Lines after which a journal begins anew."""
UNSENT = {DeliveryState.DUE, DeliveryState.DEFERRED, DeliveryState.CANCELLED}
SETTLED = {
    Outcome.ACCEPTED: DeliveryState.ACCEPTED,
    Outcome.REFUSED: DeliveryState.REFUSED,
    Outcome.IN_DOUBT: DeliveryState.IN_DOUBT,
}


class Sender(RuleBasedStateMachine):
    """One sender after another, each ended by itself or killed, and what really happened."""

    def __init__(self, store: Database, number: int) -> None:
        super().__init__()
        self.store, self.clock, self.journals = store, StoppedClock(), FakeJournals()
        self.edition = approved_edition(store, number)
        with store.begin() as work:
            readers = [(reader, (), "") for reader in range(ROWS)]
            work.deliveries.enqueue(self.edition, readers, self.clock.now())
        self.truth: dict[int, DeliveryState] = {}
        """What is settled, and what a server may have."""
        self._begin()

    def _begin(self) -> None:
        self.unkept: set[int] = set()
        """Answered since the last write to the journal: a kill leaves them in doubt."""
        self.beside = Beside()
        self.claimed: dict[int, Delivery] = {}
        self.at_dot: list[Letter] = []
        self.ledger = Ledger(
            self.store, self.clock, self.journals, self.edition, _later, self.clock.elapsed
        )

    @rule(limit=st.integers(1, 3))
    def claim(self, limit: int) -> None:
        self._answer()
        claim = self.ledger.claim(limit, LEASE)
        for row in claim.deliveries:
            assert row.id not in self.truth, "what is settled is not claimed again"
            self.claimed[row.id] = row

    @precondition(lambda self: not self.beside.waiting)
    @rule(limit=st.integers(1, 3))
    def ask(self, limit: int) -> None:
        self.ledger.ask(self.beside.submit, limit, LEASE)

    @precondition(lambda self: self.beside.waiting)
    @rule(fails=st.sampled_from([""] * 8 + ["before", "after"]))
    def answer(self, fails: str) -> None:
        self.beside.run(fails=fails)

    @precondition(lambda self: self.claimed)
    @rule(most=st.integers(1, 3))
    def let_go(self, most: int) -> None:
        names = sorted(self.claimed)[:most]
        for letter in self.ledger.at_dot([Letter(name, "", "", "", b"") for name in names]):
            self.unkept.clear()
            self.at_dot.append(letter)
            self.truth[letter.delivery] = DeliveryState.IN_DOUBT
        for name in names:
            del self.claimed[name]

    @precondition(lambda self: self.at_dot)
    @rule(outcome=st.sampled_from(Outcome))
    def note(self, outcome: Outcome) -> None:
        name = self.at_dot.pop(0).delivery
        self.ledger.note(name, Receipt(outcome, "said"))
        self.unkept.add(name)
        if outcome is Outcome.DEFERRED:
            del self.truth[name]
        else:
            self.truth[name] = SETTLED[outcome]

    @precondition(lambda self: self.claimed)
    @rule()
    def drop(self) -> None:
        self.ledger.drop(self.claimed.pop(min(self.claimed)))

    @rule(minutes=st.integers(0, 2))
    def flush(self, minutes: int) -> None:
        self.clock.time += timedelta(minutes=minutes)
        self.ledger.flush()
        if not self.beside.waiting:
            self.unkept.clear()

    @rule(is_killed=st.booleans())
    def end(self, *, is_killed: bool) -> None:
        if is_killed:
            # A question may have been put, or not; nobody hears the answer.
            (worker,) = self.journals.living
            self.journals.journals[worker].dies()
            self._judge()
            return
        self._answer()
        self.ledger.give_up("stopped", timedelta(0))
        self.ledger.close()
        self.unkept.clear()
        self._judge()

    def teardown(self) -> None:
        self.end(is_killed=False)
        with self.store.engine.begin() as connection:
            connection.execute(deliveries.delete())

    def _answer(self) -> None:
        if self.beside.waiting:
            self.beside.run()

    def _judge(self) -> None:
        Recovery(self.store, self.journals)(self.clock.now())
        assert self.journals.here() == []
        with self.store.read() as work:
            rows = {row.id: row.state for row in work.deliveries.list(self.edition)}
        for name, state in rows.items():
            if name in self.unkept and state is DeliveryState.IN_DOUBT:
                self.truth[name] = state
            elif name in self.truth:
                assert state is self.truth[name]
            else:
                assert state in UNSENT
        self.clock.time += timedelta(hours=1)
        self._begin()


def _later(_: Delivery, now: datetime) -> datetime:
    return now


_SHORT = settings(
    max_examples=40,
    stateful_step_count=40,
    deadline=None,
    # Each step is a transaction: to shrink a failure would take minutes, and 40 steps can be read.
    phases=[Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow],
)


def test_rows_become_what_happened(store: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Claimed at once or ahead, told, kept in the journal only, ended or killed."""
    monkeypatch.setattr("digest.jobs.ledger._MOST_LINES", LONG)
    numbers = count(1)

    class Here(Sender):
        def __init__(self) -> None:
            super().__init__(store, next(numbers))

    run_state_machine_as_test(Here, settings=_SHORT)
