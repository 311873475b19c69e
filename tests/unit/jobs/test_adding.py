"""What editors bring into a draft by its address."""

from __future__ import annotations

from datetime import datetime

import pytest

from digest.core.decision import Act
from digest.core.edition import EditionId
from digest.core.newsletter import Approval
from digest.core.resource import ResourceId
from digest.core.source import BY_HAND, Sighting
from digest.errors import ConflictError, DigestError, FetchError, UsageError
from digest.jobs.adding import Added, Adding, Addition
from digest.storage import Database
from tests.builders import a_newsletter
from tests.newsroom import Newsroom

URL = "https://paper.example.org/sponge"


class FakeReader:
    """Reads every page but those that are out of order."""

    def __init__(self) -> None:
        self.fault: DigestError | None = None

    def look(self, url: str, now: datetime) -> Sighting:
        if self.fault:
            raise self.fault
        return Sighting(BY_HAND, url, url, "Sponge", now, "Soaks.", tags=("t2",), issuer="Paper")


@pytest.fixture
def room(store: Database) -> Newsroom:
    """Two newsletters; the weekly carries two themes."""
    weekly = a_newsletter(themes=("theme-1", "theme-2"), approval=Approval.MANUAL)
    other = a_newsletter(slug="monthly", themes=(), approval=Approval.MANUAL)
    room = Newsroom(store, weekly, other)
    room.sources["library"].show(1, title="One")
    room.look()
    return room


@pytest.fixture
def draft(room: Newsroom) -> EditionId:
    edition = room.make().edition
    assert edition
    return edition


@pytest.fixture
def reader() -> FakeReader:
    return FakeReader()


@pytest.fixture
def adding(room: Newsroom, reader: FakeReader) -> Adding:
    host = "digest.example.org"
    return Adding(room.store, room.clock, room.collect.filer, reader, room.deciding, host)


def add(adding: Adding, draft: EditionId, url: str = URL, **wanted: str) -> Added:
    return adding(draft, Addition(url, **wanted), by="ada")


def held(room: Newsroom, draft: EditionId) -> dict[str, str]:
    """Theme of each item, by title."""
    return {entry.title: entry.theme for entry in room.approve.preview(draft).entries()}


def test_a_page_goes_into_this_draft_and_no_other(
    room: Newsroom, draft: EditionId, adding: Adding
) -> None:
    """Under the theme of the rules, with its publisher as source; approved, it goes out."""
    added = add(adding, draft)
    assert (added.title, added.theme) == ("Sponge", "theme-2")
    assert held(room, draft) == {"One": "theme-1", "Sponge": "theme-2"}
    monthly = room.make("monthly").edition or EditionId(0)
    assert held(room, monthly) == {"One": "theme-1"}
    room.approve(draft, by="ada")
    assert sorted(room.sent()[0]) == ["One", "Sponge"]
    room.sources["library"].show(2, title="Two")
    room.look()
    assert held(room, room.make().edition or EditionId(0)) == {"Two": "theme-1"}


def test_taking_it_back_leaves_the_draft_as_it_was(
    room: Newsroom, draft: EditionId, adding: Adding
) -> None:
    """By undo; it can be brought in again."""
    before = room.approve.preview(draft)
    add(adding, draft)
    room.deciding.undo(draft, by="ada")
    assert room.approve.preview(draft) == before
    add(adding, draft)
    assert "Sponge" in held(room, draft)


def test_the_editor_has_the_last_word_on_words_and_theme(
    room: Newsroom, draft: EditionId, adding: Adding
) -> None:
    """Title, summary and theme of the editor count, on what is new and on what was known."""
    add(adding, draft, title="Mine", summary="Short.", theme="theme-1")
    assert held(room, draft) == {"One": "theme-1", "Mine": "theme-1"}
    room.deciding.undo(draft, by="ada")
    add(adding, draft, title="Mine now")
    assert "Mine now" in held(room, draft)


def test_what_cannot_be_read_needs_a_title(
    room: Newsroom, draft: EditionId, adding: Adding, reader: FakeReader
) -> None:
    """Else the fault is told, and nothing is kept."""
    reader.fault = FetchError("the paper is out of order")
    with pytest.raises(FetchError, match="out of order"):
        add(adding, draft)
    assert set(room.known()) == {"One"}
    add(adding, draft, url="paper.example.org/sponge", title="Typed in")
    assert "Typed in" in held(room, draft)


@pytest.mark.parametrize(
    ("url", "wanted", "fault", "said"),
    [
        ("javascript:alert(1)//", {}, UsageError, "is not http or https"),
        (URL, {"theme": "theme-3"}, UsageError, "weekly has no theme theme-3"),
        (URL, {"theme": "theme-9"}, UsageError, "theme-9"),
        ("https://library.example.org/items/1", {}, ConflictError, "holds it already, as item"),
    ],
)
def test_what_makes_no_sense_is_told(
    room: Newsroom,
    draft: EditionId,
    adding: Adding,
    url: str,
    wanted: dict[str, str],
    fault: type[Exception],
    said: str,
) -> None:
    """With a sentence; nothing is kept."""
    with pytest.raises(fault, match=said):
        add(adding, draft, url, **wanted)
    assert set(room.known()) == {"One"}


def test_a_newsletter_takes_nothing_twice(room: Newsroom, draft: EditionId, adding: Adding) -> None:
    """What an earlier edition had is told with that edition."""
    number = room.known()["One"]
    room.approve(draft, by="ada")
    room.sources["library"].show(2, title="Two")
    room.look()
    later = room.make().edition or EditionId(0)
    with pytest.raises(ConflictError, match=r"is in weekly/2026-11-16 already"):
        add(adding, later, "https://library.example.org/items/1")
    with pytest.raises(ConflictError, match=r"is in weekly/2026-11-16 already"):
        room.decide(later, Act.ADD, "theme-1", int(number))


def test_when_a_source_shows_it_later_other_newsletters_take_it(
    room: Newsroom, draft: EditionId, adding: Adding
) -> None:
    """It was kept out of them only because nobody had shown it."""
    add(adding, draft)
    room.sources["library"].show(7, title="Sponge", url=URL)
    room.look()
    room.move(days=1)
    assert "Sponge" in held(room, room.make("monthly").edition or EditionId(0))
    with room.store.read() as work:
        found = work.resources.get(ResourceId(room.known()["Sponge"]))
    assert found
    assert found.resource.facts.sources == (BY_HAND, "library")
