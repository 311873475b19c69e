"""The next batch is claimed while one goes out; whatever happens meanwhile, each row is told."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, suppress
from datetime import timedelta

import pytest

from digest.core.edition import EditionId
from digest.core.letter import Letter
from digest.core.outbox import DeliveryState, Receipt
from digest.core.throttle import Throttling
from digest.errors import DeliveryError, StorageError
from digest.jobs.deliver import Deliver
from digest.ports import Store, Work
from subscribers import PeopleError, Recipient
from tests.fakes import FakeJournals, FakeMailer
from tests.sending import After, FakeRoll, StoppedClock, an_approved_edition, states

BATCH = 10
READERS = 45
ASKED = 2
"""Letters of a batch that are taken when the next one has been asked for."""

AtDot = Callable[[Sequence[Letter]], Sequence[Letter]]
Make = Callable[..., Deliver]


@pytest.fixture(autouse=True)
def small_claims(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten letters at a time."""
    monkeypatch.setattr("digest.jobs.claiming.BATCH", BATCH)


@pytest.fixture
def edition(store: Store) -> EditionId:
    return an_approved_edition(store, [("theme-1",)] * READERS)


class Watching(FakeMailer):
    """Looks at each letter how many rows are claimed."""

    def __init__(self, store: Store, edition: EditionId) -> None:
        super().__init__()
        self.most = 0
        self._rows = (store, edition)

    def look(self) -> None:
        if any(thread.name.startswith("claiming") for thread in threading.enumerate()):
            time.sleep(0.02)  # lets it end what it does; where that takes longer, less is seen
        self.most = max(self.most, states(*self._rows).get("claimed", 0))


def test_the_next_batch_is_there_before_it_is_needed(
    store: Store, deliver: Make, edition: EditionId
) -> None:
    """Two batches at most are claimed at any moment; everybody has one letter at the end."""
    mailer = Watching(store, edition)
    report = deliver(After(mailer, mailer.look))(edition)
    assert report.is_sent
    assert len({letter.message_id for letter in mailer.letters}) == len(mailer.letters) == READERS
    assert BATCH < mailer.most <= 2 * BATCH


def test_a_slow_sender_keeps_nothing_from_others(
    store: Store, deliver: Make, clock: StoppedClock, edition: EditionId
) -> None:
    """Where letters go slowly, only the batch at hand is claimed."""
    mailer = Watching(store, edition)

    def slowly() -> None:
        clock.time += timedelta(seconds=1)
        mailer.look()

    assert deliver(After(mailer, slowly))(edition).is_sent
    assert mailer.most <= BATCH


def test_a_throttled_sender_spends_no_permits_ahead(
    store: Store, deliver: Make, edition: EditionId
) -> None:
    """Batches that a rate makes smaller are claimed when they are needed."""
    mailer = Watching(store, edition)
    few = Throttling(servers=(0.1,))
    assert few.batch(BATCH) < BATCH
    deliver(After(mailer, mailer.look), throttling=few)(edition)
    assert mailer.most < BATCH


class Ending(FakeMailer):
    """Ends after so many letters: by itself, or because it was told to."""

    def __init__(self, letters: int, *, fails: bool) -> None:
        super().__init__()
        self._most, self._fails = letters, fails

    @property
    def is_over(self) -> bool:
        return len(self.letters) >= self._most

    def hand_off(
        self, letters: Iterable[Letter], at_dot: AtDot, stopping: Callable[[], bool] = bool
    ) -> Iterator[tuple[Letter, Receipt]]:
        for told in super().hand_off(letters, at_dot, stopping):
            yield told
            if self.is_over and self._fails:
                raise DeliveryError("the mail server cannot be reached")


@pytest.mark.parametrize("taken", [1, ASKED, BATCH - 1, BATCH, BATCH + ASKED])
@pytest.mark.parametrize("fails", [False, True], ids=["told to stop", "out of reach"])
def test_a_run_that_ends_early_gives_back_what_was_claimed_ahead(
    store: Store, deliver: Make, clock: StoppedClock, edition: EditionId, taken: int, *, fails: bool
) -> None:
    """No row waits for a lease; the next run sends the rest once."""
    mailer = Ending(taken, fails=fails)
    stopping = bool if fails else lambda: mailer.is_over
    with suppress(DeliveryError):
        deliver(mailer, stopping=stopping)(edition)
    counts = states(store, edition)
    assert counts.pop("accepted") == taken
    assert set(counts) <= {"due", "deferred"}
    clock.time += timedelta(minutes=2)
    second = FakeMailer()
    assert deliver(second)(edition).is_sent
    names = [letter.message_id for each in (mailer, second) for letter in each.letters]
    assert len(names) == len(set(names)) == READERS


def test_a_lease_counts_from_when_it_was_asked_for(
    store: Store, deliver: Make, clock: StoppedClock, edition: EditionId
) -> None:
    """What was claimed ahead and waited too long is not begun, and is claimed anew."""
    mailer = FakeMailer()

    def stall() -> None:
        if len(mailer.letters) == BATCH:
            clock.time += timedelta(minutes=10)

    assert deliver(After(mailer, stall))(edition).is_sent
    with store.read() as work:
        rows = list(work.deliveries.list(edition))
    assert sum(row.attempt == 2 for row in rows) == BATCH
    assert len({letter.message_id for letter in mailer.letters}) == len(mailer.letters) == READERS


class Unreadable(FakeRoll):
    """Cannot read the readers of the second batch."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self._error, self._times = error, 0

    def recipients(self, newsletter: str, numbers: Sequence[int]) -> dict[int, Recipient]:
        self._times += 1
        if self._times == 2:
            raise self._error
        return super().recipients(newsletter, numbers)


@pytest.mark.parametrize("error", [StorageError("locked"), PeopleError("locked")])
def test_readers_that_cannot_be_read_ahead_end_the_run(
    store: Store, deliver: Make, edition: EditionId, error: Exception
) -> None:
    """The batch at hand is finished, and the rest is free at once."""
    with pytest.raises(type(error), match="locked"):
        deliver(FakeMailer(), people=Unreadable(error))(edition)
    counts = states(store, edition)
    assert counts.pop("accepted") == BATCH
    assert set(counts) <= {"due", "deferred"}


class Interrupted:
    """A store whose second claim is kept, or not, and in either case says that it failed."""

    def __init__(self, store: Store, *, is_kept: bool) -> None:
        self._store, self._is_kept = store, is_kept
        self.failed = False

    def begin(self) -> AbstractContextManager[Work]:
        if threading.current_thread().name.startswith("claiming") and not self.failed:
            self.failed = True
            return _Failing(self._store.begin(), is_kept=self._is_kept)
        return self._store.begin()

    def read(self) -> AbstractContextManager[Work]:
        return self._store.read()


class _Failing(AbstractContextManager[Work]):
    def __init__(self, block: AbstractContextManager[Work], *, is_kept: bool) -> None:
        self._block, self._is_kept = block, is_kept

    def __enter__(self) -> Work:
        return self._block.__enter__()

    def __exit__(self, *_: object) -> None:
        error = StorageError("the connection was lost")
        if self._is_kept:
            self._block.__exit__(None, None, None)
        else:
            with suppress(StorageError):
                self._block.__exit__(StorageError, error, None)
        raise error


@pytest.mark.parametrize("is_kept", [True, False])
def test_a_claim_ahead_that_fails_ends_the_run_and_loses_nothing(
    store: Store, deliver: Make, journals: FakeJournals, edition: EditionId, *, is_kept: bool
) -> None:
    """The batch at hand is finished; the next run finds out whether rows had been claimed."""
    mailer = FakeMailer()
    cut = Interrupted(store, is_kept=is_kept)
    job = deliver(mailer)
    broken = Deliver(**{name: getattr(job, name) for name in job.__slots__} | {"store": cut})
    with pytest.raises(StorageError, match="the connection was lost"):
        broken(edition)
    assert cut.failed
    assert states(store, edition).get("accepted") == BATCH
    assert journals.here(), "it says what became of rows that may be claimed"
    assert job(edition).is_sent
    assert journals.here() == []
    assert len({letter.message_id for letter in mailer.letters}) == len(mailer.letters) == READERS


def test_a_pause_is_heard_by_the_claim_after_the_one_ahead(
    store: Store, deliver: Make, edition: EditionId, clock: StoppedClock
) -> None:
    """What was claimed before it still goes: two batches at most."""
    mailer = FakeMailer()

    def pause() -> None:
        if len(mailer.letters) == BATCH + ASKED:
            with store.begin() as work:
                work.editions.pause(edition, "a wrong link", clock.now())

    report = deliver(After(mailer, pause))(edition)
    assert BATCH + ASKED <= report.accepted <= 3 * BATCH
    assert states(store, edition) == {
        DeliveryState.ACCEPTED: report.accepted,
        DeliveryState.DUE: READERS - report.accepted,
    }
