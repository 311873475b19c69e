"""What every store promises about the ledger of deliveries."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from digest.core.edition import EditionId, EditionState
from digest.core.outbox import Delivery, DeliveryState, Settlement
from digest.ports import Claim, Store
from tests.builders import MONDAY
from tests.contract.keeping import HOUR, approved_edition, open_edition

LEASE = timedelta(minutes=10)


@pytest.fixture
def edition(store: Store) -> EditionId:
    """An edition that is out, with three readers."""
    number = approved_edition(store)
    with store.begin() as work:
        work.deliveries.enqueue(
            number, [(11, ("a",), ""), (12, ("b", "a"), ""), (13, ("a",), "")], MONDAY
        )
    return number


def _claim(
    store: Store, edition: EditionId, worker: str = "ada", *, at: datetime = MONDAY, limit: int = 9
) -> Claim:
    with store.begin() as work:
        return work.deliveries.claim(edition, worker, at, at + LEASE, limit)


def _settle(
    store: Store,
    delivery: Delivery,
    state: DeliveryState = DeliveryState.ACCEPTED,
    worker: str = "ada",
    *,
    again_at: datetime | None = None,
) -> int:
    settled = Settlement(delivery.id, delivery.attempt, state, "said", again_at)
    with store.begin() as work:
        return work.deliveries.settle(worker, [settled], MONDAY)


def _doubt(store: Store, worker: str = "ada") -> int:
    with store.begin() as work:
        return work.deliveries.doubt(worker, "the sender was lost", MONDAY)


def _row(store: Store, delivery: Delivery) -> Delivery:
    with store.read() as work:
        rows = {row.id: row for row in work.deliveries.list(delivery.edition)}
    return rows[delivery.id]


def _states(store: Store, edition: EditionId) -> list[DeliveryState]:
    with store.read() as work:
        return [row.state for row in work.deliveries.list(edition)]


def test_each_reader_gets_one_row(store: Store, edition: EditionId) -> None:
    """Rows are due, hold the themes in their order, and are listed by number."""
    with store.read() as work:
        rows = list(work.deliveries.list(edition))
    assert [(row.subscriber, row.themes, row.state, row.attempt) for row in rows] == [
        (11, ("a",), DeliveryState.DUE, 0),
        (12, ("b", "a"), DeliveryState.DUE, 0),
        (13, ("a",), DeliveryState.DUE, 0),
    ]
    assert {(row.edition, row.next_try, row.updated_at, row.reply) for row in rows} == {
        (edition, None, MONDAY, "")
    }


def test_enqueuing_again_changes_nothing(store: Store, edition: EditionId) -> None:
    """Rows that are there stay as they are; only new readers are added and counted."""
    claim = _claim(store, edition, limit=1)
    with store.begin() as work:
        added = work.deliveries.enqueue(edition, [(11, ("z",), ""), (14, (), "")], MONDAY + HOUR)
    with store.read() as work:
        rows = {row.subscriber: row for row in work.deliveries.list(edition)}
    assert (added, rows[11], rows[14].themes) == (1, claim.deliveries[0], ())


def test_an_audience_may_be_larger_than_a_batch(store: Store) -> None:
    """Readers come one by one from an iterator, and all of them get a row."""
    edition = approved_edition(store)
    readers: Iterator[tuple[int, tuple[str, ...], str]] = ((n, ("a",), "") for n in range(1, 5_002))
    with store.begin() as work:
        added = work.deliveries.enqueue(edition, readers, MONDAY)
    with store.read() as work:
        assert added == work.deliveries.counts(edition)[DeliveryState.DUE] == 5_001


def test_an_audience_may_be_empty(store: Store) -> None:
    """Nobody to write to is no error."""
    edition = approved_edition(store)
    with store.begin() as work:
        assert work.deliveries.enqueue(edition, [], MONDAY) == 0


def test_a_claim_names_its_worker_and_counts_the_attempt(store: Store, edition: EditionId) -> None:
    """A claimed row says so, at its first attempt, as it is kept."""
    claim = _claim(store, edition, limit=1)
    (delivery,) = claim.deliveries
    assert (claim.worker, claim.lease_until) == ("ada", MONDAY + LEASE)
    assert (delivery.state, delivery.attempt) == (DeliveryState.CLAIMED, 1)
    assert _row(store, delivery) == delivery


def test_what_one_worker_claimed_another_does_not_get(store: Store, edition: EditionId) -> None:
    """Two claims share no row; a third finds none."""
    first, second = _claim(store, edition, limit=2), _claim(store, edition, "bob", limit=2)
    readers = [[d.subscriber for d in claim.deliveries] for claim in (first, second)]
    assert sorted(readers[0] + readers[1]) == [11, 12, 13]
    assert _claim(store, edition, "eve").deliveries == ()


def test_equal_themes_come_together(store: Store, edition: EditionId) -> None:
    """Within a claim, rows are ordered by themes, then by number."""
    claim = _claim(store, edition)
    assert [d.subscriber for d in claim.deliveries] == [11, 13, 12]


def test_an_edition_that_is_not_out_gives_nothing(store: Store, edition: EditionId) -> None:
    """Cancelling an edition stops its sending at the next claim."""
    with store.begin() as work:
        work.editions.close(edition, EditionState.CANCELLED, "wrong picture")
    assert _claim(store, edition).deliveries == ()


@pytest.mark.parametrize(
    "state", [DeliveryState.ACCEPTED, DeliveryState.REFUSED, DeliveryState.IN_DOUBT]
)
def test_a_settlement_is_kept(store: Store, edition: EditionId, state: DeliveryState) -> None:
    """The row has the state and the words, and nobody's lease."""
    (delivery,) = _claim(store, edition, limit=1).deliveries
    assert _settle(store, delivery, state) == 1
    row = _row(store, delivery)
    assert (row.state, row.reply, row.next_try) == (state, "said", None)
    with store.read() as work:
        assert work.deliveries.lease_of("ada") is None


def test_many_are_settled_at_once(store: Store, edition: EditionId) -> None:
    """Each gets its own words; what is not this worker's any more is not counted."""
    first, second, third = _claim(store, edition).deliveries
    _settle(store, second, DeliveryState.REFUSED)
    settled = [
        Settlement(one.id, one.attempt, DeliveryState.ACCEPTED, f"250 {one.id}")
        for one in (first, second, third)
    ]
    with store.begin() as work:
        assert work.deliveries.settle("ada", settled, MONDAY) == 2
    replies = [_row(store, one).reply for one in (first, second, third)]
    assert replies == [f"250 {first.id}", "said", f"250 {third.id}"]


def test_nothing_to_settle_is_no_error(store: Store) -> None:
    """An empty list settles nothing."""
    with store.begin() as work:
        assert work.deliveries.settle("ada", [], MONDAY) == 0


def test_a_deferred_row_is_claimed_when_its_time_has_come(store: Store, edition: EditionId) -> None:
    """Not before; then as the second attempt."""
    (delivery,) = _claim(store, edition, limit=1).deliveries
    _settle(store, delivery, DeliveryState.DEFERRED, again_at=MONDAY + HOUR)
    assert _row(store, delivery).next_try == MONDAY + HOUR
    early = _claim(store, edition, at=MONDAY + HOUR - timedelta(seconds=1))
    late = _claim(store, edition, at=MONDAY + HOUR)
    assert delivery.id not in {d.id for d in early.deliveries}
    assert [(d.id, d.attempt, d.next_try) for d in late.deliveries] == [(delivery.id, 2, None)]


def test_first_attempts_go_before_second_ones(store: Store, edition: EditionId) -> None:
    """A deferred row waits until every due one has been tried."""
    (deferred,) = _claim(store, edition, limit=1).deliveries
    _settle(store, deferred, DeliveryState.DEFERRED, again_at=MONDAY)
    first = _claim(store, edition, limit=2)
    assert deferred.id not in {d.id for d in first.deliveries}
    assert [d.id for d in _claim(store, edition).deliveries] == [deferred.id]


def test_only_the_worker_that_claimed_may_write(store: Store, edition: EditionId) -> None:
    """Another worker can not settle."""
    (delivery,) = _claim(store, edition, limit=1).deliveries
    assert _settle(store, delivery, worker="eve") == 0
    assert _row(store, delivery) == delivery


def test_an_earlier_attempt_may_not_write(store: Store, edition: EditionId) -> None:
    """A worker that slept past its lease cannot touch the row it claims for the second time."""
    (before,) = _claim(store, edition, limit=1).deliveries
    _settle(store, before, DeliveryState.DUE)
    again = {d.id: d for d in _claim(store, edition, at=MONDAY + LEASE).deliveries}[before.id]
    assert again.attempt == 2
    assert _settle(store, before) == 0
    assert _row(store, before) == again


def test_a_row_that_waits_at_the_dot_says_so(store: Store, edition: EditionId) -> None:
    """It can be settled as before; a worker that did not claim it shows nothing."""
    first, second = _claim(store, edition, limit=2).deliveries
    with store.begin() as work:
        work.deliveries.wait_at_dot([first], "ada", MONDAY)
        work.deliveries.wait_at_dot([second], "eve", MONDAY)
    states = (_row(store, first).state, _row(store, second).state)
    assert states == (DeliveryState.AT_DOT, DeliveryState.CLAIMED)
    assert _settle(store, first) == 1


def test_a_settled_row_is_settled_for_good(store: Store, edition: EditionId) -> None:
    """A second receipt changes nothing."""
    (delivery,) = _claim(store, edition, limit=1).deliveries
    _settle(store, delivery)
    assert _settle(store, delivery, DeliveryState.REFUSED) == 0
    assert _row(store, delivery).state is DeliveryState.ACCEPTED


def test_a_worker_is_overdue_when_its_lease_is_over(store: Store, edition: EditionId) -> None:
    """Not before; and not once nothing of it is claimed."""
    (delivery,) = _claim(store, edition, limit=1).deliveries

    def overdue(at: datetime) -> list[str]:
        with store.read() as work:
            return list(work.deliveries.overdue(at))

    assert overdue(MONDAY + LEASE - timedelta(seconds=1)) == []
    assert overdue(MONDAY + LEASE) == ["ada"]
    _settle(store, delivery)
    assert overdue(MONDAY + LEASE) == []


def test_the_last_lease_of_a_worker_is_known(store: Store, edition: EditionId) -> None:
    """Of several claims it is the one that ends last."""
    _claim(store, edition, limit=1)
    _claim(store, edition, limit=1, at=MONDAY + HOUR)
    with store.read() as work:
        assert work.deliveries.lease_of("ada") == MONDAY + HOUR + LEASE
        assert work.deliveries.lease_of("eve") is None


def test_what_a_worker_claimed_is_found_by_its_name(store: Store, edition: EditionId) -> None:
    """The attempts of claimed rows, and of those that became in doubt since."""
    first, second = _claim(store, edition, limit=2).deliveries
    _claim(store, edition, "eve")
    _doubt(store)
    _settle(store, second)
    with store.read() as work:
        assert work.deliveries.claimed_by("ada") == {first.id: 1}


def test_what_a_worker_holds_is_put_in_doubt(store: Store, edition: EditionId) -> None:
    """All of it, once, and nothing of others; its lease is gone."""
    _claim(store, edition, limit=2)
    _claim(store, edition, "eve")
    assert (_doubt(store), _doubt(store)) == (2, 0)
    assert _states(store, edition).count(DeliveryState.IN_DOUBT) == 2
    with store.read() as work:
        assert list(work.deliveries.overdue(MONDAY + 2 * LEASE)) == ["eve"]


def test_a_late_answer_settles_a_doubt(store: Store, edition: EditionId) -> None:
    """A row given up as in doubt is settled when its own worker gets the answer after all."""
    (delivery,) = _claim(store, edition, limit=1).deliveries
    _doubt(store)
    assert _settle(store, delivery) == 1
    assert _row(store, delivery).state is DeliveryState.ACCEPTED


def test_a_late_answer_changes_nothing_once_the_doubt_is_settled(
    store: Store, edition: EditionId
) -> None:
    """After "send again" was decided, the old worker's answer is no longer ours to keep."""
    (delivery,) = _claim(store, edition, limit=1).deliveries
    _doubt(store)
    with store.begin() as work:
        assert work.deliveries.resolve(edition, DeliveryState.DUE, MONDAY) == 1
    assert _settle(store, delivery) == 0
    assert _row(store, delivery).state is DeliveryState.DUE


def test_what_comes_too_late_is_held(store: Store, edition: EditionId) -> None:
    """Due and deferred rows are held and counted, others stay; none of them is claimed."""
    deferred, claimed = _claim(store, edition, limit=2).deliveries
    _settle(store, deferred, DeliveryState.DEFERRED, again_at=MONDAY)
    with store.begin() as work:
        assert work.deliveries.hold(edition, "too late", MONDAY) == 2
        assert list(work.deliveries.open_editions(MONDAY + HOUR)) == []
    assert _row(store, deferred).reply == "too late"
    assert _row(store, claimed).state is DeliveryState.CLAIMED
    assert _claim(store, edition, "eve").deliveries == ()


def test_what_is_held_is_settled_but_never_sent_again(store: Store, edition: EditionId) -> None:
    """Somebody may say that it arrived, or give it up."""
    with store.begin() as work:
        work.deliveries.hold(edition, "too late", MONDAY)
        assert work.deliveries.resolve(edition, DeliveryState.DUE, MONDAY) == 0
        assert work.deliveries.resolve(edition, DeliveryState.REFUSED, MONDAY) == 3


@pytest.mark.parametrize("to", [DeliveryState.DUE, DeliveryState.ACCEPTED, DeliveryState.REFUSED])
def test_all_doubts_of_an_edition_are_settled_at_once(
    store: Store, edition: EditionId, to: DeliveryState
) -> None:
    """Rows in doubt, and no others, get the state that was decided."""
    first, second = _claim(store, edition, limit=2).deliveries
    for delivery in (first, second):
        _settle(store, delivery, DeliveryState.IN_DOUBT)
    with store.begin() as work:
        assert work.deliveries.resolve(edition, to, MONDAY) == 2
    assert sorted(_states(store, edition)) == sorted([to, to, DeliveryState.DUE])


def test_a_doubt_cannot_be_settled_as_another_doubt(store: Store, edition: EditionId) -> None:
    """Only due, accepted and refused settle a doubt."""
    with store.begin() as work, pytest.raises(ValueError, match="cannot be settled as at_dot"):
        work.deliveries.resolve(edition, DeliveryState.AT_DOT, MONDAY)


def test_claimed_rows_of_people_who_left_are_cancelled(store: Store, edition: EditionId) -> None:
    """A cancelled row says why and is never sent; one that is at the dot stays."""
    first, second = _claim(store, edition, limit=2).deliveries
    with store.begin() as work:
        work.deliveries.wait_at_dot([second], "ada", MONDAY)
    with store.begin() as work:
        work.deliveries.cancel([first, second], "they unsubscribed", MONDAY + HOUR)
    row = _row(store, first)
    assert (row.state, row.reply) == (DeliveryState.CANCELLED, "they unsubscribed")
    assert _row(store, second).state is DeliveryState.AT_DOT
    assert _settle(store, first) == 0


def test_what_waits_of_an_edition_is_cancelled_at_once(store: Store, edition: EditionId) -> None:
    """Due and deferred rows are cancelled and counted; what is with a worker stays."""
    deferred, claimed = _claim(store, edition, limit=2).deliveries
    _settle(store, deferred, DeliveryState.DEFERRED, again_at=MONDAY + HOUR)
    with store.begin() as work:
        assert work.deliveries.cancel_open(edition, "wrong picture", MONDAY) == 2
    row = _row(store, deferred)
    assert (row.state, row.reply, row.next_try) == (DeliveryState.CANCELLED, "wrong picture", None)
    assert _row(store, claimed).state is DeliveryState.CLAIMED


def test_one_persons_row_is_found(store: Store, edition: EditionId) -> None:
    """The row of an edition and a subscriber; nothing for who was not in the audience."""
    with store.read() as work:
        found = work.deliveries.find(edition, 12)
        assert found is not None
        assert (found.subscriber, found.themes) == (12, ("b", "a"))
        assert work.deliveries.find(edition, 99) is None


def test_counts_name_every_state(store: Store, edition: EditionId) -> None:
    """States without rows count zero, other editions do not count."""
    approved_edition(store, 2)
    (delivery,) = _claim(store, edition, limit=1).deliveries
    _settle(store, delivery)
    expected = dict.fromkeys(DeliveryState, 0)
    expected |= {DeliveryState.DUE: 2, DeliveryState.ACCEPTED: 1}
    with store.read() as work:
        assert work.deliveries.counts(edition) == expected


def test_lists_can_be_of_one_state_and_cut_short(store: Store, edition: EditionId) -> None:
    """A list keeps the order of the numbers."""
    _claim(store, edition, limit=1)
    with store.read() as work:
        due = [d.subscriber for d in work.deliveries.list(edition, DeliveryState.DUE)]
        first = [d.subscriber for d in work.deliveries.list(edition, limit=2)]
    assert (due, first) == ([12, 13], [11, 12])


def test_open_editions_are_those_with_something_to_send_now(
    store: Store, edition: EditionId
) -> None:
    """Due rows count, deferred ones when their time has come, claimed ones do not."""

    def is_open(at: datetime) -> bool:
        with store.read() as work:
            return list(work.deliveries.open_editions(at)) == [edition]

    assert is_open(MONDAY)
    for delivery in _claim(store, edition).deliveries:
        assert not is_open(MONDAY)
        _settle(store, delivery, DeliveryState.DEFERRED, again_at=MONDAY + HOUR)
    assert (is_open(MONDAY), is_open(MONDAY + HOUR)) == (False, True)


def test_an_edition_that_is_not_out_is_not_open(store: Store) -> None:
    """Rows of a draft are not to be sent."""
    draft = open_edition(store)
    with store.begin() as work:
        work.deliveries.enqueue(draft, [(11, ("a",), "")], MONDAY)
    with store.read() as work:
        assert list(work.deliveries.open_editions(MONDAY)) == []
