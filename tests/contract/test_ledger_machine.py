"""Whatever workers do in whatever order, the ledger does what a plain dictionary says."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import count

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from digest.core.outbox import Delivery, DeliveryId, DeliveryState, Outcome, Receipt, settlement
from digest.storage import Database
from digest.storage.tables import deliveries
from tests.builders import MONDAY
from tests.contract.keeping import approved_edition

LEASE = timedelta(minutes=10)
CLAIMED = (DeliveryState.CLAIMED, DeliveryState.AT_DOT)
OUT = (*CLAIMED, DeliveryState.IN_DOUBT)
RESOLUTIONS = (DeliveryState.DUE, DeliveryState.ACCEPTED, DeliveryState.REFUSED)


@dataclass(frozen=True)
class Row:
    """What the model knows of one delivery."""

    state: DeliveryState = DeliveryState.DUE
    attempt: int = 0
    worker: str = ""
    lease_until: datetime | None = None
    next_try: datetime | None = None

    def free(self, state: DeliveryState, next_try: datetime | None = None) -> Row:
        return Row(state, self.attempt, next_try=next_try)


class Ledger(RuleBasedStateMachine):
    """Two workers, a clock, and an operator."""

    given = Bundle("given")

    def __init__(self, store: Database, number: int) -> None:
        super().__init__()
        self.store, self.now = store, MONDAY
        self.edition = approved_edition(store, number)
        with store.begin() as work:
            work.deliveries.enqueue(self.edition, [(n, (), "") for n in range(5)], self.now)
            self.model = {row.id: Row() for row in work.deliveries.list(self.edition)}

    @rule(target=given, worker=st.sampled_from("ab"), limit=st.integers(1, 3))
    def claim(self, worker: str, limit: int) -> object:
        expected = [*self._due(), *self._ripe()][:limit]
        until = self.now + LEASE
        with self.store.begin() as work:
            claim = work.deliveries.claim(self.edition, worker, self.now, until, limit)
        assert {d.id for d in claim.deliveries} == set(expected)
        for name in expected:
            attempt = self.model[name].attempt + 1
            self.model[name] = Row(DeliveryState.CLAIMED, attempt, worker, until)
        return multiple(*((delivery, worker) for delivery in claim.deliveries))

    @rule(claimed=given)
    def wait_at_dot(self, claimed: tuple[Delivery, str]) -> None:
        delivery, worker = claimed
        with self.store.begin() as work:
            work.deliveries.wait_at_dot([delivery], worker, self.now)
        if self._is_theirs(delivery, worker, DeliveryState.CLAIMED):
            row = self.model[delivery.id]
            self.model[delivery.id] = replace(row, state=DeliveryState.AT_DOT)

    @rule(
        claimed=st.lists(given, min_size=1, max_size=3, unique_by=lambda one: one[0].id),
        outcome=st.sampled_from(Outcome),
        wait=st.none() | st.integers(0, 30).map(lambda minutes: timedelta(minutes=minutes)),
    )
    def settle(
        self, claimed: list[tuple[Delivery, str]], outcome: Outcome, wait: timedelta | None
    ) -> None:
        worker = claimed[0][1]
        again_at = None if wait is None else self.now + wait
        receipt = Receipt(outcome, "said")
        settled = [settlement(row.id, row.attempt, receipt, again_at) for row, _ in claimed]
        theirs = [
            one
            for one, (row, _) in zip(settled, claimed, strict=True)
            if self._is_theirs(row, worker, *OUT)
        ]
        with self.store.begin() as work:
            assert work.deliveries.settle(worker, settled, self.now) == len(theirs)
        for one in theirs:
            self._free(one.delivery, one.state, one.next_try)

    @rule(claimed=given)
    def cancel(self, claimed: tuple[Delivery, str]) -> None:
        delivery, _ = claimed
        row = self.model[delivery.id]
        with self.store.begin() as work:
            work.deliveries.cancel([delivery], "left", self.now)
        if row.state is DeliveryState.CLAIMED and row.attempt == delivery.attempt:
            self._free(delivery.id, DeliveryState.CANCELLED)

    @rule(worker=st.sampled_from("ab"))
    def doubt(self, worker: str) -> None:
        held = {
            name: row
            for name, row in self.model.items()
            if row.worker == worker and row.state in CLAIMED
        }
        with self.store.begin() as work:
            assert work.deliveries.doubt(worker, "lost", self.now) == len(held)
        for name, row in held.items():
            self.model[name] = replace(row, state=DeliveryState.IN_DOUBT, lease_until=None)

    @rule(to=st.sampled_from(RESOLUTIONS))
    def resolve(self, to: DeliveryState) -> None:
        doubts = [n for n, row in self.model.items() if row.state is DeliveryState.IN_DOUBT]
        with self.store.begin() as work:
            assert work.deliveries.resolve(self.edition, to, self.now) == len(doubts)
        for name in doubts:
            self._free(name, to)

    @rule(minutes=st.integers(1, 20))
    def wait(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @invariant()
    def rows_are_as_the_model_says(self) -> None:
        with self.store.read() as work:
            rows = {
                row.id: (row.state, row.attempt, row.next_try)
                for row in work.deliveries.list(self.edition)
            }
            overdue = set(work.deliveries.overdue(self.now))
            is_open = self.edition in work.deliveries.open_editions(self.now)
        expected = {n: (row.state, row.attempt, row.next_try) for n, row in self.model.items()}
        assert rows == expected
        leases = ((row.worker, row.lease_until) for row in self.model.values())
        assert overdue == {worker for worker, until in leases if until and until <= self.now}
        assert is_open == bool([*self._due(), *self._ripe()])

    def teardown(self) -> None:
        with self.store.engine.begin() as connection:
            connection.execute(deliveries.delete())

    def _due(self) -> Iterable[DeliveryId]:
        return sorted(n for n, row in self.model.items() if row.state is DeliveryState.DUE)

    def _ripe(self) -> Iterable[DeliveryId]:
        ripe = [
            (row.next_try, name)
            for name, row in self.model.items()
            if row.state is DeliveryState.DEFERRED
            if row.next_try is not None and row.next_try <= self.now
        ]
        return [name for _, name in sorted(ripe)]

    def _is_theirs(self, delivery: Delivery, worker: str, *states: DeliveryState) -> bool:
        row = self.model[delivery.id]
        return (row.worker, row.attempt) == (worker, delivery.attempt) and row.state in states

    def _free(
        self, name: DeliveryId, state: DeliveryState, next_try: datetime | None = None
    ) -> None:
        self.model[name] = self.model[name].free(state, next_try)


_SHORT = settings(
    max_examples=25,
    stateful_step_count=25,
    deadline=None,
    # Each step is a transaction: to shrink a failure would take minutes, and 25 steps can be read.
    phases=[Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow],
)


def test_the_ledger_does_what_a_dictionary_says(store: Database) -> None:
    """Claims, receipts, doubts and resolutions, in any order, by two workers."""
    numbers = count(1)

    class Here(Ledger):
        def __init__(self) -> None:
            super().__init__(store, next(numbers))

    run_state_machine_as_test(Here, settings=_SHORT)
