"""What every store promises about claims that are held back."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from datetime import timedelta

import pytest

from digest.core.edition import EditionId
from digest.core.outbox import DeliveryState, Settlement
from digest.core.throttle import Throttling, WarmUp
from digest.ports import Claim, Store
from tests.builders import MONDAY
from tests.contract.keeping import approved_edition

LEASE = timedelta(minutes=10)
SECOND = timedelta(seconds=1)
OF = ("google", "", "slow.example", "zebra")


@pytest.fixture
def edition(store: Store) -> EditionId:
    """An edition with forty readers, every fourth of each provider."""
    number = approved_edition(store)
    with store.begin() as work:
        work.deliveries.enqueue(number, ((n, (), OF[n % 4]) for n in range(40)), MONDAY)
    return number


def _claim(
    store: Store,
    edition: EditionId,
    throttling: Throttling,
    after: timedelta = timedelta(0),
    limit: int = 100,
) -> Claim:
    now = MONDAY + after
    with store.begin() as work:
        return work.deliveries.claim(edition, "ada", now, now + LEASE, limit, throttling)


def _providers(claim: Claim) -> Counter[str]:
    return Counter(OF[delivery.subscriber % 4] for delivery in claim.deliveries)


def test_a_provider_gets_what_its_rate_allows(store: Store, edition: EditionId) -> None:
    """What it may get in a second at once, then by its rate; the others are not held back."""
    rates = Throttling(rates={"google": 2, "slow.example": 1})
    first = _claim(store, edition, rates)
    assert _providers(first) == {"google": 2, "slow.example": 1, "": 10, "zebra": 10}
    assert _claim(store, edition, rates).deliveries == ()
    assert _providers(_claim(store, edition, rates, SECOND)) == {"google": 2, "slow.example": 1}


def test_what_is_held_back_says_for_how_long(store: Store, edition: EditionId) -> None:
    """Until the next permit; nothing when nothing waits."""
    rates = Throttling(rates={"google": 0.5})
    assert _claim(store, edition, rates).wait is None
    assert _claim(store, edition, rates).wait == 2 * SECOND
    assert _claim(store, edition, rates, 1.5 * SECOND).wait == 0.5 * SECOND
    with store.begin() as work:
        work.deliveries.cancel_open(edition, "enough", MONDAY)
    assert _claim(store, edition, rates).wait is None


def test_all_together_have_a_rate(store: Store, edition: EditionId) -> None:
    """Whoever they are for."""
    rates = Throttling(rate=8)
    assert len(_claim(store, edition, rates).deliveries) == 8
    assert _claim(store, edition, rates).wait == SECOND / 8
    assert len(_claim(store, edition, rates, SECOND / 2).deliveries) == 4


def test_no_provider_fills_a_claim_alone(store: Store, edition: EditionId) -> None:
    """One with a high limit takes its share; the rest is for the others."""
    rates = Throttling(rate=10, rates={"google": 1000})
    found = _providers(_claim(store, edition, rates))
    assert (found["google"], found.total()) == (5, 10)


def test_a_deferred_letter_needs_a_permit_too(store: Store, edition: EditionId) -> None:
    """Its second try counts like a first."""
    rates = Throttling(rates={"google": 1})
    claim = _claim(store, edition, rates)
    again = [
        Settlement(d.id, d.attempt, DeliveryState.DEFERRED, "", MONDAY) for d in claim.deliveries
    ]
    with store.begin() as work:
        work.deliveries.settle("ada", again, MONDAY)
    second = _claim(store, edition, rates, SECOND)
    assert _providers(second)["google"] == 1
    assert _providers(second)[""] == 10


def test_a_warm_up_counts_from_the_first_letter(store: Store, edition: EditionId) -> None:
    """A day later more may go; after it, all."""
    rates = Throttling(warm_up=WarmUp(start=86_400 * 2, growth=4, days=2))
    assert len(_claim(store, edition, rates).deliveries) == 2
    assert len(_claim(store, edition, rates, timedelta(days=1)).deliveries) == 8
    assert len(_claim(store, edition, rates, timedelta(days=2)).deliveries) == 30


def test_what_was_taken_back_costs_no_permit(store: Store, edition: EditionId) -> None:
    """Permits and claims are one transaction."""
    rates = Throttling(rates={"google": 2})
    with suppress(RuntimeError), store.begin() as work:
        work.deliveries.claim(edition, "ada", MONDAY, MONDAY + LEASE, 100, rates)
        raise RuntimeError
    assert _providers(_claim(store, edition, rates))["google"] == 2


def test_a_claim_is_no_larger_than_asked(store: Store, edition: EditionId) -> None:
    """However many providers have permits."""
    rates = Throttling(rates={"google": 9, "slow.example": 9, "zebra": 9})
    sizes = [len(_claim(store, edition, rates, SECOND * n, limit=5).deliveries) for n in range(9)]
    assert max(sizes) <= 5
    assert sum(sizes) == 40
