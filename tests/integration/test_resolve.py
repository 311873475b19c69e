"""Doubts: settled by what a log shows, and by nothing less."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Literal

import pytest

from digest.core.edition import EditionId
from digest.core.letter import KIND
from digest.core.outbox import Delivery, DeliveryState, Outcome, Settlement, settlement
from digest.core.outbox import Receipt as Answer
from digest.errors import UsageError
from digest.jobs.resolve import Resolution, Resolve
from digest.ports import Store
from tests.builders import MONDAY
from tests.sending import StoppedClock, a_writer, an_approved_edition

SENT = MONDAY + timedelta(minutes=10)
LATER = MONDAY + timedelta(hours=1)
WHO_KNOWS = Answer(Outcome.IN_DOUBT, "the connection broke")


@pytest.fixture
def edition(store: Store) -> EditionId:
    """Two letters in doubt, one accepted."""
    number = an_approved_edition(store, [("theme-1",)] * 3)
    with store.begin() as work:
        claim = work.deliveries.claim(number, "ada", SENT, LATER, 9)
        work.deliveries.settle("ada", [_answered(row) for row in claim.deliveries], SENT)
    return number


def _answered(row: Delivery) -> Settlement:
    answer = Answer(Outcome.ACCEPTED, "250 ok") if row.subscriber == 3 else WHO_KNOWS
    return settlement(row.id, row.attempt, answer, None)


def resolve(store: Store, on_doubt: Literal["resend", "hold"] = "hold") -> Resolve:
    return Resolve(store, StoppedClock(LATER), a_writer().sender, on_doubt)


def states(store: Store, edition: EditionId) -> list[str]:
    with store.read() as work:
        return [row.state.value for row in work.deliveries.list(edition)]


def entry(when: datetime, said: str) -> str:
    return f"{when.isoformat()} relay postfix/{said}\n"


def taken(edition: EditionId, subscriber: int) -> list[str]:
    """What the log has of a letter that the relay took."""
    name = a_writer().sender.message_id(KIND, edition, subscriber)
    queue_id = f"4CxT{subscriber}"
    return [
        entry(SENT, f"cleanup[9]: {queue_id}: message-id={name}"),
        entry(SENT, f"qmgr[8]: {queue_id}: from=<b@example.org>, size=9, nrcpt=1 (queue active)"),
    ]


FIRST = entry(MONDAY - timedelta(minutes=1), "master[1]: daemon started")
LAST = entry(MONDAY + timedelta(minutes=20), "smtpd[7]: connect from unknown")


def by_log(store: Store, edition: EditionId, *lines: str) -> Resolution:
    return resolve(store).by_log(edition, [lines], lambda naive: naive.replace(tzinfo=UTC))


def test_what_the_log_has_was_accepted_and_what_it_must_have_was_not(
    store: Store, edition: EditionId
) -> None:
    """Each doubt by itself; the log's words stand in the row, and what was settled stays."""
    found = by_log(store, edition, FIRST, *taken(edition, 1), LAST)
    assert found == Resolution(accepted=1, due=1)
    assert states(store, edition) == ["accepted", "due", "accepted"]
    with store.read() as work:
        replies = [row.reply for row in work.deliveries.list(edition)]
    assert "queue active" in replies[0]
    assert replies[1:] == ["the relay's log has no such letter", "250 ok"]


def test_a_letter_in_the_log_needs_no_more(store: Store, edition: EditionId) -> None:
    """That it was taken is plain even when the log begins late and ends early."""
    found = by_log(store, edition, *taken(edition, 1), *taken(edition, 2))
    assert found == Resolution(accepted=2)


@pytest.mark.parametrize("ends", ["begins late", "ends early"])
def test_a_log_that_may_lack_a_letter_leaves_it_in_doubt(
    store: Store, edition: EditionId, ends: str
) -> None:
    """It is told from when to when the log must reach."""
    start, end = ((), (LAST,)) if ends == "begins late" else ((FIRST,), ())
    found = by_log(store, edition, *start, *taken(edition, 3), *end)
    assert (found.accepted, found.due, found.left) == (0, 0, 2)
    assert f"must reach without a gap from {MONDAY:%Y-%m-%dT%H:%M:%SZ}" in found.why[0]
    assert states(store, edition) == ["in_doubt", "in_doubt", "accepted"]


@pytest.mark.parametrize("lines", [(), (FIRST, LAST)])
def test_a_log_without_a_letter_of_ours_is_anothers(
    store: Store, edition: EditionId, lines: tuple[str, ...]
) -> None:
    """Nothing is concluded from it."""
    found = by_log(store, edition, *lines)
    assert found.left == 2
    assert "no letter of ours" in found.why[0]


def test_without_doubts_no_log_is_read(store: Store) -> None:
    """There is nothing to look for."""
    edition = an_approved_edition(store, [("theme-1",)])
    assert resolve(store).by_log(edition, _unreadable(), lambda naive: naive) == Resolution()


def _unreadable() -> list[list[str]]:
    class Unreadable(list[list[str]]):
        def __iter__(self) -> None:  # type: ignore[override] # it must not be called
            raise AssertionError

    return Unreadable()


@pytest.mark.parametrize(("policy", "settled"), [("resend", 2), ("hold", 0)])
def test_the_policy_settles_as_it_says(
    store: Store, edition: EditionId, policy: Literal["resend", "hold"], settled: int
) -> None:
    """``resend`` makes them due, ``hold`` leaves them to a person."""
    assert resolve(store, policy).by_policy(edition) == settled
    assert states(store, edition).count("due") == settled


def test_an_edition_that_is_not_there_is_told(store: Store) -> None:
    """As everywhere."""
    with pytest.raises(UsageError, match="there is no edition 99"):
        by_log(store, EditionId(99))


@pytest.mark.parametrize("changed", ["state", "attempt"])
def test_a_doubt_settled_meanwhile_stays_as_it_is(
    store: Store, edition: EditionId, changed: str
) -> None:
    """Who settles must know the row as it is: still in doubt, and since the same attempt."""
    with store.begin() as work:
        doubt = work.deliveries.find(edition, 1)
        assert doubt
        if changed == "state":
            work.deliveries.resolve(edition, DeliveryState.ACCEPTED, LATER)
        attempt = doubt.attempt + (changed == "attempt")
        late = Settlement(doubt.id, attempt, DeliveryState.DUE, "not found")
        assert work.deliveries.settle_doubts([late], LATER) == 0
    assert "due" not in states(store, edition)
