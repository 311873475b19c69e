"""Assembling: one edition per slot, once, or a recorded reason why there is none."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from digest.core.decision import Act
from digest.core.edition import EditionId, EditionState
from digest.core.newsletter import Approval
from digest.core.published import Published
from digest.errors import UsageError
from digest.jobs.ahead import Ahead
from digest.storage import Database
from tests.builders import MONDAY, a_newsletter
from tests.newsroom import START, Newsroom

SLOT = START + timedelta(minutes=30)
"""The weekly's first slot: Monday, 07:30 in Berlin."""


def early(room: Newsroom, slot: datetime, newsletter: str = "weekly") -> EditionId:
    """A draft that an editor opened ahead of its time."""
    with room.store.begin() as work:
        return work.editions.add(newsletter, slot, slot, EditionState.DRAFT).id


def show(room: Newsroom, *numbers: int, tag: str = "t1") -> None:
    for number in numbers:
        room.sources["library"].show(number, title=f"Part {number}", tags=(tag,))
    room.look()


def manual(store: Database) -> Newsroom:
    return Newsroom(store, a_newsletter(approval=Approval.MANUAL))


def test_nothing_is_due_before_the_first_slot_since_the_newsletter_is_known(room: Newsroom) -> None:
    """A newsletter that was configured today has no missed editions of last year."""
    assert room.assemble.due("weekly") is None
    room.move(minutes=29)
    assert room.assemble.due("weekly") is None
    room.move(minutes=2)
    assert room.assemble.due("weekly") == SLOT


def test_the_next_edition_is_told(room: Newsroom) -> None:
    """For whoever asks when it comes."""
    assert room.assemble.next("weekly") == SLOT


@pytest.mark.parametrize("end", ["approve", "cancel"])
def test_after_an_early_end_the_next_draft_is_for_the_next_slot(store: Database, end: str) -> None:
    """An edition that was approved or cancelled before its time has its slot for good."""
    room = manual(store)
    ahead = Ahead(store, room.clock, room.drafting)
    show(room, 1)
    first = ahead("weekly")
    if end == "approve":
        room.sign_off(first.id, by="mira")
    else:
        with store.begin() as work:
            work.editions.close(first.id, EditionState.CANCELLED, "not now")
    again = ahead("weekly")
    assert (first.slot, again.slot) == (SLOT, SLOT + timedelta(weeks=1))
    assert ahead("weekly").id == again.id != first.id


def test_an_edition_takes_all_that_is_new(room: Newsroom) -> None:
    """And is approved at once, as its newsletter says."""
    show(room, 1, 2)
    report = room.assemble("weekly", SLOT)
    assert (report.state, report.items) == (EditionState.APPROVED, 2)
    assert sorted(room.sent()[0]) == ["Part 1", "Part 2"]


def test_a_slot_is_made_once(room: Newsroom) -> None:
    """However often it is asked for, and whatever came meanwhile."""
    show(room, 1)
    room.assemble("weekly", SLOT)
    show(room, 2)
    again = room.assemble("weekly", SLOT)
    assert again.state is None
    assert room.sent() == [["Part 1"]]


def test_what_was_taken_is_not_taken_again(room: Newsroom) -> None:
    """The next edition holds only what is new since."""
    show(room, 1)
    room.make()
    show(room, 2)
    room.make()
    assert room.sent() == [["Part 1"], ["Part 2"]]


def test_nothing_new_is_a_recorded_outcome(room: Newsroom) -> None:
    """Silence would leave readers and editors guessing."""
    report = room.make()
    record = room.record(report.edition)
    assert (record.state, record.reason) == (EditionState.SKIPPED, "nothing new")


def test_a_skipped_slot_is_not_due_again(room: Newsroom) -> None:
    """Its outcome counts as made."""
    room.assemble.due("weekly")
    room.move(hours=1)
    slot = room.assemble.due("weekly")
    assert slot
    room.assemble("weekly", slot)
    assert room.assemble.due("weekly") is None


def test_too_few_items_wait_for_the_next_edition(store: Database) -> None:
    """With fewer than ``min_items`` none is made, and none is lost."""
    room = Newsroom(store, a_newsletter(min_items=2))
    show(room, 1)
    report = room.make()
    assert report.reason == "1 new, at least 2 wanted; they wait for the next edition"
    show(room, 2)
    room.make()
    assert [sorted(titles) for titles in room.sent()] == [["Part 1", "Part 2"]]


def test_a_skipped_edition_keeps_why_it_left_something_out(store: Database) -> None:
    """An item the newsletter does not carry has its reason from the first look on."""
    room = Newsroom(store, a_newsletter(themes=("theme-1",)))
    show(room, 1, tag="t2")
    assert room.make().state is EditionState.SKIPPED
    ((record, why),) = room.fate(room.known()["Part 1"])
    assert why
    assert (record.state, why.rule) == (EditionState.SKIPPED, "not-carried")


def test_an_item_filed_anew_is_looked_at_again(store: Database) -> None:
    """By an editor, or by the rules when its source tags it otherwise."""
    room = Newsroom(store, a_newsletter(themes=("theme-1",)))
    show(room, 1, 2, tag="t2")
    room.make()
    room.curate.file(room.known()["Part 1"], "theme-1", by="mira")
    room.sources["library"].show(2, title="Part 2", tags=("t1",))
    room.look()
    room.make()
    assert [sorted(titles) for titles in room.sent()] == [["Part 1", "Part 2"]]


def test_a_manual_newsletter_leaves_a_draft_to_the_editors(store: Database) -> None:
    """Nothing goes out; what it holds is bound, so what comes later is for the next one."""
    room = manual(store)
    show(room, 1)
    report = room.make()
    show(room, 2)
    assert report.state is EditionState.DRAFT
    assert room.sent() == []
    assert room.approve(report.edition or EditionId(0), by="mira").edition.count == 1


def test_a_draft_that_waits_does_not_hold_up_the_next_edition(store: Database) -> None:
    """Next week's draft takes what came since, in a row of its own."""
    room = manual(store)
    show(room, 1)
    first = room.make()
    show(room, 2)
    second = room.make()
    assert second.state is EditionState.DRAFT
    for report in (first, second):
        room.approve(report.edition or EditionId(0), by="mira")
    assert room.sent() == [["Part 1"], ["Part 2"]]


def test_an_early_draft_becomes_the_edition_of_its_slot(room: Newsroom) -> None:
    """With what editors decided on it, and with all that came until its time."""
    show(room, 1, 2)
    draft = early(room, SLOT)
    room.decide(draft, Act.DROP, "off topic", room.known()["Part 1"])
    room.assemble.due("weekly")
    show(room, 3)
    room.move(hours=1)
    assert room.assemble.due("weekly") == SLOT
    assert room.assemble("weekly", SLOT).edition == draft
    assert [sorted(titles) for titles in room.sent()] == [["Part 2", "Part 3"]]


def test_decisions_outlive_an_outage(room: Newsroom) -> None:
    """The edition that catches up takes over what was decided for the slot that passed."""
    room.assemble.due("weekly")
    show(room, 1, 2)
    draft = early(room, SLOT)
    room.decide(draft, Act.DROP, "off topic", room.known()["Part 1"])
    room.move(days=15)
    slot = room.assemble.due("weekly")
    assert slot == SLOT + timedelta(days=14)
    room.assemble("weekly", slot)
    assert room.sent() == [["Part 2"]]
    assert room.record(draft).state is EditionState.SKIPPED
    assert room.assemble.due("weekly") is None


def test_an_edition_out_of_turn_is_the_one_that_editors_prepared(room: Newsroom) -> None:
    """Asked for now, the coming slot's draft goes, decisions and all; else this moment's."""
    show(room, 1)
    draft = early(room, SLOT)
    assert room.assemble.at_once("weekly") == SLOT
    assert room.assemble("weekly", SLOT).edition == draft
    assert START < room.assemble.at_once("weekly") < SLOT


def test_what_an_editor_dropped_stays_dropped_when_the_edition_is_skipped(room: Newsroom) -> None:
    """A draft of which everything was dropped is skipped; nothing of it comes next week."""
    show(room, 1)
    draft = early(room, SLOT)
    room.decide(draft, Act.DROP, "off topic", room.known()["Part 1"])
    assert room.assemble("weekly", SLOT).state is EditionState.SKIPPED
    room.make()
    assert room.sent() == []
    ((_, why),) = room.fate(room.known()["Part 1"])
    assert why
    assert str(why) == "mira dropped it: off topic"


def test_an_outage_over_several_slots_is_caught_up_once(room: Newsroom) -> None:
    """One edition of the latest slot holds it all."""
    room.assemble.due("weekly")
    show(room, 1)
    room.move(days=30)
    slot = room.assemble.due("weekly")
    assert slot == SLOT + timedelta(days=28)
    assert room.assemble("weekly", slot).items == 1
    assert room.assemble.due("weekly") is None


def test_newsletters_do_not_take_from_each_other(store: Database) -> None:
    """The same resource is once in each that carries its theme."""
    plans = (a_newsletter(), a_newsletter(slug="monthly", themes=("theme-2",)))
    room = Newsroom(store, *plans)
    show(room, 1)
    show(room, 2, tag="t2")
    room.make("weekly")
    room.make("monthly")
    assert sorted(room.sent("weekly")[0]) == ["Part 1", "Part 2"]
    assert room.sent("monthly") == [["Part 2"]]


def test_a_resource_committed_late_comes_in_the_next_edition(room: Newsroom) -> None:
    """First seen before the window closed, written after: membership counts, not time."""
    show(room, 1)
    seen = room.clock.now()
    room.make()
    show(room, 2)
    with room.store.begin() as work:
        late = work.resources.get(room.known()["Part 2"])
        assert late
        work.resources.add(
            type(late.resource.facts)("https://x.example/9", "https://x.example/9", "Late"),
            tag="tag:digest.example.org,2026:late",
            now=seen,
            backlog=False,
            filing=late.filing,
        )
    room.make()
    assert [sorted(titles) for titles in room.sent()] == [["Part 1"], ["Late", "Part 2"]]


def test_a_hidden_resource_enters_no_edition_until_it_is_brought_back(room: Newsroom) -> None:
    """Hiding is no verdict for ever."""
    show(room, 1)
    number = room.known()["Part 1"]
    room.curate.hide(number, hidden=True)
    assert room.make().reason == "nothing new"
    room.curate.hide(number, hidden=False)
    room.make()
    assert room.sent() == [["Part 1"]]


def test_backlog_enters_no_edition(room: Newsroom) -> None:
    """What was there long before we came is known, not new."""
    long_ago = Published(START - timedelta(days=900))
    room.sources["library"].show(1, published=long_ago)
    room.look()
    assert room.make().reason == "nothing new"


def test_an_unknown_newsletter_is_wrong_use(room: Newsroom) -> None:
    """The sentence lists those there are."""
    with pytest.raises(UsageError, match=r'^no newsletter "wekly"; expected one of weekly$'):
        room.assemble.due("wekly")


def test_an_edition_stands_for_its_slot(room: Newsroom) -> None:
    """Its date, its address and its number are those of the slot, however late it is made."""
    show(room, 1)
    room.move(days=9)
    room.assemble("weekly", MONDAY)
    with room.store.read() as work:
        (issue,) = work.editions.issues("weekly")
    assert (issue.edition.date, issue.edition.slug, issue.edition.number) == (
        MONDAY,
        "2026-11-23",
        1,
    )


def test_looking_whether_an_edition_is_due_waits_for_no_writer(room: Newsroom) -> None:
    """It is looked every few seconds, and somebody may be writing for longer."""
    assert room.assemble.due("weekly") is None
    room.move(hours=1)
    with room.store.begin() as work:
        work.editions.register("other", START)
        assert room.assemble.due("weekly")
