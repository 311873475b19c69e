"""What every store promises about which edition holds which resource."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from digest.core.edition import EditionId
from digest.core.reason import Reason
from digest.core.resource import ResourceId
from digest.errors import ConflictError
from digest.ports import Store
from tests.builders import MONDAY
from tests.contract.keeping import HOUR, keep_resource, open_edition

LATE = MONDAY + timedelta(weeks=1)
TOO_OLD = Reason("age", "it was published two years ago")


def _candidates(store: Store, cutoff: datetime = MONDAY, newsletter: str = "weekly") -> list[int]:
    with store.read() as work:
        return [filed.resource.id for filed in work.editions.candidates(newsletter, cutoff)]


def _take(store: Store, edition: EditionId, *resources: ResourceId) -> None:
    with store.begin() as work:
        work.editions.take(edition, [(resource, None) for resource in resources])


def test_candidates_are_what_was_first_seen_before_the_cut_off(store: Store) -> None:
    """The cut-off itself is not within the window; the first seen comes first."""
    second, first = keep_resource(store, 1), keep_resource(store, 2)
    keep_resource(store, 3, first_seen=MONDAY)
    assert _candidates(store) == [first, second]


def test_hidden_and_old_stock_are_no_candidates(store: Store) -> None:
    """What an editor hid, and what was there before we came, enters no edition."""
    hidden = keep_resource(store, 1)
    keep_resource(store, 2, backlog=True)
    with store.begin() as work:
        work.resources.hide(hidden, hidden=True)
    assert _candidates(store) == []


def test_what_an_edition_took_is_no_candidate_for_the_next(store: Store) -> None:
    """Within a newsletter a resource is offered once; another newsletter has its own turn."""
    resource = keep_resource(store)
    _take(store, open_edition(store), resource)
    assert _candidates(store, LATE) == []
    assert _candidates(store, LATE, "daily") == [resource]


def test_a_resource_committed_late_is_found_by_the_next_edition(store: Store) -> None:
    """What was seen before a cut-off but committed after it is still taken, once."""
    early = keep_resource(store, 1)
    _take(store, open_edition(store), early)
    late = keep_resource(store, 2, first_seen=MONDAY - 5 * HOUR)
    assert _candidates(store, LATE) == [late]


def test_what_was_left_out_with_a_reason_is_left_out_for_ever(store: Store) -> None:
    """A reason is kept, and the resource is not offered again."""
    resource, edition = keep_resource(store), open_edition(store)
    with store.begin() as work:
        work.editions.take(edition, [(resource, TOO_OLD)])
    with store.read() as work:
        taken = [(filed.resource.id, reason) for filed, reason in work.editions.taken(edition)]
    assert (taken, _candidates(store, LATE)) == ([(resource, TOO_OLD)], [])


def test_taken_resources_come_in_the_order_they_were_taken(store: Store) -> None:
    """What an edition holds is told in its order, with present facts and filing."""
    one, two = keep_resource(store, 1), keep_resource(store, 2)
    edition = open_edition(store)
    _take(store, edition, two, one)
    with store.read() as work:
        assert work.editions.taken(edition) == [
            (work.resources.get(two), None),
            (work.resources.get(one), None),
        ]


def test_a_resource_is_taken_by_one_edition_only(store: Store) -> None:
    """A second edition of the newsletter is refused, takes nothing, and the transaction goes on."""
    first, second = keep_resource(store, 1), keep_resource(store, 2)
    _take(store, open_edition(store), first)
    later = open_edition(store, LATE)
    with store.begin() as work:
        with pytest.raises(ConflictError, match="another edition of weekly"):
            work.editions.take(later, [(second, None), (first, None)])
        work.editions.take(later, [])
    assert _candidates(store, LATE) == [second]


def test_two_newsletters_may_take_the_same_resource(store: Store) -> None:
    """Each newsletter has each resource once; where it went is told, the newest first."""
    resource = keep_resource(store)
    weekly, daily = open_edition(store), open_edition(store, LATE, "daily")
    _take(store, weekly, resource)
    with store.begin() as work:
        work.editions.take(daily, [(resource, TOO_OLD)])
    with store.read() as work:
        where = [(record.id, reason) for record, reason in work.editions.where(resource)]
    assert where == [(daily, TOO_OLD), (weekly, None)]


def test_what_was_left_out_by_a_rule_can_be_looked_at_again(store: Store) -> None:
    """Only what was left out by this rule is offered again, to every newsletter."""
    resource, other = keep_resource(store, 1), keep_resource(store, 2)
    weekly, daily = open_edition(store), open_edition(store, MONDAY, "daily")
    with store.begin() as work:
        work.editions.take(weekly, [(resource, TOO_OLD), (other, TOO_OLD)])
        work.editions.take(daily, [(resource, None)])
        work.editions.reconsider(resource, "theme")
        assert work.editions.candidates("weekly", LATE) == []
        work.editions.reconsider(resource, TOO_OLD.rule)
    assert (_candidates(store, LATE), _candidates(store, LATE, "daily")) == ([resource], [other])


def test_what_an_edition_gives_back_is_free_for_the_next(store: Store) -> None:
    """A released resource is a candidate again; what others hold stays theirs."""
    one, two = keep_resource(store, 1), keep_resource(store, 2)
    edition, other = open_edition(store), open_edition(store, LATE)
    _take(store, edition, one)
    _take(store, other, two)
    with store.begin() as work:
        work.editions.release(edition)
    assert _candidates(store, LATE) == [one]
