"""What editors do: refused when it makes no sense, harmless when it comes too late."""

from __future__ import annotations

from datetime import timedelta

import pytest

from digest.core.decision import Act
from digest.core.edition import EditionId, EditionState
from digest.core.newsletter import OTHER, Approval
from digest.core.outbox import DeliveryState
from digest.core.resource import ResourceId
from digest.errors import ConflictError, UsageError
from digest.storage import Database
from tests.builders import a_newsletter
from tests.fakes import FakePeople
from tests.newsroom import Newsroom


@pytest.fixture
def room(store: Database) -> Newsroom:
    """A newsletter that editors let out, with one reader."""
    plan = a_newsletter(approval=Approval.MANUAL)
    return Newsroom(store, plan, people=FakePeople(weekly=[None]))


@pytest.fixture
def draft(room: Newsroom) -> EditionId:
    """A draft with one item."""
    room.sources["library"].show(1, title="One")
    room.look()
    report = room.make()
    assert report.edition
    return report.edition


def decisions(room: Newsroom, edition: EditionId) -> list[tuple[Act, str, str]]:
    with room.store.read() as work:
        return [(d.act, d.value, d.by) for d in work.editions.decisions(edition)]


@pytest.mark.parametrize(
    ("act", "value"),
    [
        (Act.DROP, "off topic"),
        (Act.MOVE, "theme-2"),
        (Act.MOVE, OTHER),
        (Act.PIN, "yes"),
        (Act.RETITLE, "Better"),
        (Act.SUMMARISE, "Shorter"),
        (Act.REORDER, "1"),
        (Act.NOTE, "See also"),
    ],
)
def test_a_decision_and_its_taking_back_are_kept(
    room: Newsroom, draft: EditionId, act: Act, value: str
) -> None:
    """An empty value takes any kind of decision back; the draft is then as before."""
    before = room.approve.preview(draft)
    number = room.known()["One"]
    room.decide(draft, act, value, number)
    room.decide(draft, act, "", number)
    assert decisions(room, draft) == [(act, value, "mira"), (act, "", "mira")]
    assert room.approve.preview(draft) == before


def test_a_pin_is_taken_back_without_naming_the_item(room: Newsroom, draft: EditionId) -> None:
    """There is only one."""
    room.decide(draft, Act.PIN, "yes", room.known()["One"])
    room.decide(draft, Act.PIN, "")
    assert room.approve.preview(draft).featured is None


@pytest.mark.parametrize(
    ("act", "value", "number", "said"),
    [
        (
            Act.MOVE,
            "theme-9",
            1,
            'no theme "theme-9"; expected one of theme-1, theme-2, theme-3, other',
        ),
        (Act.REORDER, "0", 1, 'expected a position from 1, not "0"'),
        (Act.REORDER, "foremost", 1, 'expected a position from 1, not "foremost"'),
        (Act.REORDER, "٣", 1, 'expected a position from 1, not "٣"'),
        (Act.REORDER, "9" * 5000, 1, "expected a position from 1, not"),
        (Act.DROP, "x", 99, "no resource 99; `digest resources list` shows those there are"),
        (Act.DROP, "x", None, "expected the number of the resource to drop"),
        (Act.PIN, "yes", None, "expected the number of the resource to pin"),
        (Act.SUBJECT, "x", 1, "subject is about the edition as a whole, not about a resource"),
    ],
)
def test_a_decision_that_makes_no_sense_is_refused(
    room: Newsroom, draft: EditionId, act: Act, value: str, number: int | None, said: str
) -> None:
    """With a sentence, and nothing kept."""
    resource = room.known()["One"] if number == 1 else number
    with pytest.raises(UsageError) as told:
        room.decide(draft, act, value, resource)
    assert str(told.value).startswith(said)
    assert decisions(room, draft) == []


def test_a_decision_comes_too_late_for_an_approved_edition(
    room: Newsroom, draft: EditionId
) -> None:
    """It says so instead of changing nothing in silence."""
    room.approve(draft, by="mira")
    with pytest.raises(ConflictError, match="is approved, no draft any more"):
        room.decide(draft, Act.SUBJECT, "Late")


def test_a_cancelled_draft_gives_back_what_it_held(room: Newsroom, draft: EditionId) -> None:
    """The next edition takes it; why it was cancelled stays."""
    room.curate.cancel(draft, why="too thin")
    record = room.record(draft)
    assert (record.state, record.reason) == (EditionState.CANCELLED, "too thin")
    assert room.make().items == 1


def counts(room: Newsroom, edition: EditionId) -> dict[DeliveryState, int]:
    with room.store.read() as work:
        return {state: rows for state, rows in work.deliveries.counts(edition).items() if rows}


def test_a_cancelled_edition_that_nobody_got_gives_back_what_it_held(
    room: Newsroom, draft: EditionId
) -> None:
    """Its deliveries are cancelled, and the next edition takes it all."""
    room.approve(draft, by="mira")
    room.curate.cancel(draft, why="wrong link")
    assert counts(room, draft) == {DeliveryState.CANCELLED: 1}
    assert room.make().items == 1


def test_a_cancelled_edition_that_somebody_got_keeps_what_it_held(store: Database) -> None:
    """Only the rest is stopped; nothing comes twice to those who have it."""
    plan = a_newsletter(approval=Approval.MANUAL)
    room = Newsroom(store, plan, people=FakePeople(weekly=[None, None]))
    room.sources["library"].show(1)
    room.look()
    edition = room.make().edition or EditionId(0)
    room.approve(edition, by="mira")
    now = room.clock.now()
    with room.store.begin() as work:
        work.deliveries.claim(edition, "worker", now, now + timedelta(minutes=5), 1)
    room.curate.cancel(edition, why="wrong link")
    assert counts(room, edition) == {DeliveryState.CLAIMED: 1, DeliveryState.CANCELLED: 1}
    assert room.make().reason == "nothing new"


@pytest.mark.parametrize("times", [1, 2])
def test_an_edition_is_cancelled_once(room: Newsroom, draft: EditionId, times: int) -> None:
    """Again, or one that was never there, is told."""
    for _ in range(times):
        if room.record(draft).state is EditionState.DRAFT:
            room.curate.cancel(draft, why="too thin")
    with pytest.raises(ConflictError, match="is cancelled already"):
        room.curate.cancel(draft, why="again")


def test_cancelling_what_is_not_there_is_wrong_use(room: Newsroom) -> None:
    """The sentence says how to find those there are."""
    with pytest.raises(UsageError, match=r"^no edition 77; `digest editions list`"):
        room.curate.cancel(EditionId(77), why="x")


def test_an_editor_files_a_resource(room: Newsroom, draft: EditionId) -> None:
    """With their name in the reason."""
    number = room.known()["One"]
    room.curate.file(number, "theme-3", by="mira")
    with room.store.read() as work:
        item = work.resources.get(number)
    assert item
    assert (item.filing.theme, str(item.filing.reason)) == ("theme-3", "mira filed it there")


@pytest.mark.parametrize(("number", "theme"), [(99, "theme-1"), (1, "theme-9")])
def test_filing_what_or_where_is_not_there_is_wrong_use(
    room: Newsroom, draft: EditionId, number: int, theme: str
) -> None:
    """Nothing is changed."""
    with pytest.raises(UsageError, match=r"^no (resource|theme) "):
        room.curate.file(ResourceId(number), theme, by="mira")


def test_hiding_what_is_not_there_is_wrong_use(room: Newsroom) -> None:
    """As any other act."""
    with pytest.raises(UsageError, match=r"^no resource 99"):
        room.curate.hide(ResourceId(99), hidden=True)


def test_an_item_hidden_in_a_waiting_draft_does_not_go_out(
    room: Newsroom, draft: EditionId
) -> None:
    """The draft is composed anew at approval; hiding counts at once."""
    room.sources["library"].show(2, title="Two")
    room.look()
    room.curate.cancel(draft, why="wait for more")
    both = room.make().edition or EditionId(0)
    room.curate.hide(room.known()["One"], hidden=True)
    room.approve(both, by="mira")
    assert room.sent() == [["Two"]]
