"""A whole pass: every step once, a failing step alone, what is left for the next pass."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import timedelta
from typing import NoReturn

import pytest

from digest.core.edition import EditionState
from digest.core.newsletter import Approval
from digest.core.outbox import Outcome, Receipt
from digest.core.throttle import UNLIMITED
from digest.errors import DeliveryError, FetchError, PublishError, StorageError, UsageError
from digest.jobs.conveyor import Conveyor
from digest.jobs.deliver import Deliver
from digest.jobs.notes import Post
from digest.storage import Database
from subscribers import UnavailableError
from tests.builders import a_newsletter
from tests.fakes import FakeJournals, FakeMailer, FakePeople
from tests.newsroom import Newsroom
from tests.notes import a_note, a_sending
from tests.sending import a_writer


@pytest.fixture
def room(store: Database) -> Newsroom:
    """Two sources, one item each, and two readers."""
    people = FakePeople(weekly=[None, ("theme-1",)])
    room = Newsroom(store, people=people, sources={"library": "", "watch": ""})
    room.sources["library"].show(1, title="One")
    room.sources["watch"].show(2, title="Two", tags=("t2",))
    return room


@pytest.fixture
def mailer() -> FakeMailer:
    return FakeMailer()


@pytest.fixture
def conveyor(room: Newsroom, mailer: FakeMailer) -> Conveyor:
    return belt(room, mailer)


def belt(room: Newsroom, mailer: FakeMailer) -> Conveyor:
    people = room.approve.people
    assert isinstance(people, FakePeople)
    writer = replace(a_writer(), newsletters=room.plans)
    week = timedelta(days=7)
    deliver = Deliver(room.store, room.clock, mailer, people, writer, FakeJournals(), week)
    steps = room.collect, room.assemble, room.publish, deliver
    notes = a_sending(room.store, room.clock, mailer)
    return Conveyor(room.store, room.clock, *steps, notes)


def raising(error: Exception) -> Callable[..., NoReturn]:
    def crash(*_: object, **__: object) -> NoReturn:
        raise error

    return crash


def test_a_pass_goes_the_whole_way(conveyor: Conveyor, room: Newsroom, mailer: FakeMailer) -> None:
    """From sources to published pages and one letter for each reader."""
    report = conveyor(now=True)
    assert [one.new for one in report.collected] == [1, 1]
    assert [one.state for one in report.assembled] == [EditionState.APPROVED]
    assert list(report.published) == ["weekly/2026-11-16/index.html", "resources.txt"]
    assert [one.accepted for one in report.delivered] == [2]
    assert report.failures == ()
    assert len(mailer.letters) == 2
    assert room.states() == [EditionState.SENT]


def test_a_second_pass_sends_nothing_twice(
    conveyor: Conveyor, room: Newsroom, mailer: FakeMailer
) -> None:
    """It records that nothing is new."""
    conveyor(now=True)
    report = conveyor(now=True)
    assert [one.reason for one in report.assembled] == ["nothing new"]
    assert (report.published, report.delivered) == ((), ())
    assert len(mailer.letters) == 2


def test_a_pass_writes_to_single_people(
    conveyor: Conveyor, room: Newsroom, mailer: FakeMailer
) -> None:
    """Whoever waits for a letter of their own gets it, once."""
    Post(room.store, room.clock, UNLIMITED.provider_of)(a_note())
    assert [conveyor().notes.accepted for _ in range(2)] == [1, 0]
    assert [letter.recipient for letter in mailer.letters] == ["reader1@example.net"]


def test_what_is_not_due_is_left_alone(conveyor: Conveyor, room: Newsroom) -> None:
    """The first pass collects; the edition waits for its slot, the sources for their hour."""
    first, second = conveyor(), conveyor()
    assert (len(first.collected), first.assembled) == (2, ())
    assert second.collected == ()
    room.move(minutes=31)
    assert len(conveyor().assembled) == 1


def test_one_newsletter_may_be_asked_for(store: Database, mailer: FakeMailer) -> None:
    """The others wait for their time."""
    room = Newsroom(store, a_newsletter(), a_newsletter(slug="monthly"))
    room.sources["library"].show(1)
    report = belt(room, mailer)(now=True, newsletter="monthly")
    assert [one.newsletter for one in report.assembled] == ["monthly"]


def test_a_newsletter_that_is_not_configured_is_wrong_use(conveyor: Conveyor) -> None:
    """It is told before anything is made."""
    with pytest.raises(UsageError, match="no newsletter"):
        conveyor(now=True, newsletter="daily")


def test_a_failing_source_does_not_hold_up_the_edition(conveyor: Conveyor, room: Newsroom) -> None:
    """Its words stand in its own report; the other source's item goes out."""
    room.sources["library"].fault = FetchError("it answered 500")
    report = conveyor(now=True)
    assert [one.error for one in report.collected] == ["it answered 500", ""]
    assert room.sent() == [["Two"]]
    assert report.failures == ()


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (StorageError("the database is locked"), "the database is locked"),
        (RuntimeError("a bug"), "RuntimeError: a bug"),
    ],
)
def test_a_collection_that_cannot_be_kept_does_not_hold_up_the_rest(
    conveyor: Conveyor,
    room: Newsroom,
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
    said: str,
) -> None:
    """One step's failure is told, and the steps behind it run."""
    conveyor(now=True)
    room.sources["library"].show(3, title="Three")
    monkeypatch.setattr(type(room.collect), "_keep", raising(error))
    report = conveyor(now=True)
    assert report.failures == (f"collecting library: {said}", f"collecting watch: {said}")
    assert [one.reason for one in report.assembled] == ["nothing new"]


def test_an_edition_that_cannot_be_let_out_is_by_the_next_pass(
    conveyor: Conveyor, room: Newsroom, mailer: FakeMailer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing of it is left half done: it is a draft that holds its items, and no letter is due."""
    conveyor()
    room.move(minutes=31)
    people = UnavailableError("the database of people is out of reach")
    monkeypatch.setattr(room.approve.people, "audience", raising(people))
    assert conveyor().failures == ("edition of weekly: the database of people is out of reach",)
    assert room.states() == [EditionState.DRAFT]
    monkeypatch.undo()
    assert conveyor().failures == ()
    assert len(mailer.letters) == 2


def test_letters_wait_for_their_pages(
    conveyor: Conveyor, room: Newsroom, mailer: FakeMailer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a letter links to must be there; then the next pass sends it."""
    monkeypatch.setattr(room.publisher, "publish", raising(PublishError("the disk is full")))
    report = conveyor(now=True)
    assert report.failures == ("publishing: the disk is full",)
    assert mailer.letters == []
    monkeypatch.undo()
    conveyor()
    assert len(mailer.letters) == 2


def test_a_mail_server_out_of_reach_is_tried_by_the_next_pass(
    conveyor: Conveyor, mailer: FakeMailer, room: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The edition stays open, and each reader gets one letter in the end."""

    def unreachable(letters: Iterable[object], *_: object) -> NoReturn:
        raise DeliveryError("the server cannot be reached")

    monkeypatch.setattr(mailer, "hand_off", unreachable)
    assert conveyor(now=True).failures == ("delivery of edition 1: the server cannot be reached",)
    monkeypatch.undo()
    room.move(minutes=2)
    assert [one.accepted for one in conveyor().delivered] == [2]
    assert room.states() == [EditionState.SENT]


def test_a_deferred_letter_goes_with_a_later_pass(room: Newsroom) -> None:
    """The edition is sent when its last letter is."""
    later = Receipt(Outcome.DEFERRED, "451 come again")
    belt(room, FakeMailer({"reader-1@example.org": later}))(now=True)
    assert room.states() == [EditionState.APPROVED]
    room.move(minutes=6)
    mailer = FakeMailer()
    belt(room, mailer)()
    assert [letter.recipient for letter in mailer.letters] == ["reader-1@example.org"]
    assert room.states() == [EditionState.SENT]


def test_a_manual_edition_goes_out_with_the_pass_after_its_approval(
    store: Database, mailer: FakeMailer
) -> None:
    """Until then nothing is public and nobody is written to."""
    plan = a_newsletter(approval=Approval.MANUAL)
    room = Newsroom(store, plan, people=FakePeople(weekly=[None]))
    room.sources["library"].show(1)
    conveyor = belt(room, mailer)
    (made,) = conveyor(now=True).assembled
    assert (made.state, mailer.letters) == (EditionState.DRAFT, [])
    assert "weekly/2026-11-16/index.html" not in room.publisher.files
    assert made.edition
    room.approve(made.edition, by="mira")
    conveyor()
    assert "weekly/2026-11-16/index.html" in room.publisher.files
    assert len(mailer.letters) == 1


def test_after_an_outage_one_pass_catches_up_once(
    conveyor: Conveyor, room: Newsroom, mailer: FakeMailer
) -> None:
    """Four missed Mondays are one edition with everything, and no second one."""
    conveyor()
    room.move(days=29)
    room.sources["library"].show(3, title="Three")
    assert [one.items for one in conveyor().assembled] == [3]
    assert conveyor().assembled == ()
    assert len(mailer.letters) == 2


def test_told_to_stop_a_pass_ends_with_what_it_began(
    room: Newsroom, mailer: FakeMailer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It says that it is not done; the next pass goes on, and nothing comes twice."""
    told = False
    conveyor = replace(belt(room, mailer), stopping=lambda: told)
    made = room.assemble.__call__

    def make_and_be_told(*args: object) -> object:
        nonlocal told
        told = True
        return made(*args)  # type: ignore[arg-type] # passed on as they came

    monkeypatch.setattr(type(room.assemble), "__call__", lambda _, *args: make_and_be_told(*args))
    report = conveyor(now=True)
    assert report.failures == ("stopped before all was done; the next pass goes on from here",)
    assert (len(report.assembled), report.delivered, mailer.letters) == (1, (), [])
    assert conveyor(now=True).collected == ()
    told = False
    monkeypatch.undo()
    assert [one.accepted for one in conveyor().delivered] == [2]
