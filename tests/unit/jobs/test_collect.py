"""Collecting: what is kept, what is new, what a failing source does to the others."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from digest.core.published import Precision, Published
from digest.core.resource import Facts
from digest.core.source import Health, Reject
from digest.errors import ConflictError, FetchError, ParseError, StorageError, UsageError
from digest.jobs.keeping import Keeping
from digest.ports import SourceRecord
from digest.storage import Database
from tests.newsroom import START, Newsroom


def status(room: Newsroom, name: str = "library") -> SourceRecord:
    with room.store.read() as work:
        return work.sources.record(name)


def facts(room: Newsroom, title: str) -> Facts:
    with room.store.read() as work:
        found = work.resources.get(room.known()[title])
    assert found
    return found.resource.facts


def on(day: datetime) -> Published:
    return Published(day, Precision.DAY)


def test_what_a_source_shows_is_counted_as_new_once(room: Newsroom) -> None:
    """Seen again unchanged, it is no news."""
    room.sources["library"].show(1)
    room.sources["library"].show(2)
    first, second = room.look(), room.look()
    assert (first.new, first.changed, first.unchanged) == (2, 0, 0)
    assert (second.new, second.changed, second.unchanged) == (0, 0, 2)


def test_a_changed_item_is_changed_and_stays_the_same_resource(room: Newsroom) -> None:
    """A corrected title reaches the resource; its number, tag and first sight stay."""
    room.sources["library"].show(1, title="Old")
    room.look()
    number = room.known()["Old"]
    room.sources["library"].show(1, title="New")
    assert room.look().changed == 1
    assert room.known() == {"New": number}


def test_a_changed_item_goes_through_the_rules_again(room: Newsroom) -> None:
    """Other tags file it elsewhere; the history of its places stays."""
    room.sources["library"].show(1, title="One", tags=("t1",))
    room.look()
    room.sources["library"].show(1, title="One", tags=("t2",))
    room.look()
    with room.store.read() as work:
        history = work.resources.filings(room.known()["One"])
    assert [filing.theme for filing, _ in history] == ["theme-2", "theme-1"]


def test_an_editors_place_is_not_changed_by_the_source(room: Newsroom) -> None:
    """Who corrected a theme by hand has the last word."""
    room.sources["library"].show(1, title="One", tags=("t1",))
    room.look()
    room.curate.file(room.known()["One"], "theme-3", by="mira")
    room.sources["library"].show(1, title="One", tags=("t2",))
    room.look()
    with room.store.read() as work:
        item = work.resources.get(room.known()["One"])
    assert item
    assert (item.filing.theme, item.filing.by) == ("theme-3", "mira")


def test_two_sources_of_one_address_are_one_resource(store: Database) -> None:
    """Tracking parameters do not part them; the first source owns title and address."""
    room = Newsroom(store, sources={"library": "", "watch": ""})
    url = "https://library.example.org/items/1"
    room.sources["library"].show(1, title="One", summary="Short.")
    room.sources["watch"].show(
        9, url=f"{url}?utm_source=watch", title="Uno", summary="Longer still."
    )
    assert (room.look("library").new, room.look("watch").new) == (1, 0)
    merged = facts(room, "One")
    assert (merged.url, merged.sources, merged.summary) == (
        url,
        ("library", "watch"),
        "Longer still.",
    )


def test_a_source_that_moves_an_item_keeps_its_identity(room: Newsroom) -> None:
    """The same key and title at another address is the same resource, with the new address."""
    room.sources["library"].show(1, title="One")
    room.look()
    number = room.known()["One"]
    room.sources["library"].show(1, title="One", url="https://library.example.org/moved/1")
    assert room.look().new == 0
    assert room.known() == {"One": number}
    assert facts(room, "One").url == "https://library.example.org/moved/1"


def test_a_source_that_gives_all_its_items_one_key_loses_none(room: Newsroom) -> None:
    """Some feeds do; the address tells the items apart, and nothing grows with each look."""
    for number in (1, 2, 3):
        sighting = room.sources["library"].show(number, title=f"Part {number}")
        room.sources["library"].shown[sighting.key] = replace(sighting, key="same")
    assert room.look().new == 3
    assert (room.look().new, room.look().unchanged) == (0, 3)


def test_a_source_that_shows_one_item_after_the_other_under_one_key_loses_none(
    room: Newsroom,
) -> None:
    """Another address and another title under an old key is another item."""
    for number in (1, 2, 3):
        room.sources["library"].show(0, title=f"Part {number}", url=f"https://a.example/{number}")
        assert room.look().new == 1
    assert len(room.known()) == 3


def test_a_rejected_item_is_kept_once_with_its_reason(room: Newsroom) -> None:
    """However often the source shows it."""
    room.sources["library"].rejects = (Reject("library", "bad", "it has no title"),)
    assert [room.look().rejected, room.look().rejected] == [1, 0]
    with room.store.read() as work:
        assert [reject.reason for reject, _ in work.sources.rejects("library")] == [
            "it has no title"
        ]


def test_an_item_that_cannot_be_kept_costs_no_other(
    room: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is put aside with the reason; the rest of its batch is kept."""
    for number in (1, 2, 3):
        room.sources["library"].show(number, title=f"Part {number}")
    filer = type(room.collect.filer)
    monkeypatch.setattr(filer, "file", spoiled(filer.file, "Part 2"))
    report = room.look()
    assert (report.new, report.rejected, report.error) == (2, 1, "")
    with room.store.read() as work:
        ((reject, _),) = work.sources.rejects("library")
    assert reject.reason == "it cannot be kept: OverflowError: too much"


def spoiled(file: Callable[..., Any], title: str) -> Callable[..., Any]:
    def filed(self: Any, told: Facts) -> Any:
        if told.title == title:
            raise OverflowError("too much")
        return file(self, told)

    return filed


def test_another_process_that_adds_the_same_resource_meanwhile(
    room: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The write that came second is tried again and finds the resource."""
    room.sources["library"].show(1, title="One")
    room.sources["library"].show(2, title="Two")
    filer, calls = type(room.collect.filer), list[Facts]()
    file = filer.file

    def conflicting(self: Any, told: Facts) -> Any:
        calls.append(told)
        if len(calls) == 2:
            raise ConflictError("already known")
        return file(self, told)

    monkeypatch.setattr(filer, "file", conflicting)
    assert (room.look().new, len(room.known())) == (2, 2)


@pytest.mark.parametrize(
    ("fault", "health"),
    [
        (FetchError("it answered 503"), Health.FAILING),
        (FetchError("it answered 410, it is gone", permanent=True), Health.GONE),
        (ParseError("it is no feed"), Health.FAILING),
    ],
)
def test_a_failing_source_is_recorded(room: Newsroom, fault: Exception, health: Health) -> None:
    """Its state, its words and how often; what it showed before stays."""
    room.sources["library"].show(1)
    room.look()
    room.sources["library"].fault = fault
    assert room.look().error == str(fault)
    record = status(room)
    assert (record.health, record.failures, record.error) == (health, 1, str(fault))
    assert record.last_ok
    assert record.first_collected
    assert len(room.known()) == 1


def test_a_fault_of_the_collector_is_a_failure_of_its_source_only(room: Newsroom) -> None:
    """Whatever it raises, the caller goes on to the next source."""
    room.sources["library"].fault = RecursionError("too deep")
    assert room.look().error == "its collector failed: RecursionError: too deep"
    assert status(room).health is Health.FAILING


def test_a_source_recovers(room: Newsroom) -> None:
    """One good collection clears what was held against it."""
    room.sources["library"].fault = FetchError("down")
    room.look()
    room.look()
    room.sources["library"].fault = None
    assert room.look().error == ""
    record = status(room)
    assert (record.health, record.failures, record.error) == (Health.WELL, 0, "")


def test_a_failing_source_is_asked_less_and_less(room: Newsroom) -> None:
    """One hour, two, four … one day at most."""
    room.sources["library"].fault = FetchError("down")
    waits = []
    for _ in range(8):
        room.look()
        record = status(room)
        assert record.due
        assert record.last_tried
        waits.append((record.due - record.last_tried) / timedelta(hours=1))
    assert waits == [1, 2, 4, 8, 16, 24, 24, 24]


def test_a_source_is_collected_when_it_is_due(room: Newsroom) -> None:
    """Not before its hour is over, and then again."""
    assert not room.collect("library").skipped
    assert room.collect("library").skipped
    room.move(minutes=59)
    assert room.collect("library").skipped
    room.move(minutes=2)
    assert not room.collect("library").skipped


def test_a_source_may_ask_for_more_time_but_not_for_ever(room: Newsroom) -> None:
    """Retry-After counts up to a day."""
    room.sources["library"].wait = timedelta(days=30)
    room.look()
    record = status(room)
    assert record.due
    assert record.last_ok
    assert record.due - record.last_ok == timedelta(days=1)


@pytest.mark.parametrize(("asked", "kept"), [(1, 1), (5, 5), (48, 24)])
def test_a_source_that_refuses_us_may_say_for_how_long(
    room: Newsroom, asked: int, kept: int
) -> None:
    """Retry-After counts on "too many requests" too: at least our own wait, a day at most."""
    wait = timedelta(hours=asked)
    room.sources["library"].fault = FetchError("429 we asked too often", wait=wait)
    room.look()
    record = status(room)
    assert record.due
    assert record.last_tried
    assert record.due - record.last_tried == timedelta(hours=kept)


def test_a_source_under_collection_is_left_to_who_collects_it(room: Newsroom) -> None:
    """Two processes do not fetch the same source at once."""
    with room.store.begin() as work:
        assert work.sources.claim("library", START, START + timedelta(minutes=30))
    assert room.collect("library").skipped


def test_a_turn_that_was_never_finished_ends(room: Newsroom) -> None:
    """A process that died while collecting keeps nobody out for long."""
    with room.store.begin() as work:
        work.sources.claim("library", START, START + timedelta(minutes=30))
    room.move(minutes=31)
    assert not room.collect("library").skipped


def test_a_locked_database_is_no_fault_of_the_source(
    room: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The caller is told; the source's record stays clean."""
    room.sources["library"].show(1)
    room.look()

    def locked(*_: object, **__: object) -> None:
        raise StorageError("the database is locked")

    monkeypatch.setattr(Keeping, "_together", locked)
    with pytest.raises(StorageError, match="locked"):
        room.look()
    assert (status(room).health, status(room).failures) == (Health.WELL, 0)


def test_a_source_that_is_not_configured_is_wrong_use(room: Newsroom) -> None:
    """The sentence lists those there are."""
    with pytest.raises(UsageError, match=r'^no source "libary"; expected one of library$'):
        room.look("libary")


def backlog(room: Newsroom) -> dict[str, bool]:
    with room.store.read() as work:
        return {f.resource.facts.title: f.resource.backlog for f in work.resources.newest(1000)}


def test_the_first_collection_takes_the_old_as_known(room: Newsroom) -> None:
    """Dated items older than 30 days are backlog; younger ones enter an edition."""
    source = room.sources["library"]
    source.show(1, title="old", published=on(START - timedelta(days=31)))
    source.show(2, title="young", published=on(START - timedelta(days=29)))
    room.look()
    assert backlog(room) == {"old": True, "young": False}


def test_an_inexact_date_that_may_be_recent_is_not_old(room: Newsroom) -> None:
    """Only "2026" or "2026-11" may be of yesterday; "2025" and "2026-09" are surely over."""
    for number, text in enumerate(("2026", "2026-11", "2026-10", "2026-09", "2025")):
        room.sources["library"].show(number, title=text, published=Published.parse(text))
    room.look()
    assert [title for title, old in backlog(room).items() if old] == ["2026-09", "2025"]


def test_of_undated_items_the_first_ten_count_as_new(room: Newsroom) -> None:
    """Nobody knows how old they are; sources list the newest first. Impossible dates are none."""
    wrong = Published(datetime(2031, 1, 1, tzinfo=UTC))
    for number in range(1, 14):
        room.sources["library"].show(
            number, title=f"{number}", published=wrong if number == 1 else None
        )
    room.look()
    assert [title for title, old in backlog(room).items() if old] == ["13", "12", "11"]


def test_after_the_first_collection_nothing_is_backlog(room: Newsroom) -> None:
    """A back-dated item that we had not seen is new."""
    room.look()
    room.sources["library"].show(1, title="old", published=on(START - timedelta(days=900)))
    room.look()
    assert backlog(room) == {"old": False}


def test_a_first_collection_that_failed_is_still_to_come(room: Newsroom) -> None:
    """An error page is no first sight of a source."""
    room.sources["library"].fault = FetchError("down")
    room.look()
    room.sources["library"].fault = None
    room.sources["library"].show(1, title="old", published=on(START - timedelta(days=900)))
    room.look()
    assert backlog(room) == {"old": True}


def test_a_first_collection_cut_off_in_the_middle_is_gone_on_with(
    room: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second try takes the rest, by the same rule of the backlog."""
    for number in range(150):
        room.sources["library"].show(number, published=on(START - timedelta(days=900)))
    keep_all = Keeping._together
    calls: list[int] = []

    def cut_off(self: Any, *args: Any) -> Any:
        calls.append(1)
        if len(calls) == 2:
            raise StorageError("the disk is full")
        return keep_all(self, *args)

    monkeypatch.setattr(Keeping, "_together", cut_off)
    with pytest.raises(StorageError):
        room.look()
    assert len(room.known()) == 100
    assert room.look().new == 50
    assert set(backlog(room).values()) == {True}
