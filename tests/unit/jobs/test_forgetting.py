"""What was kept long enough goes, by itself."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest

from digest.core.edition import EditionState
from digest.core.outbox import DeliveryState, Settlement
from digest.jobs.forgetting import Forgetting, Retention
from digest.jobs.notes import Post
from digest.storage import Database
from subscribers import Bounced, BounceKind, Desk, Links, NoLetters, Offer, People, Rules
from tests.builders import MONDAY
from tests.contract.keeping import approved_edition
from tests.fakes import FakeMailer
from tests.notes import a_note, a_sending
from tests.sending import KEY, StoppedClock

WEEK, MONTH, YEAR = (timedelta(days=days) for days in (7, 30, 365))
ADA = "ada@example.net"


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock(MONDAY)


@pytest.fixture
def people(store: Database, clock: StoppedClock) -> People:
    return People(store.engine, KEY, clock.now)


@pytest.fixture
def desk(store: Database, clock: StoppedClock) -> Desk:
    offers = [Offer("weekly", "The Weekly")]
    links = Links("https://digest.example.org", KEY)
    return Desk(store.engine, KEY, clock.now, NoLetters(), links, offers, Rules(kept=WEEK))


def _forgetting(
    store: Database, clock: StoppedClock, people: People, desk: Desk, **kept: timedelta
) -> Forgetting:
    return Forgetting(store, clock, desk.reception, people.bounces, people, Retention(**kept))


def _leave(people: People, address: str, newsletter: str) -> None:
    link = Links("", KEY).unsubscribe(people.show(address).subscriber.handle, newsletter)
    people.self_service.leave(link.rpartition("/")[2], how="link")


def test_messages_and_rows_of_notes_go_when_they_are_old(
    store: Database, clock: StoppedClock, people: People, desk: Desk
) -> None:
    """Each after its time, and what waits stays."""
    forget = _forgetting(store, clock, people, desk, messages=WEEK, notes=MONTH)
    ada = people.add(ADA, {"weekly": None}, how="paper")
    people.bounces.note([Bounced(ada.id, BounceKind.SOFT, "a", raw=b"To: ada")])
    Post(store, clock, str)(a_note())
    a_sending(store, clock, FakeMailer())()

    kept = []
    for _ in range(3):
        forget()
        with store.engine.connect() as connection:
            raw = connection.exec_driver_sql("SELECT raw FROM bounces").scalar()
        with store.read() as work:
            kept.append((bool(raw), work.notes.tally().get(("confirm", DeliveryState.ACCEPTED), 0)))
        clock.time += timedelta(days=15, seconds=1)
    assert kept == [(True, 1), (False, 1), (False, 0)]


def test_who_left_everything_is_erased_if_that_is_wanted(
    store: Database, clock: StoppedClock, people: People, desk: Desk
) -> None:
    """A year after the last newsletter, and never brought back by an old file."""
    people.add(ADA, {"weekly": None, "monthly": None}, how="paper")
    for name in ("back", "half", "late", "stays"):
        people.add(f"{name}@example.net", {"weekly": None, "monthly": None}, how="paper")
    for address in (ADA, "back@example.net"):
        _leave(people, address, "weekly")
        _leave(people, address, "monthly")
    _leave(people, "half@example.net", "weekly")
    clock.time += timedelta(days=200)
    _leave(people, "late@example.net", "weekly")
    _leave(people, "late@example.net", "monthly")
    people.add("back@example.net", {"weekly": None}, how="form", rejoin=True)
    clock.time += timedelta(days=165, seconds=1)

    _forgetting(store, clock, people, desk)()
    assert people.find(ADA)
    _forgetting(store, clock, people, desk, left=YEAR)()

    assert people.find(ADA) is None
    assert people.count() == 4
    report = people.read_csv(io.StringIO(f"email\n{ADA}\n"), newsletter="weekly", how="old list")
    assert [one.reason for one in report.rejected] == [f"{ADA} asked to be forgotten and stays out"]


def test_who_comes_back_meanwhile_stays(
    store: Database, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the look and the deletion."""
    ada = people.add(ADA, {"weekly": None}, how="paper")
    _leave(people, ADA, "weekly")
    looks = iter(([ada.id], []))
    monkeypatch.setattr(people, "_gone", lambda _before: next(looks))
    people.add(ADA, {"weekly": None}, how="form", rejoin=True)

    assert people.erase_gone(MONDAY + YEAR, how="left") == 0
    assert people.find(ADA)


def test_letters_of_old_editions_are_only_counted(
    store: Database, clock: StoppedClock, people: People, desk: Desk
) -> None:
    """After as long as is wanted; the sum stays."""
    edition, later = approved_edition(store, 1), approved_edition(store, 2)
    with store.begin() as work:
        work.deliveries.enqueue(edition, [(7, ("a",), ""), (8, ("a",), "")], MONDAY)
        claim = work.deliveries.claim(edition, "ada", MONDAY, MONDAY + WEEK, 9)
        fates = [
            Settlement(one.id, one.attempt, DeliveryState.ACCEPTED, "") for one in claim.deliveries
        ]
        work.deliveries.settle("ada", fates, MONDAY)
        work.editions.close(edition, EditionState.SENT)
        work.editions.close(later, EditionState.SENT)
    clock.time += YEAR
    left = []
    for kept in ({}, {"letters": 2 * YEAR}, {"letters": MONTH}):
        _forgetting(store, clock, people, desk, **kept)()
        with store.read() as work:
            counts = work.deliveries.counts(edition)
            left.append((counts[DeliveryState.ACCEPTED], len([*work.deliveries.list(edition)])))
    assert left == [(2, 2), (2, 2), (2, 0)]


def test_what_nobody_confirmed_goes(
    store: Database, clock: StoppedClock, people: People, desk: Desk
) -> None:
    """After as long as the letter said."""
    desk.counter.subscribe(ADA, {"weekly": None}, how="form", host="192.0.2.1")
    forget = _forgetting(store, clock, people, desk)
    found = []
    for _ in range(2):
        forget()
        with store.engine.connect() as connection:
            found.append(connection.exec_driver_sql("SELECT count(*) FROM requests").scalar())
        clock.time += WEEK
    assert found == [1, 0]
