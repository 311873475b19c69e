"""Senders that die, sleep or lose their database: nothing lost, nothing twice, doubts listed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import timedelta

import pytest

from digest.core.journal import answer, mark
from digest.core.letter import Letter
from digest.core.outbox import DeliveryState, Outcome, Receipt, Settlement
from digest.errors import DeliveryError, StorageError
from digest.jobs.deliver import Deliver
from digest.ports import Store, Work
from tests.fakes import FakeJournal, FakeJournals, FakeMailer
from tests.sending import StoppedClock, an_approved_edition, states

AtDot = Callable[[Sequence[Letter]], Sequence[Letter]]
Stopping = Callable[[], bool]
Asked = Callable[[], bool]
Told = Iterator[tuple[Letter, Receipt]]

LATER = Receipt(Outcome.DEFERRED, "451 4.7.1 greylisted")
NEVER = Receipt(Outcome.REFUSED, "550 5.1.1 no such user")
WHO_KNOWS = Receipt(Outcome.IN_DOUBT, "the connection broke")


def test_a_worker_that_slept_past_its_lease_sends_nothing(
    store: Store, clock: StoppedClock, deliver: Callable[..., Deliver]
) -> None:
    """Another worker has its rows by then; at the dot it finds out and lets them be."""
    edition = an_approved_edition(store, [("theme-1",)] * 3)
    other = FakeMailer()

    class Sleeping(FakeMailer):
        def hand_off(
            self, letters: Iterable[Letter], at_dot: AtDot, stopping: Stopping = bool
        ) -> Told:
            def wake(waiting: Sequence[Letter]) -> Sequence[Letter]:
                if not other.letters:
                    clock.time += timedelta(hours=1)
                    deliver(other)(edition)
                return at_dot(waiting)

            return super().hand_off(letters, wake, stopping)

    sleeper = Sleeping()
    deliver(sleeper)(edition)
    assert len(other.letters) == 3
    assert sleeper.letters == []
    assert states(store, edition) == {"accepted": 3}


def test_a_lease_that_runs_out_is_taken_anew(
    store: Store, clock: StoppedClock, deliver: Callable[..., Deliver]
) -> None:
    """With a slow server a claim does not last; its rest is claimed again, and all are sent."""

    class Slow(FakeMailer):
        def hand_off(
            self, letters: Iterable[Letter], at_dot: AtDot, stopping: Stopping = bool
        ) -> Told:
            for told in super().hand_off(letters, at_dot, stopping):
                clock.time += timedelta(minutes=9)
                yield told

    edition = an_approved_edition(store, [("theme-1",)] * 7)
    mailer = Slow()
    assert deliver(mailer)(edition).is_sent
    assert len({letter.message_id for letter in mailer.letters}) == len(mailer.letters) == 7


def test_the_rows_of_a_process_that_ended_are_free_at_once(
    store: Store, clock: StoppedClock, journals: FakeJournals, deliver: Callable[..., Deliver]
) -> None:
    """What it had not begun is due, what was answered is settled, the rest is in doubt."""
    edition = an_approved_edition(store, [("theme-1",)] * 5)
    killed = journals.open()
    until = clock.now() + timedelta(minutes=15)
    with store.begin() as work:
        marked, answered, *_ = work.deliveries.claim(
            edition, killed.worker, clock.now(), until, 4
        ).deliveries
    killed.append(mark(marked.id, 1) + mark(answered.id, 1))
    killed.append(answer(Settlement(answered.id, 1, DeliveryState.ACCEPTED, "250 ok")))
    killed.dies()
    mailer = FakeMailer()
    report = deliver(mailer)(edition)
    assert (report.accepted, report.left) == (3, 1)
    assert states(store, edition) == {"accepted": 4, "in_doubt": 1}
    assert journals.here() == []


def test_the_rows_of_a_living_process_are_left_alone(
    store: Store, clock: StoppedClock, journals: FakeJournals, deliver: Callable[..., Deliver]
) -> None:
    """Until its lease is over nobody else gets them."""
    edition = an_approved_edition(store, [("theme-1",)] * 2)
    living = journals.open()
    with store.begin() as work:
        until = clock.now() + timedelta(minutes=15)
        work.deliveries.claim(edition, living.worker, clock.now(), until, 1)
    report = deliver(FakeMailer())(edition)
    assert (report.accepted, report.left) == (1, 1)


def test_what_was_claimed_on_a_lost_machine_is_in_doubt(
    store: Store, clock: StoppedClock, deliver: Callable[..., Deliver]
) -> None:
    """Its journal is not here, so it may have been sent; it is listed when the lease is over."""
    edition = an_approved_edition(store, [("theme-1",)] * 2)
    with store.begin() as work:
        until = clock.now() + timedelta(minutes=15)
        work.deliveries.claim(edition, "elsewhere", clock.now(), until, 9)
    clock.time += timedelta(minutes=15)
    report = deliver(FakeMailer())(edition)
    assert (report.accepted, report.left) == (0, 2)
    assert states(store, edition) == {"in_doubt": 2}


def test_a_machine_that_comes_back_settles_its_doubts(
    store: Store, clock: StoppedClock, journals: FakeJournals, deliver: Callable[..., Deliver]
) -> None:
    """What its journal tells is exact: sent, in doubt, and never begun."""
    edition = an_approved_edition(store, [("theme-1",)] * 3)
    lost = journals.open()
    with store.begin() as work:
        until = clock.now() + timedelta(minutes=15)
        claim = work.deliveries.claim(edition, lost.worker, clock.now(), until, 9)
    first, second, _ = claim.deliveries
    lost.append(mark(first.id, 1) + mark(second.id, 1))
    lost.append(answer(Settlement(first.id, 1, DeliveryState.ACCEPTED, "250 ok")))
    clock.time += timedelta(minutes=15)
    deliver(FakeMailer(), journals=FakeJournals()).due()
    assert states(store, edition) == {"in_doubt": 3}
    lost.dies()
    deliver(FakeMailer()).due()
    assert states(store, edition) == {"accepted": 1, "in_doubt": 1, "due": 1}


def test_what_a_dead_process_left_is_due(
    store: Store, clock: StoppedClock, journals: FakeJournals, deliver: Callable[..., Deliver]
) -> None:
    """An edition of which every row was claimed is not forgotten, nor one that was not closed."""
    all_claimed = an_approved_edition(store, [("theme-1",)])
    killed = journals.open()
    with store.begin() as work:
        until = clock.now() + timedelta(minutes=15)
        work.deliveries.claim(all_claimed, killed.worker, clock.now(), until, 9)
    killed.dies()
    job = deliver(FakeMailer())
    assert job.due() == [all_claimed]
    assert states(store, all_claimed) == {"due": 1}
    assert job(all_claimed).is_sent
    assert job.due() == []


def test_a_database_out_of_reach_leaves_nothing_in_doubt(
    store: Store, journals: FakeJournals, deliver: Callable[..., Deliver]
) -> None:
    """What is on the wire is finished, its answers wait in the journal, and nothing is lost."""
    edition = an_approved_edition(store, [("theme-1",)] * 5)
    flaky = FlakyStore(store)

    class Cutting(FakeMailer):
        def hand_off(
            self, letters: Iterable[Letter], at_dot: AtDot, stopping: Asked = bool
        ) -> Told:
            for told in super().hand_off(letters, at_dot, stopping):
                flaky.is_gone = len(self.letters) >= 2
                yield told

    mailer = Cutting()
    job = deliver(mailer)
    with pytest.raises(StorageError):
        replace(job, store=flaky)(edition)
    assert len(mailer.letters) == 5
    job.due()
    assert states(store, edition) == {"accepted": 5}
    assert journals.here() == []


def test_a_journal_that_cannot_be_written_lets_nothing_go(
    store: Store, journals: FakeJournals, deliver: Callable[..., Deliver]
) -> None:
    """The letter is not sent, and all are due again when there is room."""
    edition = an_approved_edition(store, [("theme-1",)] * 3)
    mailer, opened = FakeMailer(), journals.open

    def full(lines: bytes) -> bool:
        raise DeliveryError("the journal cannot be written")

    def open_full() -> FakeJournal:
        journal = opened()
        journal.append = full  # type: ignore[method-assign] # a disk that filled up
        return journal

    journals.open = open_full  # type: ignore[method-assign] # as above
    with pytest.raises(DeliveryError, match="cannot be written"):
        deliver(mailer)(edition)
    assert mailer.letters == []
    journals.open = opened  # type: ignore[method-assign] # room again
    assert deliver(mailer)(edition).is_sent


class FlakyStore:
    """A database that is out of reach at times."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.is_gone = False

    def begin(self) -> AbstractContextManager[Work]:
        if self.is_gone:
            raise StorageError("the database is locked")
        return self._store.begin()

    def read(self) -> AbstractContextManager[Work]:
        return self._store.read()

    def key(self) -> bytes:
        return self._store.key()
