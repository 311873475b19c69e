"""People on every kind of database, in the schema that the migrations make."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, create_engine, select

from digest.storage import Database
from subscribers import (
    BadAddressError,
    BadSlugError,
    ErasedError,
    Links,
    People,
    State,
    UnavailableError,
    UnknownSubscriberError,
    What,
    metadata,
)

KEY = b"0123456789abcdef0123456789abcdef"
NOW = datetime(2026, 11, 23, 8, 0, 0, 123456, tzinfo=UTC)


@pytest.fixture
def people(store: Database) -> People:
    return People(store.engine, KEY, lambda: NOW)


def _holds(engine: Engine, word: str) -> list[str]:
    """The tables with a row that holds a word."""
    with engine.connect() as connection:
        return [
            table.name
            for table in metadata.sorted_tables
            for row in connection.execute(select(table))
            if word in repr(tuple(row)).casefold()
        ]


def test_what_is_added_is_found_again(people: People) -> None:
    """A person comes back as added, by number and by any spelling of the address."""
    jane = people.add(
        "Jane@EXAMPLE.org", {"weekly": ("law", "tax"), "monthly": None},
        how="paper form", name="Jane  Doe\n", language="pt-BR",
    )  # fmt: skip

    assert people.get(jane.id) == people.find("jANE@example.org") == jane
    assert (jane.address, jane.name, jane.language) == ("Jane@example.org", "Jane Doe", "pt-BR")
    assert (jane.created_at, jane.state, len(jane.handle)) == (NOW, State.ACTIVE, 8)
    assert [(s.newsletter, s.themes, s.state, s.since) for s in jane.subscriptions] == [
        ("monthly", None, State.ACTIVE, NOW),
        ("weekly", ("law", "tax"), State.ACTIVE, NOW),
    ]


def test_adding_again_changes_nothing(people: People) -> None:
    """The same person added twice is one, with one record of consent."""
    first = people.add("jane@example.org", {"weekly": None}, how="paper form", name="Jane")
    again = people.add("JANE@example.org", {"weekly": None}, how="paper form", name="J. Doe")

    assert again == first
    assert len(people.show("jane@example.org").consents) == 1


def test_adding_again_adds_what_is_new(people: People) -> None:
    """Further newsletters and themes join those followed; a missing name is filled in."""
    people.add("jane@example.org", {"weekly": ("law",)}, how="paper form")
    jane = people.add(
        "jane@example.org", {"weekly": ("tax",), "monthly": None}, how="fair", name="Jane"
    )

    assert [(s.newsletter, s.themes) for s in jane.subscriptions] == [
        ("monthly", None),
        ("weekly", ("law", "tax")),
    ]
    assert jane.name == "Jane"


def test_adding_never_brings_back_who_left(people: People) -> None:
    """Only ``rejoin``, the reader's own word, leads out of left."""
    jane = people.add("jane@example.org", {"weekly": None}, how="paper form")
    token = Links("", KEY).unsubscribe(jane.handle, "weekly").rpartition("/")[2]
    people.self_service.leave(token, how="link")

    assert people.add("jane@example.org", {"weekly": None}, how="list").state is State.LEFT
    back = people.add("jane@example.org", {"weekly": ("law",)}, how="called us", rejoin=True)
    assert (back.state, back.subscriptions[0].themes) == (State.ACTIVE, ("law",))


def test_a_readers_choice_outlives_later_additions(people: People) -> None:
    """An import repeated every night does not undo what the reader chose."""
    jane = people.add("jane@example.org", {"weekly": ("law", "tax")}, how="list")
    token = Links("", KEY).preferences(jane.handle).rpartition("/")[2]
    people.self_service.choose(token, {"weekly": ("law",)}, ["weekly"], how="page")
    again = people.add("jane@example.org", {"weekly": ("law", "tax")}, how="list")

    assert again.subscriptions[0].themes == ("law",)


def test_every_change_of_consent_is_on_record(people: People) -> None:
    """What happened, when, how and to which themes, in order."""
    jane = people.add("jane@example.org", {"weekly": ("law",)}, how="paper form")
    links = Links("", KEY)
    preferences = links.preferences(jane.handle).rpartition("/")[2]
    unsubscribe = links.unsubscribe(jane.handle, "weekly").rpartition("/")[2]
    people.self_service.choose(preferences, {"weekly": None}, ["weekly"], how="page")
    people.self_service.leave(unsubscribe, how="link")
    people.self_service.undo(unsubscribe, how="undo")
    people.suppress("jane@example.org", "complaint", how="feedback loop")
    people.release("jane@example.org", how="asked")

    assert [
        (c.what, c.newsletter, c.themes, c.how) for c in people.show(jane.address).consents
    ] == [
        (What.JOINED, "weekly", ("law",), "paper form"),
        (What.CHOSE, "weekly", None, "page"),
        (What.LEFT, "weekly", None, "link"),
        (What.UNDID, "weekly", None, "undo"),
        (What.SUPPRESSED, "", None, "complaint: feedback loop"),
        (What.RELEASED, "", None, "asked"),
    ]


@pytest.mark.parametrize("by", ["address", "number"])
def test_erasure_leaves_a_hash_and_nothing_else(people: People, store: Database, by: str) -> None:
    """No table holds address, name or choices any more; one record says that it was asked."""
    jane = people.add("Jane@example.org", {"weekly": None}, how="jane called", name="Jane")
    people.add("tom@example.org", {"weekly": None}, how="list")
    people.erase("jane@EXAMPLE.org" if by == "address" else jane.id, how="by letter")

    assert _holds(store.engine, "jane") == []
    assert _holds(store.engine, "by letter") == ["consents"]
    assert people.find("jane@example.org") is None
    assert people.count() == 1


def test_who_was_erased_stays_out(people: People) -> None:
    """Neither an addition nor an old file brings them back, their own word does, as another."""
    jane = people.add("jane@example.org", {"weekly": None}, how="list")
    people.erase("jane@example.org", how="letter")

    with pytest.raises(ErasedError, match="asked to be forgotten"):
        people.add("JANE@example.org", {"weekly": None}, how="list")
    report = people.read_csv(["email\n", "jane@example.org\n"], newsletter="weekly", how="list")
    assert [(r.line, r.reason) for r in report.rejected] == [
        (2, "jane@example.org asked to be forgotten and stays out")
    ]
    back = people.add("jane@example.org", {"weekly": None}, how="came back", rejoin=True)
    assert back.id > jane.id
    assert back.handle != jane.handle


def test_the_list_is_paged_by_number(people: People) -> None:
    """Each page follows the last one; a newsletter narrows it."""
    for number in range(5):
        newsletter = "weekly" if number % 2 else "monthly"
        people.add(f"reader{number}@example.org", {newsletter: None}, how="list")
    first = people.list(limit=3)
    second = people.list(after=first[-1].id, limit=3)

    assert [p.address[6] for p in (*first, *second)] == list("01234")
    assert [p.address[6] for p in people.list("weekly")] == ["1", "3"]
    assert (people.count(), people.count("weekly"), people.count("none")) == (5, 2, 0)


def test_nobody_is_a_sentence(people: People) -> None:
    """Asking for somebody who is not here says so."""
    assert people.find("jane@example.org") is None
    with pytest.raises(UnknownSubscriberError, match="Nobody here has the number 7"):
        people.get(7)
    for ask in (
        people.show,
        lambda a: people.erase(a, how=""),
        lambda a: people.explain(a, "w", ()),
    ):
        with pytest.raises(UnknownSubscriberError, match=r"has the address jane@example\.org"):
            ask("jane@example.org")


def test_wrong_names_and_addresses_add_nobody(people: People) -> None:
    """What cannot be an address, a newsletter or a theme is refused before anything is kept."""
    with pytest.raises(BadAddressError):
        people.add("jane", {"weekly": None}, how="list")
    for newsletters in ({"No!": None}, {"weekly": ("no theme",)}, {"weekly": ()}):
        with pytest.raises(BadSlugError):
            people.add("jane@example.org", newsletters, how="list")
    assert people.count() == 0


def test_many_at_once_add_one_person(people: People) -> None:
    """The same address added by many threads at the same moment is one person."""
    start = threading.Barrier(6)
    failures: list[Exception] = []

    def add(newsletter: str) -> None:
        start.wait()
        try:
            people.add("jane@example.org", {newsletter: None}, how="form")
        except Exception as error:  # noqa: BLE001 - any of them fails the test, in its own thread
            failures.append(error)

    threads = [threading.Thread(target=add, args=(f"n{n % 3}",)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    assert people.count() == 1
    assert len(people.show("jane@example.org").consents) == 3


def test_a_database_out_of_reach_is_a_sentence() -> None:
    """Reading and writing say that it may be tried again."""
    people = People(create_engine("sqlite:////nowhere/digest.db"), KEY, lambda: NOW)

    for ask in (people.count, lambda: people.add("jane@example.org", {}, how="list")):
        with pytest.raises(UnavailableError, match="try again later") as raised:
            ask()
        assert raised.value.permanent is False


def test_moments_need_a_zone(store: Database) -> None:
    """A clock that does not say its zone is refused, not guessed."""
    people = People(store.engine, KEY, lambda: datetime(2026, 1, 1))  # noqa: DTZ001 - on purpose

    with pytest.raises(Exception, match="has no time zone"):
        people.add("jane@example.org", {"weekly": None}, how="list")


def test_moments_come_back_in_utc(store: Database) -> None:
    """Whatever zone a moment was in, it comes back in UTC to the microsecond."""
    from datetime import timezone

    there = NOW.astimezone(timezone(timedelta(hours=5, minutes=30)))
    people = People(store.engine, KEY, lambda: there)
    jane = people.add("jane@example.org", {"weekly": None}, how="list")

    assert jane.created_at == NOW
    assert jane.created_at.tzinfo is UTC
