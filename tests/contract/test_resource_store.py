"""What every store promises about resources."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from digest.core.edition import Filing
from digest.core.published import Precision, Published
from digest.core.reason import Reason
from digest.core.resource import ResourceId
from digest.errors import ConflictError
from digest.ports import Store
from tests.builders import MONDAY, a_filed_resource
from tests.contract.keeping import HOUR, keep_resource

MOVED = Filing("theme-9", Reason("editor", "it is about weirs"), ("theme-1",), by="ada")


def _shown(store: Store, **filters: str) -> list[ResourceId]:
    with store.read() as work:
        theme, text = filters.get("theme"), filters.get("text", "")
        return [f.resource.id for f in work.resources.newest(99, theme=theme, text=text)]


def test_a_resource_comes_back_as_it_was_added(store: Store) -> None:
    """Facts and filing survive, found by number and by canonical address."""
    filed = a_filed_resource(1, title="nul \0 and half a pair \ud83d", also_at=("https://a/",))
    facts, seen = filed.resource.facts, filed.resource.first_seen
    with store.begin() as work:
        added = work.resources.add(
            facts, tag=filed.resource.tag, now=seen, backlog=True, filing=filed.filing
        )
    with store.read() as work:
        assert (added.facts, added.first_seen, added.backlog) == (facts, seen, True)
        assert work.resources.find(facts.canonical) == added
        found = work.resources.get(added.id)
    assert found is not None
    assert (found.resource, found.filing) == (added, filed.filing)


def test_what_was_never_added_is_not_found(store: Store) -> None:
    """An unknown number or address gives nothing."""
    with store.read() as work:
        assert work.resources.get(ResourceId(1)) is None
        assert work.resources.find("https://library.example.org/") is None


def test_a_canonical_address_is_added_once(store: Store) -> None:
    """The second resource of an address is refused, and the transaction goes on."""
    first, facts = keep_resource(store), a_filed_resource().resource.facts
    with store.begin() as work:
        with pytest.raises(ConflictError, match="items/1 is already known"):
            work.resources.add(facts, tag="t", now=MONDAY, backlog=False, filing=MOVED)
        known = work.resources.find(facts.canonical)
    assert known is not None
    assert known.id == first


def test_addresses_may_be_longer_than_an_index_can_hold(store: Store) -> None:
    """Two addresses that differ after 9,000 characters are two resources."""
    stem = "https://library.example.org/" + "ä" * 9_000
    one = keep_resource(store, 1, canonical=stem + "1")
    two = keep_resource(store, 2, canonical=stem + "2")
    assert one != two


def test_a_change_keeps_identity_and_first_sight(store: Store) -> None:
    """New facts change what is said and when it changed, nothing else."""
    resource = keep_resource(store)
    facts = a_filed_resource(title="Renamed").resource.facts
    with store.begin() as work:
        before = work.resources.find(facts.canonical)
        work.resources.change(resource, facts, MONDAY + HOUR)
        after = work.resources.find(facts.canonical)
    assert before is not None
    assert after is not None
    assert (after.facts, after.changed_at) == (facts, MONDAY + HOUR)
    assert (after.id, after.tag, after.first_seen) == (before.id, before.tag, before.first_seen)


def test_the_newest_filing_counts_and_the_history_stays(store: Store) -> None:
    """A correction replaces the filing; both are in the history, newest first."""
    resource = keep_resource(store)
    first = a_filed_resource()
    with store.begin() as work:
        work.resources.file(resource, MOVED, MONDAY)
    with store.read() as work:
        found = work.resources.get(resource)
        history = work.resources.filings(resource)
    assert found is not None
    assert found.filing == MOVED
    assert history == [(MOVED, MONDAY), (first.filing, first.resource.first_seen)]


def test_hidden_resources_are_not_listed_until_they_are_back(store: Store) -> None:
    """Hiding takes a resource out of lists; it can be brought back."""
    resource = keep_resource(store)
    with store.begin() as work:
        work.resources.hide(resource, hidden=True)
    while_hidden = _shown(store)
    with store.begin() as work:
        work.resources.hide(resource, hidden=False)
    assert (while_hidden, _shown(store)) == ([], [resource])


def test_lists_are_ordered_by_publication_else_by_first_sight(store: Store) -> None:
    """The newest date comes first: the publication where it is known, else the first sight."""
    old = Published(datetime(2020, 1, 1, tzinfo=UTC), Precision.YEAR)
    early = timezone(timedelta(hours=-5))
    first = Published(datetime(2026, 11, 30, tzinfo=early))
    a = keep_resource(store, 1, published=old)
    b = keep_resource(store, 2, published=None)
    c = keep_resource(store, 3, published=first)
    assert _shown(store) == [c, b, a]


def test_a_date_at_the_end_of_the_calendar_can_be_kept(store: Store) -> None:
    """A publication that has no moment in UTC counts as unknown in the order."""
    end = Published(datetime.max.replace(tzinfo=timezone(timedelta(hours=-5))))
    lasting = keep_resource(store, 2, published=end)
    newer = keep_resource(store, 1, published=None)
    assert _shown(store) == [newer, lasting]


def test_lists_can_be_of_one_theme(store: Store) -> None:
    """A list of a theme follows corrections of filings."""
    moved, stayed = keep_resource(store, 1), keep_resource(store, 2)
    with store.begin() as work:
        work.resources.file(moved, MOVED, MONDAY)
    assert _shown(store, theme="theme-9") == [moved]
    assert _shown(store, theme="theme-1") == [stayed]


@pytest.mark.parametrize("text", ["STRASSE", "straße", "50 % der", "_", "Ä"])
def test_titles_are_searched_whatever_their_case(store: Store, text: str) -> None:
    """A part of a title finds it in any letter case; ``%`` and ``_`` mean themselves."""
    found = keep_resource(store, 1, title="50 % der STRAßE_n ändern")
    keep_resource(store, 2, title="500 derer")
    assert _shown(store, text=text) == [found]


def test_a_list_has_at_most_as_many_as_asked(store: Store) -> None:
    """The limit keeps the newest."""
    keep_resource(store, 2, published=None)
    newest = keep_resource(store, 1, published=None)
    with store.read() as work:
        assert [filed.resource.id for filed in work.resources.newest(1)] == [newest]


def test_what_was_kept_out_is_admitted(store: Store) -> None:
    """A resource of the backlog enters editions from then on."""
    filed = a_filed_resource(1)
    tag, seen = filed.resource.tag, filed.resource.first_seen
    with store.begin() as work:
        kept = work.resources.add(
            filed.resource.facts, tag=tag, now=seen, backlog=True, filing=filed.filing
        )
        before = work.editions.candidates("weekly", MONDAY + HOUR)
        work.resources.admit(kept.id)
        after = work.editions.candidates("weekly", MONDAY + HOUR)
    assert ([*before], [item.resource.id for item in after]) == ([], [kept.id])


def test_what_is_to_file_is_what_nobody_placed(store: Store) -> None:
    """Neither hidden, nor backlog, nor what an editor left there; the last seen first."""
    old, new = keep_resource(store, 5, theme="other"), keep_resource(store, 1, theme="other")
    keep_resource(store, 2)
    keep_resource(store, 3, theme="other", backlog=True)
    hidden, decided = keep_resource(store, 4, theme="other"), keep_resource(store, 6)
    with store.begin() as work:
        work.resources.hide(hidden, hidden=True)
        work.resources.file(decided, Filing("other", MOVED.reason, by="ada"), MONDAY)
    with store.read() as work:
        assert [item.resource.id for item in work.resources.to_file()] == [new, old]
        assert [item.resource.id for item in work.resources.to_file(1)] == [new]
        assert work.resources.count_to_file() == 2
        assert [item.resource.id for item in work.resources.decided()] == [decided]
        assert work.resources.tally() == {"other": 5, "theme-1": 1}
        assert len(work.resources.under("other")) == 5
