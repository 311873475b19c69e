"""Deliveries against a real database: everything accounted for, nothing twice."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from digest.core.artifact import EmailBody
from digest.core.edition import EditionId, EditionState
from digest.core.letter import Letter
from digest.core.outbox import DeliveryState, Outcome, Receipt
from digest.core.throttle import Throttling
from digest.errors import DeliveryError, RenderError, UsageError
from digest.jobs.deliver import Deliver
from digest.ports import Store
from tests.builders import MONDAY
from tests.fakes import FakeMailer
from tests.sending import FakeEmail, FakeRoll, StoppedClock, a_writer, an_approved_edition, states

AtDot = Callable[[Sequence[Letter]], Sequence[Letter]]
Stopping = Callable[[], bool]
Asked = Callable[[], bool]
Told = Iterator[tuple[Letter, Receipt]]

LATER = Receipt(Outcome.DEFERRED, "451 4.7.1 greylisted")
NEVER = Receipt(Outcome.REFUSED, "550 5.1.1 no such user")
WHO_KNOWS = Receipt(Outcome.IN_DOUBT, "the connection broke")


def test_everybody_gets_one_letter(store: Store, deliver: Callable[..., Deliver]) -> None:
    """Each person of the audience gets the themes they follow, and the edition is closed."""
    edition = an_approved_edition(store, [("theme-1",), ("theme-2", "theme-3"), ("theme-1",)])
    mailer = FakeMailer()
    report = deliver(mailer)(edition)
    assert [letter.recipient for letter in mailer.letters] == [
        f"reader{n}@example.net" for n in (1, 3, 2)
    ]
    assert b"theme-1" in mailer.letters[0].content
    assert b"theme-2" not in mailer.letters[0].content
    assert (report.accepted, report.left, report.is_sent) == (3, 0, True)
    with store.read() as work:
        record = work.editions.get(edition)
        assert record
        assert record.state is EditionState.SENT


def test_again_sends_nothing_twice(store: Store, deliver: Callable[..., Deliver]) -> None:
    """A second run finds nothing to do."""
    edition = an_approved_edition(store, [("theme-1",)] * 5)
    mailer = FakeMailer()
    deliver(mailer)(edition)
    again = deliver(mailer)(edition)
    assert len(mailer.letters) == 5
    assert again.accepted == 0


def test_each_answer_is_kept(store: Store, deliver: Callable[..., Deliver]) -> None:
    """Every row says what the server said; the edition stays open while one is unsettled."""
    edition = an_approved_edition(store, [("theme-1",)] * 4)
    answers = {f"reader{n}@example.net": a for n, a in ((2, LATER), (3, NEVER), (4, WHO_KNOWS))}
    report = deliver(FakeMailer(answers))(edition)
    assert (report.accepted, report.deferred, report.refused, report.in_doubt) == (1, 1, 1, 1)
    assert (report.left, report.is_sent) == (2, False)
    with store.read() as work:
        said = {row.subscriber: row.reply for row in work.deliveries.list(edition)}
    assert said == {1: "250 2.0.0 ok", 2: LATER.reply, 3: NEVER.reply, 4: WHO_KNOWS.reply}


def test_what_was_deferred_goes_when_its_time_comes(
    store: Store, clock: StoppedClock, deliver: Callable[..., Deliver]
) -> None:
    """Not before, and with the same Message-ID and envelope."""
    edition = an_approved_edition(store, [("theme-1",)])
    refusing = FakeMailer({"reader1@example.net": LATER})
    deliver(refusing)(edition)
    mailer = FakeMailer()
    assert deliver(mailer)(edition).accepted == 0
    clock.time += timedelta(minutes=6)
    report = deliver(mailer)(edition)
    assert (report.accepted, report.is_sent) == (1, True)


def test_trying_ends(store: Store, clock: StoppedClock, deliver: Callable[..., Deliver]) -> None:
    """When the time to give up has come, a deferral counts as refused and keeps its words."""
    edition = an_approved_edition(store, [("theme-1",)])
    clock.time += timedelta(days=2, minutes=-2)
    report = deliver(FakeMailer({"reader1@example.net": LATER}))(edition)
    assert (report.deferred, report.refused, report.is_sent) == (0, 1, True)
    with store.read() as work:
        (row,) = work.deliveries.list(edition)
    assert (row.state, row.reply) == (DeliveryState.REFUSED, LATER.reply)


def test_an_old_edition_is_held(
    store: Store, clock: StoppedClock, deliver: Callable[..., Deliver]
) -> None:
    """After its time, as when a backup is restored, nothing is sent; the rows are listed."""
    edition = an_approved_edition(store, [("theme-1",)] * 3)
    clock.time += timedelta(days=3)
    mailer = FakeMailer()
    job = deliver(mailer, on_doubt="resend")
    assert job.due() == []
    report = job(edition)
    assert (mailer.letters, report.left, report.is_sent) == ([], 3, False)
    assert states(store, edition) == {"held": 3}


def test_an_edition_is_held_in_the_middle(
    store: Store, clock: StoppedClock, deliver: Callable[..., Deliver]
) -> None:
    """When its time ends while it is being sent, nothing more of it is claimed."""

    class Slow(FakeMailer):
        def hand_off(
            self, letters: Iterable[Letter], at_dot: AtDot, stopping: Asked = bool
        ) -> Told:
            for told in super().hand_off(letters, at_dot, stopping):
                clock.time += timedelta(hours=20)
                yield told

    edition = an_approved_edition(store, [("theme-1",)] * 5)
    job = deliver(Slow())
    job(edition)
    job.due()
    assert states(store, edition) == {"accepted": 3, "held": 2}


def test_who_left_meanwhile_gets_nothing(store: Store, deliver: Callable[..., Deliver]) -> None:
    """Their row says so."""
    edition = an_approved_edition(store, [("theme-1",)] * 3)
    mailer = FakeMailer()
    report = deliver(mailer, people=FakeRoll(gone={2}))(edition)
    assert (report.accepted, report.cancelled, report.is_sent) == (2, 1, True)
    assert "reader2@example.net" not in {letter.recipient for letter in mailer.letters}
    with store.read() as work:
        (row,) = work.deliveries.list(edition, DeliveryState.CANCELLED)
    assert "left" in row.reply


def test_a_letter_that_cannot_be_written_is_refused_alone(
    store: Store, deliver: Callable[..., Deliver]
) -> None:
    """One poisoned row costs one letter."""
    edition = an_approved_edition(store, [("theme-1",)] * 3)
    report = deliver(FakeMailer(), people=FakeRoll(addresses={2: "no address"}))(edition)
    assert (report.accepted, report.refused) == (2, 1)
    with store.read() as work:
        (row,) = work.deliveries.list(edition, DeliveryState.REFUSED)
    assert row.subscriber == 2
    assert "no address" in row.reply


def test_a_wrong_template_refuses_nobody(store: Store, deliver: Callable[..., Deliver]) -> None:
    """What is wrong for all is an error of the run; every letter stays due."""

    class Broken(FakeEmail):
        def body(self, *_: object) -> EmailBody:
            raise RenderError("body.html is wrong")

    edition = an_approved_edition(store, [("theme-1",)] * 3)
    with pytest.raises(RenderError):
        deliver(FakeMailer(), writer=replace(a_writer(), email=Broken()))(edition)
    assert states(store, edition) == {"due": 3}


def test_a_server_out_of_reach_costs_no_letter(
    store: Store, clock: StoppedClock, deliver: Callable[..., Deliver]
) -> None:
    """What it answered is kept, the rest goes a minute later, however often that happens."""

    class Vanishing(FakeMailer):
        def hand_off(
            self, letters: Iterable[Letter], at_dot: AtDot, stopping: Stopping = bool
        ) -> Told:
            for count, told in enumerate(super().hand_off(letters, at_dot, stopping), start=1):
                yield told
                if count == 2:
                    raise DeliveryError("the mail server cannot be reached")

    edition = an_approved_edition(store, [("theme-1",)] * 5)
    with pytest.raises(DeliveryError):
        deliver(Vanishing())(edition)
    assert states(store, edition) == {"accepted": 2, "deferred": 3}
    clock.time += timedelta(minutes=2)
    mailer = FakeMailer()
    assert deliver(mailer)(edition).is_sent
    assert len(mailer.letters) == 3


def test_stopping_finishes_what_is_begun_and_gives_the_rest_back(
    store: Store, deliver: Callable[..., Deliver]
) -> None:
    """Nothing is in doubt, and whoever comes next may go on at once."""
    edition = an_approved_edition(store, [("theme-1",)] * 5)
    mailer = FakeMailer()
    report = deliver(mailer, stopping=lambda: len(mailer.letters) >= 2)(edition)
    assert (report.accepted, report.left) == (2, 3)
    assert deliver(mailer)(edition).is_sent
    assert len({letter.message_id for letter in mailer.letters}) == 5


@pytest.mark.parametrize(("policy", "sent"), [("hold", 0), ("resend", 1)])
def test_doubts_go_by_the_policy(
    store: Store, deliver: Callable[..., Deliver], policy: str, sent: int
) -> None:
    """Held until somebody settles them, or sent again with the same Message-ID."""
    edition = an_approved_edition(store, [("theme-1",)])
    doubtful = FakeMailer({"reader1@example.net": WHO_KNOWS})
    deliver(doubtful, on_doubt=policy)(edition)
    mailer = FakeMailer()
    deliver(mailer, on_doubt=policy)(edition)
    assert len(mailer.letters) == sent
    if sent:
        assert mailer.letters[0].message_id == doubtful.letters[0].message_id


@pytest.mark.parametrize("known", [True, False])
def test_only_approved_editions_are_sent(
    store: Store, deliver: Callable[..., Deliver], *, known: bool
) -> None:
    """A draft, or a number that is nobody's, is told as what it is."""
    number = EditionId(99)
    if known:
        with store.begin() as work:
            number = work.editions.add("weekly", MONDAY, MONDAY, EditionState.DRAFT).id
    with pytest.raises(UsageError, match=r"there is no edition 99|is draft; only approved"):
        deliver(FakeMailer())(number)


def test_a_newsletter_that_is_no_longer_configured(
    store: Store, deliver: Callable[..., Deliver]
) -> None:
    """Nothing is claimed; the error names it."""
    edition = an_approved_edition(store, [("theme-1",)])
    with pytest.raises(UsageError, match="weekly"):
        deliver(FakeMailer(), writer=replace(a_writer(), newsletters={}))(edition)
    assert states(store, edition) == {"due": 1}


def test_an_edition_that_nobody_closed_is_due(
    store: Store, deliver: Callable[..., Deliver]
) -> None:
    """When all is settled but the last step was not made, it is made by whoever comes next."""
    edition = an_approved_edition(store, [])
    job = deliver(FakeMailer())
    assert job.due() == [edition]
    assert job(edition).is_sent
    assert job.due() == []


def test_a_doubt_that_is_held_keeps_nobody_busy(
    store: Store, deliver: Callable[..., Deliver]
) -> None:
    """It waits for a person; until then there is nothing to do."""
    job = deliver(FakeMailer({"reader1@example.net": WHO_KNOWS}))
    job(an_approved_edition(store, [("theme-1",)]))
    assert job.due() == []


def test_a_run_waits_for_permits(
    store: Store, clock: StoppedClock, deliver: Callable[..., Deliver]
) -> None:
    """Five letters at two a second are gone after two seconds, by one run."""
    edition = an_approved_edition(store, [("theme-1",)] * 6)
    begun = clock.now()
    assert deliver(FakeMailer(), throttling=Throttling(rate=2))(edition).is_sent
    assert timedelta(seconds=1.9) < clock.now() - begun < timedelta(seconds=3)


def test_a_run_ends_where_permits_are_rare(
    store: Store, clock: StoppedClock, deliver: Callable[..., Deliver]
) -> None:
    """It blocks no thread for minutes; the next one goes on, and the edition stays open."""
    edition = an_approved_edition(store, [("theme-1",)] * 3)
    job = deliver(FakeMailer(), throttling=Throttling(rate=0.01))
    begun = clock.now()
    assert (job(edition).accepted, clock.now() - begun) == (1, timedelta(0))
    clock.pause(101)
    assert job.due() == [edition]
    assert job(edition).accepted == 1


def test_a_run_that_waits_can_be_stopped(
    store: Store, clock: StoppedClock, deliver: Callable[..., Deliver]
) -> None:
    """It looks ten times a second."""
    edition = an_approved_edition(store, [("theme-1",)] * 3)
    end = clock.now() + timedelta(seconds=5)
    stop = {"stopping": lambda: clock.now() >= end, "throttling": Throttling(rate=0.1)}
    assert deliver(FakeMailer(), **stop)(edition).accepted == 1
    assert clock.now() - end < timedelta(seconds=0.2)
