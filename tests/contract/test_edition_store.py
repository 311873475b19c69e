"""What every store promises about editions."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from digest.core.decision import Act, Decision
from digest.core.edition import EditionId, EditionState, content_hash
from digest.core.reach import Combination, Reach, Share
from digest.core.resource import ResourceId
from digest.core.signature import Signature
from digest.errors import ConflictError
from digest.ports import EditionRecord, Store
from tests.builders import MONDAY, an_edition, an_entry, an_issue
from tests.contract.keeping import HOUR, approved_edition, open_edition

WEEK = timedelta(weeks=1)


def _record(store: Store, edition: EditionId) -> EditionRecord:
    with store.read() as work:
        found = work.editions.get(edition)
    assert found is not None
    return found


def test_a_newsletter_is_registered_once(store: Store) -> None:
    """The first call says when; later ones repeat it."""
    with store.begin() as work:
        first = work.editions.register("weekly", MONDAY)
        later = work.editions.register("weekly", MONDAY + HOUR)
        other = work.editions.register("daily", MONDAY + HOUR)
        known = [work.editions.registered(slug) for slug in ("weekly", "daily", "monthly")]
    assert (first, later, other) == (MONDAY, MONDAY, MONDAY + HOUR)
    assert known == [MONDAY, MONDAY + HOUR, None]


def test_an_edition_is_opened_as_said(store: Store) -> None:
    """What was said at opening comes back; the rest is empty."""
    with store.begin() as work:
        added = work.editions.add(
            "weekly", MONDAY, MONDAY - HOUR, EditionState.SKIPPED, reason="nothing new"
        )
    expected = EditionRecord(
        added.id, "weekly", MONDAY, MONDAY - HOUR, EditionState.SKIPPED, reason="nothing new"
    )
    assert (added, _record(store, added.id)) == (expected, expected)


def test_a_slot_has_one_edition_per_newsletter(store: Store) -> None:
    """A second edition for a slot is refused, another newsletter's is not, nothing is undone."""
    with store.begin() as work:
        work.editions.add("weekly", MONDAY, MONDAY, EditionState.SKIPPED)
        with pytest.raises(ConflictError, match="weekly already has an edition for 2026-11-23"):
            work.editions.add("weekly", MONDAY, MONDAY, EditionState.DRAFT)
        work.editions.add("daily", MONDAY, MONDAY, EditionState.DRAFT)
    with store.read() as work:
        assert [record.newsletter for record in work.editions.records()] == ["daily", "weekly"]


def test_an_unknown_edition_is_not_found(store: Store) -> None:
    """A number without a row gives nothing."""
    with store.read() as work:
        assert work.editions.get(EditionId(1)) is None


def test_an_approved_edition_is_kept_word_for_word(store: Store) -> None:
    """The content that comes back equals the frozen one, and so does its hash."""
    frozen = an_edition(featured=an_entry(title="nul \0, half a pair \ud83d, \N{OCTOPUS}"))
    edition = open_edition(store)
    with store.begin() as work:
        answered = work.editions.approve(
            edition, frozen, by="ada", now=MONDAY + HOUR, tag="tag:digest.example.org,2026:weekly/1"
        )
    kept = _record(store, edition)
    assert kept == EditionRecord(
        edition,
        "weekly",
        MONDAY,
        MONDAY,
        EditionState.APPROVED,
        number=frozen.number,
        slug=frozen.slug,
        edition=frozen,
        content_hash=content_hash(frozen),
        approved_at=MONDAY + HOUR,
        approved_by="ada",
        tag="tag:digest.example.org,2026:weekly/1",
    )
    assert kept.edition is not None
    assert content_hash(kept.edition) == answered == content_hash(frozen)


def test_an_edition_is_approved_once(store: Store) -> None:
    """A second approval is refused and changes nothing."""
    edition = approved_edition(store)
    before = _record(store, edition)
    with store.begin() as work, pytest.raises(ConflictError, match="no draft any more"):
        work.editions.approve(edition, an_edition(number=2), by="eve", now=MONDAY, tag="t")
    assert _record(store, edition) == before


@pytest.mark.parametrize(
    "same", [{"number": 1, "slug": "other"}, {"number": 7, "slug": "2026-11-30"}]
)
def test_numbers_and_slugs_are_unique(store: Store, same: dict[str, Any]) -> None:
    """An edition with the number or the slug of another is refused, and stays a draft."""
    approved_edition(store, 1)
    edition = open_edition(store)
    with store.begin() as work:
        with pytest.raises(ConflictError, match="weekly already has"):
            work.editions.approve(edition, an_edition(**same), by="ada", now=MONDAY, tag="t")
        work.editions.register("weekly", MONDAY)
    assert _record(store, edition).state is EditionState.DRAFT


def test_two_newsletters_may_have_the_same_number(store: Store) -> None:
    """Numbers and slugs count within a newsletter."""
    approved_edition(store, 1, "weekly")
    other = approved_edition(store, 1, "daily")
    assert _record(store, other).number == 1


def test_editions_are_listed_newest_slot_first(store: Store) -> None:
    """Lists can be of one newsletter, of some states, and cut short."""
    old, new = approved_edition(store, 1), approved_edition(store, 2)
    draft = open_edition(store)
    open_edition(store, newsletter="daily")
    approved = (EditionState.APPROVED, EditionState.SENT)
    with store.read() as work:
        weekly = [record.id for record in work.editions.records("weekly")]
        out = [record.id for record in work.editions.records("weekly", states=approved)]
        newest = [record.id for record in work.editions.records("weekly", limit=1)]
    assert (weekly, out, newest) == ([new, old, draft], [new, old], [new])


def test_lists_leave_the_content_out(store: Store) -> None:
    """A listed edition has everything but its content, which may be large."""
    edition = approved_edition(store)
    with store.read() as work:
        listed = work.editions.records()
    assert listed == [replace(_record(store, edition), edition=None)]


def test_an_edition_is_found_by_its_address(store: Store) -> None:
    """Newsletter and slug find an approved edition; a draft has no address."""
    edition = approved_edition(store)
    open_edition(store)
    with store.read() as work:
        found = work.editions.find("weekly", "2026-11-30")
        others = [
            work.editions.find("weekly", ""),
            work.editions.find("weekly", "2026-12-07"),
            work.editions.find("daily", "2026-11-30"),
        ]
    assert found == _record(store, edition)
    assert others == [None, None, None]


def test_the_last_number_is_the_newsletters_own(store: Store) -> None:
    """It counts cancelled editions too, and is 0 before the first approval."""
    open_edition(store)
    with store.read() as work:
        assert work.editions.last_number("weekly") == 0
    cancelled = approved_edition(store, 3)
    approved_edition(store, 7, "daily")
    with store.begin() as work:
        work.editions.close(cancelled, EditionState.CANCELLED)
        assert work.editions.last_number("weekly") == 3


def test_issues_are_what_is_out(store: Store) -> None:
    """Approved and sent editions are issues, newest first; drafts and cancelled ones are not."""
    sent, approved, cancelled = (approved_edition(store, number) for number in (1, 2, 3))
    open_edition(store)
    with store.begin() as work:
        work.editions.close(sent, EditionState.SENT)
        work.editions.close(cancelled, EditionState.CANCELLED, "wrong picture")
        issues = work.editions.issues("weekly")
        newest = work.editions.issues("weekly", limit=1)
    records = [_record(store, approved), _record(store, sent)]
    assert issues == [
        an_issue(record.edition, tag=record.tag, published=record.approved_at) for record in records
    ]
    assert newest == issues[:1]


def test_headings_are_the_issues_without_their_content(store: Store) -> None:
    """The same editions in the same order, each with what a list says of it."""
    for number in (1, 2, 3):
        approved_edition(store, number)
    open_edition(store)
    with store.read() as work:
        issues, headings = work.editions.issues("weekly"), work.editions.headings("weekly")
        second = work.editions.issues("weekly", slugs=[headings[1].slug])
    assert headings == [issue.edition.heading for issue in issues]
    assert second == issues[1:2]


def test_closing_sets_state_and_reason(store: Store) -> None:
    """A closed edition keeps its content and says why."""
    edition = approved_edition(store)
    before = _record(store, edition)
    with store.begin() as work:
        work.editions.close(edition, EditionState.CANCELLED, "wrong picture")
    expected = replace(before, state=EditionState.CANCELLED, reason="wrong picture")
    assert _record(store, edition) == expected


def test_decisions_come_back_in_their_order(store: Store) -> None:
    """All decisions on a draft are kept as they were made, those of others apart."""
    edition, other = open_edition(store), open_edition(store, MONDAY + WEEK)
    pin = Decision(Act.PIN, ResourceId(7), "", "ada", MONDAY)
    subject = Decision(Act.SUBJECT, None, "nul \0 \ud83d", "bob", MONDAY + HOUR)
    with store.begin() as work:
        for decision in (pin, subject, pin):
            work.editions.decide(edition, decision)
    with store.read() as work:
        assert work.editions.decisions(edition) == [pin, subject, pin]
        assert work.editions.decisions(other) == []


def test_words_for_a_draft_come_back_in_order(store: Store) -> None:
    """Each with its content and its reason; those of another draft are not among them."""
    edition, other = open_edition(store), open_edition(store, slot=MONDAY + WEEK)
    words = [Signature("mira", MONDAY, "1" * 64), Signature("tom", MONDAY, "2" * 64, "it must")]
    with store.begin() as work:
        work.editions.sign(other, words[0])
        for word in words:
            work.editions.sign(edition, word)
    with store.read() as work:
        assert list(work.editions.signatures(edition)) == words


def test_a_draft_is_let_out_at_its_time_unless_somebody_touches_it(store: Store) -> None:
    """A decision takes it out of the schedule."""
    left, touched = open_edition(store), open_edition(store, slot=MONDAY + WEEK)
    with store.begin() as work:
        for edition in (left, touched):
            work.editions.schedule(edition, MONDAY + HOUR)
        work.editions.decide(touched, Decision(Act.SUBJECT, None, "Words", "mira", MONDAY))
        assert work.editions.releasable(MONDAY) == []
        assert work.editions.releasable(MONDAY + HOUR) == [left]
        work.editions.schedule(left, None, "a check blocks it")
        assert work.editions.releasable(MONDAY + HOUR) == []
    assert _record(store, left).waits == "a check blocks it"


def test_an_approval_that_is_held_back_is_not_out(store: Store) -> None:
    """No page, no letter; taken back, it is a draft without words, and its number is free."""
    edition, frozen, word = open_edition(store), an_edition(), Signature("mira", MONDAY, "1" * 64)
    with store.begin() as work:
        work.editions.sign(edition, word)
        work.editions.approve(
            edition, frozen, by="mira", now=MONDAY, tag="tag:x,2026:1", hold_until=MONDAY + HOUR
        )
        work.deliveries.enqueue(edition, [(1, ("theme-1",), "")], MONDAY)
    with store.begin() as work:
        assert work.editions.issues("weekly") == []
        assert work.deliveries.open_editions(MONDAY) == []
        assert work.editions.releasable(MONDAY + HOUR) == [edition]
        assert work.editions.withdrawn(edition) is None
        work.editions.take_back(edition, "tom took it back")
        assert work.editions.withdrawn(edition) == frozen
        assert list(work.editions.signatures(edition)) == []
    record = _record(store, edition)
    assert (record.state, record.number, record.slug, record.edition, record.waits) == (
        EditionState.DRAFT, 0, "", None, "tom took it back",
    )  # fmt: skip
    with store.begin() as work:
        work.editions.approve(edition, frozen, by="mira", now=MONDAY, tag="tag:x,2026:1")
        assert work.editions.withdrawn(edition) is None


def test_what_goes_out_keeps_its_audience(store: Store) -> None:
    """As it was frozen; one that is out cannot be taken back."""
    edition = open_edition(store)
    combination = Combination(("theme-1", "theme-2"), 7)
    reach = Reach(7, (Share("theme-1", 7),), (combination,), 0, (Share("left", 2),))
    with store.begin() as work:
        work.editions.approve(
            edition, an_edition(), by="m", now=MONDAY, tag="t", hold_until=MONDAY + HOUR
        )
        work.editions.let_out(edition, reach)
        work.editions.take_back(edition, "too late")
    record = _record(store, edition)
    assert (record.state, record.reach, record.waits) == (EditionState.APPROVED, reach, "")
