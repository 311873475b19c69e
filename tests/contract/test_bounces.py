"""What came back, kept and weighed on every kind of database, and read by the job."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

import pytest

from digest.core.edition import EditionId
from digest.core.letter import KIND
from digest.core.outbox import DeliveryState, Settlement
from digest.core.sender import Sender
from digest.jobs.bounce import Bounce, BounceReport, Fate
from digest.ports import Returned
from digest.storage import Database
from subscribers import Bounced, BounceKind, Links, People, Subscriber
from tests.builders import MONDAY
from tests.fakes import TickingClock
from tests.returned import LETTER, a_complaint, a_notice, a_report, an_automatic_answer
from tests.sending import KEY, an_approved_edition

SENDER = Sender("Riverbank", "digest@example.org", "bounces@example.org", KEY)
URL = "https://digest.example.org"


@pytest.fixture
def clock() -> TickingClock:
    return TickingClock(MONDAY)


@pytest.fixture
def people(store: Database, clock: TickingClock) -> People:
    return People(store.engine, KEY, clock.now)


@pytest.fixture
def ada(people: People) -> Subscriber:
    return people.add("ada@example.net", {"weekly": None}, how="paper")


@pytest.fixture
def edition(store: Database, ada: Subscriber) -> EditionId:
    """One that was sent to Ada, whose number is 1."""
    assert ada.id == 1
    return an_approved_edition(store, [("theme-1",)])


@pytest.fixture
def job(store: Database, people: People) -> Bounce:
    return Bounce(store, people.bounces, people.self_service, SENDER)


def _envelope(store: Database, edition: EditionId) -> str:
    with store.read() as work:
        row = work.deliveries.find(edition, 1)
    assert row
    return SENDER.envelope(row.id)


def _reading(job: Bounce, *raw: bytes, to: Iterable[str] = ()) -> BounceReport:
    return job([Returned(one, tuple(to)) for one in raw], "test")


def _is_suppressed(people: People) -> bool:
    return people.show("ada@example.net").suppression is not None


def _hard(identity: str, subscriber: int = 1) -> Bounced:
    return Bounced(subscriber, BounceKind.HARD, identity, "5.1.1", "550 5.1.1 nobody")


def test_the_same_ten_times_counts_once(people: People, ada: Subscriber) -> None:
    """Neither in one reading nor in several."""
    assert people.bounces.note([_hard("a")] * 10).new == 1
    assert people.bounces.note([_hard("a")]).new == 0
    assert people.bounces.tally()[BounceKind.HARD] == 1


def test_the_bounce_that_suppressed_is_named(
    people: People, ada: Subscriber, clock: TickingClock
) -> None:
    """Whoever asks why somebody gets no letter reads what the server said."""
    people.bounces.note([_hard("a")])
    clock.move(timedelta(days=7))

    assert people.bounces.note([_hard("b")]).suppressed == (ada.id,)
    said = " ".join(people.explain(ada.address, "weekly", ["theme-1"]))
    assert "bounces (letters bounced for good on 2 days within 14: 550 5.1.1 nobody)" in said
    assert [one.suppressed for one in people.bounces.listed()] == [True, True]


def test_a_release_begins_anew(people: People, ada: Subscriber, clock: TickingClock) -> None:
    """What bounced before somebody was let in again counts no more."""
    people.bounces.note([_hard("a")])
    clock.move(timedelta(days=1))
    people.bounces.note([_hard("b")])
    people.release(ada.address, how="she wrote to us")
    clock.move(timedelta(days=1))

    assert people.bounces.note([_hard("c")]).suppressed == ()


def test_who_is_erased_leaves_no_bounce(people: People, ada: Subscriber) -> None:
    """The messages name people, so they go with them."""
    people.bounces.note([_hard("a")])

    people.erase(ada.id, how="asked")

    assert people.bounces.listed() == []
    assert people.bounces.note([_hard("b")]).new == 0


def test_messages_are_forgotten_after_a_month(
    people: People, ada: Subscriber, clock: TickingClock, store: Database
) -> None:
    """The words of the server stay, the message does not."""
    people.bounces.note([Bounced(1, BounceKind.SOFT, "a", raw=b"x" * 100_000)])
    clock.move(timedelta(days=31))

    month_ago = clock.now() - timedelta(days=30)
    assert people.bounces.forget_messages(month_ago - timedelta(days=2)) == 0
    assert people.bounces.forget_messages(month_ago) == 1
    assert people.bounces.forget_messages(month_ago) == 0
    assert len(people.bounces.listed()) == 1


def test_lists_are_narrowed(people: People, ada: Subscriber) -> None:
    """By kind, by mailing, by newsletter, and before a number."""
    hard = Bounced(1, BounceKind.HARD, "a", newsletter="weekly", mailing=7)
    people.bounces.note([hard, Bounced(1, BounceKind.SOFT, "b", newsletter="daily", mailing=8)])
    of = people.bounces.listed

    newest = of()[0]
    assert [one.mailing for one in of(kind=BounceKind.HARD)] == [7]
    assert [one.mailing for one in of(mailing=8)] == [8]
    assert [one.mailing for one in of(newsletter="weekly")] == [7]
    assert [one.id for one in of(before=newest.id)] == [newest.id - 1]
    assert people.bounces.tally(8) == {kind: int(kind is BounceKind.SOFT) for kind in BounceKind}


def test_the_envelope_proves_whose_bounce_it_is(
    job: Bounce, people: People, store: Database, edition: EditionId
) -> None:
    """The address the letter was sent from says it, whatever the text names."""
    raw = a_report(to=_envelope(store, edition), address="someone@else.example")

    assert _reading(job, raw).new == 1
    (kept,) = people.bounces.listed()
    assert (kept.subscriber, kept.mailing, kept.newsletter) == (1, edition, "weekly")


def test_the_envelope_may_come_from_the_mail_server(
    job: Bounce, store: Database, edition: EditionId
) -> None:
    """A listener knows whom a message was for, though its header does not say."""
    assert _reading(job, a_report(), to=[_envelope(store, edition)]).new == 1


def test_a_forged_envelope_changes_nothing(
    job: Bounce, people: People, store: Database, edition: EditionId
) -> None:
    """Without the key nobody can make the bounce of somebody else."""
    envelope = _envelope(store, edition)
    forged = [envelope.replace(f"-{envelope[-30]}", "-0"), envelope.replace("+1", "+2")]
    forged += [f"bounces+1-{'0' * 16}@example.org", "bounces+1@example.org", "bounces@example.org"]

    report = _reading(job, *(a_report(to=address) for address in forged if address != envelope))

    assert (report.new, report.fates[Fate.BOUNCES]) == (0, 0)
    assert people.bounces.listed() == []


def test_the_name_of_the_letter_proves_it(job: Bounce, people: People, edition: EditionId) -> None:
    """The returned letter's Message-ID is made of edition and subscriber with our key."""
    named = LETTER.replace("<letter-1@example.org>", SENDER.message_id(KIND, edition, 1))

    assert _reading(job, a_report(letter=named)).new == 1
    assert people.bounces.listed()[0].mailing == edition
    assert _reading(job, a_notice(f"<ada@example.net>:\n550 user unknown\n\n{named}")).new == 0


def test_an_address_alone_proves_nothing(job: Bounce, edition: EditionId) -> None:
    """Anybody could have somebody struck off who knows the address."""
    report = _reading(job, a_report(), a_notice("<ada@example.net>: 550 unknown"))

    assert (report.new, report.fates[Fate.UNPROVEN]) == (0, 2)


def test_a_complaint_is_known_by_the_link_to_unsubscribe(
    job: Bounce, people: People, ada: Subscriber
) -> None:
    """Providers black out the reader, and leave the header that the letter leaves by."""
    link = Links(URL, KEY).unsubscribe(ada.handle, "weekly")
    letter = LETTER.replace(f"{URL}/unsubscribe/none", link)

    report = _reading(job, a_complaint(letter=letter))

    assert (report.fates[Fate.COMPLAINTS], report.suppressed) == (1, 1)
    dossier = people.show(ada.address)
    assert dossier.suppression
    assert dossier.suppression.reason == "complaint"


@pytest.mark.parametrize("state", ["left", "active"])
def test_a_mail_unsubscribes_by_its_token(
    job: Bounce, people: People, ada: Subscriber, state: str
) -> None:
    """Mail programs send one for the reader; without the token nobody is let out."""
    token = Links(URL, KEY).unsubscribe(ada.handle, "weekly").rpartition("/")[2]
    subject = token if state == "left" else f"{'A' * 32}.weekly"
    raw = f"From: ada@example.net\nSubject: unsubscribe {subject}\n\n".encode()

    report = _reading(job, raw)

    held = people.show(ada.address).subscriber.subscription("weekly")
    assert report.fates[Fate.LEFT] == int(state == "left")
    assert held
    assert held.state.value == state


def test_automatic_answers_suppress_nobody(
    job: Bounce, people: People, store: Database, edition: EditionId
) -> None:
    """They come back to the envelope address as bounces do."""
    raw = an_automatic_answer(to=_envelope(store, edition))

    report = _reading(job, *[raw] * 5)

    assert (report.fates[Fate.IGNORED], report.new) == (5, 0)
    assert not _is_suppressed(people)


def test_our_own_fault_suppresses_nobody(
    job: Bounce, people: People, store: Database, edition: EditionId
) -> None:
    """Who is not believed for want of DMARC keeps all readers."""
    raw = a_report(
        to=_envelope(store, edition), status="5.7.26", said="smtp; 550 5.7.26 unauthenticated"
    )

    assert _reading(job, raw).new == 1
    assert people.bounces.tally(edition)[BounceKind.OURS] == 1
    assert not _is_suppressed(people)


def test_a_storm_of_bounces_costs_nobody_more_than_one(
    job: Bounce, people: People, store: Database, edition: EditionId
) -> None:
    """A loop between two servers brings one bounce a thousand times."""
    to = _envelope(store, edition)
    storm = [a_report(to=to, head=f"X-Loop: {n}\n") for n in range(105)]

    report = _reading(job, *storm, b"", b"\xff" * 9_000, *storm)

    assert (report.messages, report.new, report.suppressed) == (212, 1, 0)


def test_refusals_at_the_hand_over_take_the_same_path(
    job: Bounce, people: People, store: Database, edition: EditionId
) -> None:
    """What the server said at once is weighed, once, however often it is looked at."""
    with store.begin() as work:
        claim = work.deliveries.claim(edition, "w", MONDAY, MONDAY + timedelta(hours=1), 10)
        (row,) = claim.deliveries
        reply = "550 5.1.1 no such user here"
        settled = Settlement(row.id, row.attempt, DeliveryState.REFUSED, reply)
        work.deliveries.settle("w", [settled], MONDAY)

    assert job.refused(edition).suppressed == (1,)
    assert job.refused(edition).new == 0
    assert [one.source for one in people.bounces.listed(mailing=edition)] == ["smtp"]
