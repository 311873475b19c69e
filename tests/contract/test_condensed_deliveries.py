"""Old letters that are only counted, on every kind of store."""

from __future__ import annotations

import pytest

from digest.core.edition import EditionId, EditionState
from digest.core.outbox import DeliveryState, Settlement
from digest.ports import Store
from tests.builders import MONDAY
from tests.contract.keeping import HOUR, approved_edition

_FATES = (
    *[DeliveryState.ACCEPTED] * 5,
    *[DeliveryState.REFUSED] * 2,
    DeliveryState.IN_DOUBT,
)


@pytest.fixture
def edition(store: Store) -> EditionId:
    """An edition that was sent to eight, one of them in doubt, and a later one."""
    number, later = approved_edition(store, 1), approved_edition(store, 2)
    with store.begin() as work:
        audience = [(reader, ("a",), "") for reader in range(8)]
        work.deliveries.enqueue(number, audience, MONDAY)
        claim = work.deliveries.claim(number, "ada", MONDAY, MONDAY + HOUR, 99)
        settled = [
            Settlement(one.id, one.attempt, fate, "said")
            for one, fate in zip(claim.deliveries, _FATES, strict=True)
        ]
        work.deliveries.settle("ada", settled, MONDAY)
        work.editions.close(number, EditionState.SENT)
        work.editions.close(later, EditionState.SENT)
    return number


def _old(store: Store) -> list[EditionId]:
    with store.read() as work:
        last = work.editions.records()[0]
        assert last.approved_at
        assert work.deliveries.settled_before(last.approved_at) == [], "the last one keeps its rows"
        return list(work.deliveries.settled_before(last.approved_at + HOUR))


def test_the_sum_stays_and_the_rows_go(store: Store, edition: EditionId) -> None:
    """In as many steps as it takes; what is in doubt keeps its row."""
    assert _old(store) == [edition]
    with store.read() as work:
        before = work.deliveries.counts(edition)
        assert not work.deliveries.is_condensed(edition)
    gone = []
    for _ in range(4):
        with store.begin() as work:
            gone.append(work.deliveries.condense(edition, 3))
            assert work.deliveries.counts(edition) == before
            assert work.deliveries.is_condensed(edition)

    assert gone == [3, 3, 1, 0]
    assert _old(store) == []
    with store.read() as work:
        assert [row.state for row in work.deliveries.list(edition)] == [DeliveryState.IN_DOUBT]
        assert work.deliveries.find(edition, 0) is None


def test_a_doubt_that_is_settled_later_is_counted_too(store: Store, edition: EditionId) -> None:
    """The same number of letters, whenever each is settled."""
    with store.begin() as work:
        work.deliveries.condense(edition, 99)
        work.deliveries.resolve(edition, DeliveryState.ACCEPTED, MONDAY)
    assert _old(store) == [edition]
    with store.begin() as work:
        assert work.deliveries.condense(edition, 99) == 1
        counts = work.deliveries.counts(edition)
    assert (counts[DeliveryState.ACCEPTED], sum(counts.values())) == (6, 8)


def test_what_is_going_on_is_not_touched(store: Store) -> None:
    """Nor what was cancelled: whether its page stays is known by its letters."""
    going, cancelled, last = (approved_edition(store, number) for number in (1, 2, 3))
    with store.begin() as work:
        for number in (going, cancelled):
            work.deliveries.enqueue(number, [(1, ("a",), "")], MONDAY)
            [one] = work.deliveries.claim(number, "ada", MONDAY, MONDAY + HOUR, 9).deliveries
            fate = Settlement(one.id, one.attempt, DeliveryState.ACCEPTED, "said")
            work.deliveries.settle("ada", [fate], MONDAY)
        work.editions.close(cancelled, EditionState.CANCELLED)
        work.editions.close(last, EditionState.SENT)
        latest = max(record.slot for record in work.editions.records())
        assert work.deliveries.settled_before(latest + 9_999 * HOUR) == []
