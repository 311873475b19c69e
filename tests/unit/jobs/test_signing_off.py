"""Letting a draft out by hand: checks, one or two pairs of eyes, and taking it back."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from digest.core.decision import Act
from digest.core.edition import EditionId, EditionState, content_hash
from digest.core.newsletter import Approval
from digest.errors import BlockedError, ConflictError
from digest.jobs.approve import Approval as Approved
from digest.storage import Database
from tests.builders import a_newsletter
from tests.fakes import FakePeople
from tests.newsroom import Newsroom

MANUAL = Approval.MANUAL


def a_room(store: Database, **over: object) -> Newsroom:
    people = FakePeople(weekly=[None, ("theme-1",), ("theme-3",)])
    return Newsroom(store, a_newsletter(approval=MANUAL, **over), people=people)


def a_draft(room: Newsroom) -> EditionId:
    room.sources["library"].show(1, title="Part 1")
    room.look()
    edition = room.make().edition
    assert edition
    return edition


def letters(room: Newsroom, edition: EditionId) -> int:
    with room.store.read() as work:
        return sum(work.deliveries.counts(edition).values())


def test_a_check_that_blocks_stops_an_approval(store: Database) -> None:
    """Nothing is signed; with a reason it goes out, and the reason is kept."""
    room = a_room(store)
    edition = a_draft(room)
    room.fault = "a link leads nowhere"
    with pytest.raises(BlockedError, match=r"is blocked: a link leads nowhere \(links\); mend it"):
        room.sign_off(edition, by="mira")
    assert room.record(edition).state is EditionState.DRAFT
    room.sign_off(edition, by="mira", despite="the page comes at noon")
    with store.read() as work:
        (signature,) = work.editions.signatures(edition)
    assert (signature.by, signature.despite) == ("mira", "the page comes at noon")
    assert room.record(edition).state is EditionState.APPROVED


def test_two_pairs_of_eyes_are_two_people(store: Database) -> None:
    """The first word freezes nothing; the same person again does not count, however spelled."""
    room = a_room(store, approvals=2)
    edition = a_draft(room)
    assert room.sign_off(edition, by="Mira").missing == 1
    assert room.record(edition).state is EditionState.DRAFT
    with pytest.raises(ConflictError, match="mira approved it already; somebody else has to"):
        room.sign_off(edition, by="mira")
    assert room.sign_off(edition, by="tom").audience == 2
    assert room.record(edition).state is EditionState.APPROVED


def test_a_change_between_two_approvals_voids_the_first(store: Database) -> None:
    """Each signed for a content; the new one has one word only."""
    room = a_room(store, approvals=2)
    edition = a_draft(room)
    room.sign_off(edition, by="mira")
    room.decide(edition, Act.SUBJECT, "Another word")
    assert room.sign_off(edition, by="tom").missing == 1
    assert room.sign_off(edition, by="mira").missing == 0


def test_two_people_approve_at_once(store: Database) -> None:
    """One of them is the first and one the second, and the audience is frozen once."""
    room = a_room(store, approvals=2)
    edition = a_draft(room)

    def sign(name: str) -> Approved:
        return room.sign_off(edition, by=name)

    with ThreadPoolExecutor(2) as pool:
        missing = sorted(approval.missing for approval in pool.map(sign, ("mira", "tom")))
    assert missing == [0, 1]
    assert letters(room, edition) == 2


def test_what_comes_after_the_first_approval_is_for_the_next_edition(store: Database) -> None:
    """Else the second would hardly ever see what the first did."""
    room = a_room(store, approvals=2)
    edition = a_draft(room)
    first = room.sign_off(edition, by="mira")
    room.sources["library"].show(2, title="Part 2")
    room.look()
    second = room.sign_off(edition, by="tom", expecting=first.content_hash)
    assert second.content_hash == first.content_hash


def test_an_approval_that_is_held_back_can_be_taken_back(store: Database) -> None:
    """Nothing is due, nothing public; afterwards it is a draft as if nobody had signed."""
    room = a_room(store, hold_for=timedelta(minutes=10))
    edition = a_draft(room)
    seen = content_hash(room.approve.preview(edition))
    approval = room.sign_off(edition, by="mira")
    assert approval.hold_until == room.record(edition).hold_until
    assert (room.record(edition).state, letters(room, edition)) == (EditionState.READY, 0)
    assert room.sent() == []
    room.approve.withdraw(edition, by="tom")
    record = room.record(edition)
    assert (record.state, record.number, record.edition) == (EditionState.DRAFT, 0, None)
    assert record.waits == "tom took the approval back"
    room.move(hours=1)
    assert room.release.due() == []
    assert room.sign_off(edition, by="mira").content_hash == seen


def test_an_approval_that_nobody_takes_back_goes_out(store: Database) -> None:
    """When its time is over, and not before; then it is too late to take it back."""
    room = a_room(store, hold_for=timedelta(minutes=10))
    edition = a_draft(room)
    room.sign_off(edition, by="mira")
    assert room.release.due() == []
    assert room.release(edition).state is EditionState.READY
    room.move(minutes=11)
    assert room.release.due() == [edition]
    assert room.release(edition).state is EditionState.APPROVED
    assert room.release(edition).state is EditionState.APPROVED
    assert letters(room, edition) == 2
    with pytest.raises(ConflictError, match="is approved; an approval can be taken back only"):
        room.approve.withdraw(edition, by="tom")


def test_a_draft_that_nobody_touches_goes_out(store: Database) -> None:
    """After the time set; in the ledger it was the schedule that approved it."""
    room = a_room(store, auto_send_after=timedelta(hours=2))
    edition = a_draft(room)
    room.move(hours=1)
    assert room.release.due() == []
    room.move(hours=2)
    (due,) = room.release.due()
    assert room.release(due).state is EditionState.APPROVED
    assert room.record(edition).approved_by == "schedule"


def test_a_draft_that_somebody_touches_waits_for_people(store: Database) -> None:
    """Who works on it says when it is done."""
    room = a_room(store, auto_send_after=timedelta(hours=2))
    edition = a_draft(room)
    room.decide(edition, Act.SUBJECT, "Better words")
    room.move(hours=3)
    assert room.release.due() == []
    assert room.record(edition).state is EditionState.DRAFT


def test_a_check_stops_what_goes_by_itself(store: Database) -> None:
    """It is a draft then, says why, and is not tried again and again."""
    room = Newsroom(store, people=FakePeople(weekly=[None]))
    room.fault = "nobody could leave"
    room.sources["library"].show(1)
    room.look()
    report = room.make()
    assert (report.state, report.reason) == (
        EditionState.DRAFT, "a check blocks it: nobody could leave (links)",
    )  # fmt: skip
    assert room.release.due() == []
    assert letters(room, EditionId(report.edition or 0)) == 0


def test_a_held_approval_can_be_cancelled(store: Database) -> None:
    """Its items are free for the next edition."""
    room = a_room(store, hold_for=timedelta(minutes=10))
    edition = a_draft(room)
    room.sign_off(edition, by="mira")
    room.curate.cancel(edition, why="not today")
    assert room.record(edition).state is EditionState.CANCELLED
    assert room.make().items == 1


def test_the_audience_is_kept_as_it_was_frozen(store: Database) -> None:
    """Readers by theme and selection, and those who follow nothing of it."""
    room = a_room(store)
    edition = a_draft(room)
    room.sign_off(edition, by="mira")
    reach = room.record(edition).reach
    assert reach
    assert (reach.readers, reach.subscriptions) == (2, 3)
    assert [(share.name, share.people) for share in reach.themes] == [("theme-1", 2)]
    assert [(share.name, share.people) for share in reach.left_out] == [
        ("follow none of its themes", 1)
    ]
