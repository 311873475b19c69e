"""People on every kind of database, in the schema that the migrations make."""

from __future__ import annotations

import io
import threading
import tracemalloc
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice

import pytest
from sqlalchemy import Engine, create_engine, select

from digest.storage import Database
from subscribers import (
    BadAddressError,
    BadSlugError,
    ErasedError,
    Links,
    Offer,
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


def _lines(count: int, extra: str = "") -> Iterator[str]:
    yield "email,name\n"
    for number in range(count):
        yield f"reader{number}@example.org,Reader {number}{extra}\n"


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


def test_a_suppressed_address_is_not_mailed(people: People) -> None:
    """A suppression holds for whoever has the address, now or later, until it is taken back."""
    people.suppress("jane@example.org", "hard bounce", how="550 5.1.1")
    jane = people.add("Jane@example.org", {"weekly": None}, how="list")

    assert jane.state is State.SUPPRESSED
    assert list(people.audience("weekly")) == []
    assert people.recipients("weekly", [jane.id]) == {}
    suppression = people.show(jane.address).suppression
    assert suppression
    assert (suppression.reason, suppression.since) == ("hard bounce", NOW)
    people.release("jane@example.org", how="checked")
    assert [r.id for r in people.audience("weekly")] == [jane.id]


def test_the_first_reason_of_a_suppression_stays(people: People) -> None:
    """Suppressing again changes nothing."""
    people.add("jane@example.org", {"weekly": None}, how="list")
    people.suppress("jane@example.org", "complaint", how="loop")
    people.suppress("jane@example.org", "hard bounce", how="550")

    dossier = people.show("jane@example.org")
    assert dossier.suppression
    assert dossier.suppression.reason == "complaint"
    assert len(dossier.consents) == 2


def test_the_audience_is_everybody_active_in_order(people: People) -> None:
    """Ten thousand come by number, each once, with what their letter needs."""
    people.read_csv(_lines(10_000), newsletter="weekly", how="list")
    people.add("other@example.org", {"monthly": None}, how="list")
    people.read_csv(["email,state\n", "reader7@example.org,left\n"], newsletter="weekly")
    audience = list(people.audience("weekly"))

    numbers = [recipient.id for recipient in audience]
    assert numbers == sorted(set(numbers))
    assert {r.address for r in audience} == {
        f"reader{n}@example.org" for n in range(10_000) if n != 7
    }
    first = audience[0]
    person = people.get(first.id)
    assert (first.name, first.handle, first.since) == (person.name, person.handle, NOW)


def test_the_audience_streams(people: People) -> None:
    """Walking through the audience holds a part of it in memory, not the whole."""
    people.read_csv(_lines(20_000), newsletter="weekly", how="list")

    def peak_of(count: int) -> int:
        tracemalloc.start()
        try:
            assert sum(1 for _ in islice(people.audience("weekly"), count)) == count
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak_of(10)
    assert peak_of(20_000) < 1.5 * peak_of(5_000)


def test_at_hand_off_only_those_who_still_want_it(people: People) -> None:
    """Of numbers asked for, those who left since or never followed are missing."""
    jane, tom, eve = (
        people.add(f"{name}@example.org", {"weekly": ("law",)}, how="list")
        for name in ("jane", "tom", "eve")
    )
    token = Links("", KEY).unsubscribe(tom.handle, "weekly").rpartition("/")[2]
    people.self_service.leave(token, how="link")
    people.erase(eve.id, how="letter")
    found = people.recipients("weekly", [tom.id, jane.id, eve.id, 999])

    assert list(found) == [jane.id]
    assert (found[jane.id].themes, found[jane.id].address) == (("law",), "jane@example.org")
    assert people.recipients("monthly", [jane.id]) == {}
    assert people.recipients("weekly", []) == {}


def test_an_import_tells_what_became_of_each_line(people: People) -> None:
    """Added, changed, unchanged and rejected lines are counted, with line and reason."""
    people.add("tom@example.org", {"weekly": ("law",)}, how="list", name="Tom")
    lines = [
        "Email;Name;Themes;Shoe size\r\n",
        "jane@example.org;Jane;;38\r\n",
        "TOM@example.org;;tax;43\r\n",
        "nobody;;;\r\n",
        "jane@example.org;;;\r\n",
    ]
    report = people.read_csv(lines, newsletter="weekly", how="list")

    assert (report.added, report.changed, report.unchanged) == (1, 1, 1)
    assert [r.line for r in report.rejected] == [4]
    assert report.warnings == ("Columns passed over, as nothing here is called so: Shoe size",)


def test_importing_again_adds_nobody(people: People, store: Database) -> None:
    """The same file twice leaves every row as it was."""
    report = people.read_csv(_lines(2_500), newsletter="weekly", how="list")
    before = _dump(store.engine)
    again = people.read_csv(_lines(2_500), newsletter="weekly", how="list")

    assert (report.added, again.added, again.unchanged) == (2_500, 0, 2_500)
    assert _dump(store.engine) == before


def test_an_import_that_dies_half_way_is_resumed_by_running_it_again(people: People) -> None:
    """Every thousand lines are kept whole; the next run adds the rest, and nobody twice."""

    def dying() -> Iterator[str]:
        yield from islice(_lines(2_500), 1_701)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        people.read_csv(dying(), newsletter="weekly", how="list")
    assert people.count() == 1_000
    report = people.read_csv(_lines(2_500), newsletter="weekly", how="list")
    assert (report.added, report.unchanged, people.count()) == (1_500, 1_000, 2_500)


def test_a_dry_run_keeps_nothing(people: People, store: Database) -> None:
    """It reports as the real run would, tells its progress, and changes no row."""
    before = _dump(store.engine)
    done: list[int] = []
    report = people.read_csv(
        _lines(1_500), newsletter="weekly", how="list", dry_run=True, progress=done.append
    )

    assert report.added == 1_500
    assert done == [1_000, 1_500]
    assert _dump(store.engine) == before


def test_the_reasons_of_a_wrong_file_are_told_up_to_a_thousand(people: People) -> None:
    """A file that is wrong all through fills no memory with reasons."""
    lines = ("email\n" if n == 0 else "nobody\n" for n in range(2_501))
    report = people.read_csv(lines, newsletter="weekly", how="list")

    assert (len(report.rejected), report.rejected_more) == (1_000, 1_500)


def test_an_export_comes_back_as_it_was(people: People, store: Database) -> None:
    """Erasing everybody and importing the export gives the same people and subscriptions."""
    people.add("jane@example.org", {"weekly": ("law",), "monthly": None}, how="form, 2025",
               name="=HYPERLINK(1)", language="de")  # fmt: skip
    people.add("+tag@example.org", {"weekly": None}, how="list", name="'-x")
    people.read_csv(["email,state,newsletters\n", "tom@example.org,paused,weekly\n",
                     "eve@example.org,left,weekly\n"], how="list")  # fmt: skip
    out = io.StringIO(newline="")
    assert people.export(out) == 4
    before = _told(people)
    with store.engine.begin() as connection:
        for table in reversed(metadata.sorted_tables):
            connection.execute(table.delete())

    report = people.read_csv(io.StringIO(out.getvalue(), newline=""))
    assert report.rejected == ()
    assert _told(people) == before


def test_an_export_is_safe_in_a_spreadsheet(people: People) -> None:
    """No cell begins with what makes a spreadsheet calculate."""
    people.add("=cmd@example.org", {"weekly": None}, how="@SUM(1)", name="-2+3|cmd")
    out = io.StringIO(newline="")
    people.export(out)

    assert out.getvalue().splitlines()[1].split(",")[:2] == ["'=cmd@example.org", "'-2+3|cmd"]
    assert "'@SUM(1)" in out.getvalue()


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


def test_only_what_is_offered_is_imported(people: People) -> None:
    """A line that names another newsletter is rejected."""
    lines = ["email,newsletters\n", "jane@example.org,dayly\n"]
    report = people.read_csv(lines, how="list", offers=[Offer("daily", "Daily")])

    assert (report.added, len(report.rejected)) == (0, 1)


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


def _dump(engine: Engine) -> list[tuple[object, ...]]:
    with engine.connect() as connection:
        return [
            tuple(row)
            for table in metadata.sorted_tables
            for row in connection.execute(table.select().order_by(*table.primary_key))
        ]


def _told(people: People) -> list[tuple[object, ...]]:
    return sorted(
        (p.address, p.name, p.language, s.newsletter, s.themes or (), s.state,
         s.since.replace(microsecond=0), people.show(p.address).consents[-1].how)
        for p in people.list()
        for s in p.subscriptions
    )  # fmt: skip
