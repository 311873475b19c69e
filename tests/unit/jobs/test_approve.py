"""Approving: freeze the content, the audience and the ledger, at once and once."""

from __future__ import annotations

from typing import NoReturn

import pytest

from digest.core.decision import Act
from digest.core.edition import EditionId, EditionState, content_hash
from digest.core.newsletter import Approval
from digest.errors import ConflictError, StorageError, UsageError
from digest.storage import Database
from tests.builders import a_newsletter
from tests.fakes import FakePeople
from tests.newsroom import Newsroom

ALL = None


@pytest.fixture
def room(store: Database) -> Newsroom:
    """A newsletter that editors let out, with three readers."""
    people = FakePeople(weekly=[ALL, ("theme-2", "theme-1"), ("theme-3",)])
    return Newsroom(store, a_newsletter(approval=Approval.MANUAL), people=people)


def draft(room: Newsroom, *numbers: int) -> EditionId:
    for number in numbers or (1, 2):
        room.sources["library"].show(number, title=f"Part {number}", tags=(f"t{number}",))
    room.look()
    report = room.make()
    assert report.edition
    return report.edition


def deliveries(room: Newsroom, edition: EditionId) -> dict[int, tuple[str, ...]]:
    with room.store.read() as work:
        return {row.subscriber: row.themes for row in work.deliveries.list(edition)}


def test_an_approved_edition_is_frozen_with_its_hash(room: Newsroom) -> None:
    """What is kept is what was approved; who and when stand beside it."""
    edition = draft(room)
    approval = room.approve(edition, by="mira")
    record = room.record(edition)
    assert record.edition == approval.edition
    assert record.content_hash == approval.content_hash == content_hash(approval.edition)
    assert (record.state, record.approved_by, record.number) == (EditionState.APPROVED, "mira", 1)
    assert record.tag == "tag:digest.example.org,2026:edition/weekly/2026-11-16"


def test_each_reader_is_put_on_the_ledger_with_their_themes(room: Newsroom) -> None:
    """Who follows none of the edition's themes gets no letter."""
    edition = draft(room)
    assert room.approve(edition, by="mira").audience == 2
    both = ("theme-1", "theme-2")
    assert deliveries(room, edition) == {1: both, 2: both}


def test_the_preview_is_what_would_be_approved(room: Newsroom) -> None:
    """Number and address included, so that its hash is the one to approve."""
    edition = draft(room)
    seen = room.approve.preview(edition)
    assert room.approve(edition, by="mira", expecting=content_hash(seen)).edition == seen


def test_looking_changes_nothing(room: Newsroom) -> None:
    """A preview leaves the draft as it is."""
    edition = draft(room)
    before = room.record(edition)
    room.approve.preview(edition)
    assert room.record(edition) == before


def test_a_draft_that_changed_since_it_was_seen_is_not_approved(room: Newsroom) -> None:
    """Any decision in between voids the approval; nothing goes out."""
    edition = draft(room)
    seen = content_hash(room.approve.preview(edition))
    room.decide(edition, Act.SUBJECT, "Another word")
    with pytest.raises(ConflictError, match="changed since it was previewed"):
        room.approve(edition, by="mira", expecting=seen)
    assert room.record(edition).state is EditionState.DRAFT
    assert deliveries(room, edition) == {}


def test_an_edition_is_approved_once(room: Newsroom) -> None:
    """The second time says what it is already; the ledger stays as it was."""
    edition = draft(room)
    room.approve(edition, by="mira")
    before = deliveries(room, edition)
    with pytest.raises(ConflictError, match=f"edition {edition} is approved, no draft any more"):
        room.approve(edition, by="tom")
    assert (deliveries(room, edition), room.record(edition).approved_by) == (before, "mira")


def test_an_edition_that_does_not_exist_is_wrong_use(room: Newsroom) -> None:
    """The sentence says how to find those there are."""
    with pytest.raises(UsageError, match=r"^no edition 77; `digest editions list` shows"):
        room.approve(EditionId(77), by="mira")


def test_an_empty_draft_is_not_approved(room: Newsroom) -> None:
    """Nobody gets a letter with nothing in it."""
    edition = draft(room, 1)
    room.decide(edition, Act.DROP, "off topic", room.known()["Part 1"])
    with pytest.raises(UsageError, match="nothing in it"):
        room.approve(edition, by="mira")
    assert deliveries(room, edition) == {}


def test_what_was_dropped_after_the_window_closed_has_its_reason(room: Newsroom) -> None:
    """It is not in the edition, and the system says why, for ever."""
    edition = draft(room)
    number = room.known()["Part 1"]
    room.decide(edition, Act.DROP, "off topic", number)
    room.approve(edition, by="mira")
    ((record, why),) = room.fate(number)
    assert (record.id, str(why)) == (edition, "mira dropped it: off topic")


def test_what_was_brought_in_after_the_window_closed_has_no_reason_against_it(
    store: Database,
) -> None:
    """Moved to a theme that is carried, it is in, and nothing says that it is out."""
    room = Newsroom(store, a_newsletter(approval=Approval.MANUAL, themes=("theme-1",)))
    edition = draft(room)
    number = room.known()["Part 2"]
    room.decide(edition, Act.MOVE, "theme-1", number)
    room.approve(edition, by="mira")
    assert sorted(room.sent()[0]) == ["Part 1", "Part 2"]
    assert [why for _, why in room.fate(number)] == [None]


def test_an_early_approval_counts_for_the_slot(room: Newsroom) -> None:
    """Approved on Saturday, Monday's edition is made; its slot is not due again."""
    room.assemble.due("weekly")
    draft(room, 1)
    room.sources["library"].show(2, title="Part 2")
    room.look()
    slot = room.assemble.next("weekly")
    assert slot
    with room.store.begin() as work:
        edition = work.editions.add("weekly", slot, slot, EditionState.DRAFT).id
    room.approve(edition, by="mira")
    room.move(hours=2)
    assert room.assemble.due("weekly") is None
    assert room.sent() == [["Part 2"]]


def test_editions_are_numbered_in_the_order_of_their_approval(room: Newsroom) -> None:
    """A draft that was cancelled leaves no gap; two of one day have their own addresses."""
    first, second, third = draft(room, 1), draft(room, 2), draft(room, 3)
    room.curate.cancel(second, why="too thin")
    room.approve(third, by="mira")
    room.approve(first, by="mira")
    names = [(room.record(one).number, room.record(one).slug) for one in (third, first)]
    assert names == [(1, "2026-11-16"), (2, "2026-11-16-2")]


def test_the_address_is_the_local_day(store: Database) -> None:
    """At 23:30 in UTC it is tomorrow in Berlin."""
    room = Newsroom(store)
    room.move(hours=17, minutes=30)
    draft(room)
    with room.store.read() as work:
        (issue,) = work.editions.issues("weekly")
    assert issue.edition.slug == "2026-11-17"


def test_a_crash_within_an_approval_leaves_the_draft(
    room: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Content, items and ledger are one transaction: all or nothing; then it works."""
    edition = draft(room)

    def crash(newsletter: str) -> NoReturn:
        raise StorageError("the connection was lost")

    monkeypatch.setattr(room.approve.people, "audience", crash)
    with pytest.raises(StorageError):
        room.approve(edition, by="mira")
    assert room.record(edition).state is EditionState.DRAFT
    monkeypatch.undo()
    assert room.approve(edition, by="mira").audience == 2
