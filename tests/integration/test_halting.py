"""A sending can be halted at any moment, by hand or because nobody believes us, and goes on."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from digest.config import MailSettings
from digest.core.composition import Composer
from digest.core.edition import EditionId, EditionState
from digest.core.letter import Letter
from digest.core.outbox import DeliveryState, Outcome, Receipt
from digest.errors import ConflictError, UsageError
from digest.jobs.curate import Curate
from digest.jobs.deciding import Deciding
from digest.jobs.deliver import Deliver
from digest.jobs.draft import Drafting
from digest.jobs.halting import Halting
from digest.mailers.smtp import SmtpMailer
from digest.ports import Store
from tests.builders import MONDAY
from tests.contract.keeping import keep_resource
from tests.fakes import FakeJournals, FakeMailer
from tests.sending import StoppedClock, an_approved_edition, states
from tests.smtp_sink import SmtpSink

AtDot = Callable[[Sequence[Letter]], Sequence[Letter]]
NOT_BELIEVED = "550 5.7.26 unauthenticated mail is not accepted"
NOT_FROM_YOU = "550 5.1.1 no such user, no mail from there"
READERS = 60


class Meanwhile(FakeMailer):
    """Lets something happen when it took so many letters."""

    def __init__(self, count: int, happens: Callable[[], object]) -> None:
        super().__init__()
        self._count = count
        self._happens = happens

    def hand_off(
        self,
        letters: Iterable[Letter],
        at_dot: AtDot,
        stopping: Callable[[], bool] = bool,
    ) -> Iterator[tuple[Letter, Receipt]]:
        for told in super().hand_off(letters, at_dot, stopping):
            if len(self.letters) == self._count:
                self._happens()
            yield told


@pytest.fixture
def halting(store: Store, clock: StoppedClock) -> Halting:
    return Halting(store, clock)


@pytest.fixture
def cancel(store: Store, clock: StoppedClock) -> Callable[[EditionId], object]:
    deciding = Deciding(store, clock, (), Drafting(clock, {}, Composer((), {})))
    curate = Curate(store, clock, (), deciding)
    return lambda edition: curate.cancel(edition, why="wrong picture")


@pytest.fixture(autouse=True)
def small_claims(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten letters at a time."""
    monkeypatch.setattr("digest.jobs.claiming.BATCH", 10)


@pytest.fixture
def edition(store: Store) -> EditionId:
    return an_approved_edition(store, [("theme-1",)] * READERS)


def state_of(store: Store, edition: EditionId) -> EditionState:
    with store.read() as work:
        record = work.editions.outline(edition)
    assert record
    return record.state


def test_a_paused_edition_stops_within_a_batch(
    store: Store, deliver: Callable[..., Deliver], halting: Halting, edition: EditionId
) -> None:
    """The batch at hand still goes; the rest stays due, and the reason is told."""
    mailer = Meanwhile(11, lambda: halting.pause(edition, why="a wrong link"))
    job = deliver(mailer)
    report = job(edition)
    assert (report.accepted, report.left, report.paused) == (20, 40, "a wrong link")
    assert states(store, edition) == {"accepted": 20, "due": 40}
    assert job.due() == []


def test_a_resumed_edition_is_finished(
    store: Store, deliver: Callable[..., Deliver], halting: Halting, edition: EditionId
) -> None:
    """Everybody has one letter at the end."""
    mailer = Meanwhile(11, lambda: halting.pause(edition, why="a wrong link"))
    job = deliver(mailer)
    job(edition)
    assert halting.resume(edition) == 0
    assert job.due() == [edition]
    report = job(edition)
    assert (report.is_sent, report.paused) == (True, "")
    assert len({letter.message_id for letter in mailer.letters}) == len(mailer.letters) == READERS


def test_two_workers_stop_and_nothing_is_lost_or_repeated(
    store: Store, deliver: Callable[..., Deliver], halting: Halting, edition: EditionId
) -> None:
    """Paused while both send, resumed, and sent by both to the end."""
    lock, taken, pauses = threading.Lock(), [0], threading.Event()

    def one_more() -> None:
        with lock:
            taken[0] += 1
            if taken[0] == 15 and not pauses.is_set():
                pauses.set()
                halting.pause(edition, why="look again")

    class Counting(FakeMailer):
        def hand_off(
            self, letters: Iterable[Letter], at_dot: AtDot, stopping: Callable[[], bool] = bool
        ) -> Iterator[tuple[Letter, Receipt]]:
            for told in super().hand_off(letters, at_dot, stopping):
                one_more()
                yield told

    mailers = Counting(), Counting()

    def both() -> None:
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(lambda mailer: deliver(mailer)(edition), mailers))

    both()
    counts = states(store, edition)
    assert counts["due"] >= READERS - 15 - 2 * (10 + 10)
    assert sum(counts.values()) == READERS
    halting.resume(edition)
    both()
    sent = [letter.message_id for mailer in mailers for letter in mailer.letters]
    assert len(sent) == len(set(sent)) == READERS
    assert state_of(store, edition) is EditionState.SENT


def test_an_edition_cancelled_while_it_is_sent_stays_cancelled(
    store: Store,
    deliver: Callable[..., Deliver],
    cancel: Callable[[EditionId], object],
    edition: EditionId,
) -> None:
    """Its run does not close it as sent; what is not sent is cancelled, and all adds up."""
    report = deliver(Meanwhile(11, lambda: cancel(edition)))(edition)
    assert state_of(store, edition) is EditionState.CANCELLED
    assert (report.state, report.is_sent, report.left) == (EditionState.CANCELLED, False, 0)
    assert states(store, edition) == {"accepted": 20, "cancelled": 40}


def test_a_cancellation_as_the_last_letter_goes_is_not_undone(
    store: Store,
    deliver: Callable[..., Deliver],
    cancel: Callable[[EditionId], object],
    edition: EditionId,
) -> None:
    """Though there is nothing left of it."""
    deliver(Meanwhile(READERS, lambda: cancel(edition)))(edition)
    assert state_of(store, edition) is EditionState.CANCELLED


def test_what_a_stopped_sender_gives_back_of_a_cancelled_edition_is_cancelled(
    store: Store,
    deliver: Callable[..., Deliver],
    cancel: Callable[[EditionId], object],
    edition: EditionId,
) -> None:
    """No row waits for ever."""
    mailer = Meanwhile(3, lambda: cancel(edition))
    deliver(mailer, stopping=lambda: len(mailer.letters) >= 3)(edition)
    assert states(store, edition) == {"accepted": 3, "cancelled": READERS - 3}


def test_what_a_dead_sender_had_of_a_cancelled_edition_is_cancelled(
    store: Store,
    clock: StoppedClock,
    deliver: Callable[..., Deliver],
    cancel: Callable[[EditionId], object],
    edition: EditionId,
) -> None:
    """By the next look at what is due; since nobody got a letter, its resources are free."""
    resource = keep_resource(store)
    journals = FakeJournals()
    killed = journals.open()
    with store.begin() as work:
        work.editions.take(edition, [(resource, None)])
        until = clock.now() + timedelta(minutes=15)
        work.deliveries.claim(edition, killed.worker, clock.now(), until, 9)
    cancel(edition)
    killed.dies()
    assert deliver(FakeMailer(), journals=journals).due() == []
    assert states(store, edition) == {"cancelled": READERS}
    with store.read() as work:
        assert work.editions.taken(edition) == []


@pytest.mark.parametrize(("letters", "public"), [(0, False), (13, True)])
def test_the_page_of_a_cancelled_edition_stays_if_letters_lead_there(
    store: Store,
    deliver: Callable[..., Deliver],
    cancel: Callable[[EditionId], object],
    edition: EditionId,
    letters: int,
    public: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    """If nobody got one, it goes."""
    if letters:
        deliver(Meanwhile(letters, lambda: cancel(edition)))(edition)
    else:
        cancel(edition)
    with store.read() as work:
        assert len(work.editions.issues("weekly")) == public
        assert len(work.editions.headings("weekly")) == public


def test_only_what_is_being_sent_is_paused(
    store: Store, deliver: Callable[..., Deliver], halting: Halting, edition: EditionId
) -> None:
    """Twice, or when it is over, it is told; so is resuming what is not paused."""
    with pytest.raises(ConflictError, match="approved, and not paused"):
        halting.resume(edition)
    halting.pause(edition, why="a wrong link")
    with pytest.raises(ConflictError, match="paused already: a wrong link"):
        halting.pause(edition, why="again")
    halting.resume(edition)
    deliver(FakeMailer())(edition)
    with pytest.raises(ConflictError, match="is sent; only one that is approved"):
        halting.pause(edition, why="too late")
    with pytest.raises(UsageError, match="no edition 99"):
        halting.pause(EditionId(99), why="nobody's")


def test_a_paused_edition_can_be_cancelled(
    store: Store,
    halting: Halting,
    cancel: Callable[[EditionId], object],
    edition: EditionId,
) -> None:
    """Then it is paused no more."""
    halting.pause(edition, why="a wrong link")
    cancel(edition)
    with pytest.raises(ConflictError, match="is cancelled, and not paused"):
        halting.resume(edition)


@pytest.mark.enable_socket
@pytest.mark.parametrize(("stage", "reply"), [("dot", NOT_BELIEVED), ("mail", NOT_FROM_YOU)])
def test_nobody_is_refused_because_of_us(
    store: Store,
    deliver: Callable[..., Deliver],
    halting: Halting,
    edition: EditionId,
    stage: str,
    reply: str,
) -> None:
    """A server that believes us nothing pauses the edition at once; mended, all get their letter.

    In between no row says that a reader was refused. What is answered to the name of the sender
    is never about a reader, whatever its words.
    """
    with SmtpSink(faults={stage: [reply] * 9}) as sink:
        job = deliver(a_mailer(sink))
        report = job(edition)
    assert reply in report.paused
    assert (report.refused, report.left, report.is_sent) == (0, READERS, False)
    assert set(states(store, edition)) <= {"due", "deferred"}
    assert job.due() == []
    assert sink.taken == []
    halting.resume(edition)
    with SmtpSink() as mended:
        assert deliver(a_mailer(mended))(edition).is_sent
    assert len(set(mended.message_ids())) == len(mended.taken) == READERS


@pytest.mark.enable_socket
def test_a_server_that_stops_believing_us_pauses_the_edition(
    store: Store, deliver: Callable[..., Deliver], edition: EditionId
) -> None:
    """After twenty refusals in a row; those that it took before stay accepted."""
    with SmtpSink(faults={"dot": [None] * 10 + [NOT_BELIEVED] * READERS}) as sink:
        report = deliver(a_mailer(sink))(edition)
    assert report.paused
    assert (report.accepted, report.refused) == (10, 0)
    assert sum(line.startswith("MAIL") for line in sink.commands) <= 10 + 20 + 2
    counts = states(store, edition)
    assert counts.pop("accepted") == 10
    assert set(counts) <= {"due", "deferred"}
    assert sum(counts.values()) == READERS - 10


def test_refusals_because_of_readers_pause_nothing(
    store: Store, deliver: Callable[..., Deliver], edition: EditionId
) -> None:
    """However many there are in a row."""
    nobody = Receipt(Outcome.REFUSED, "550 5.1.1 no such user")
    answers = {f"reader{n}@example.net": nobody for n in range(1, READERS)}
    report = deliver(FakeMailer(answers))(edition)
    assert (report.refused, report.is_sent, report.paused) == (READERS - 1, True, "")


def test_one_reader_refused_because_of_us_pauses_a_small_edition(
    store: Store, deliver: Callable[..., Deliver]
) -> None:
    """When nobody has a letter because of that, it is not over."""
    edition = an_approved_edition(store, [("theme-1",)])
    not_believed = Receipt(Outcome.REFUSED, NOT_BELIEVED)
    report = deliver(FakeMailer({"reader1@example.net": not_believed}))(edition)
    assert (report.is_sent, report.left) == (False, 1)
    with store.read() as work:
        assert work.deliveries.counts(edition)[DeliveryState.DUE] == 1
        assert work.deliveries.open_editions(MONDAY + timedelta(days=1)) == []


def a_mailer(sink: SmtpSink) -> SmtpMailer:
    settings = MailSettings(
        kind="smtp",
        from_address="digest@example.org",
        host="127.0.0.1",
        port=sink.port,
        tls="none",
        connections=1,
    )
    return SmtpMailer(settings, Path())
