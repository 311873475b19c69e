"""Providers of domains, rates, warm-up and token buckets."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.core.throttle import PROVIDERS, Bucket, Throttling, WarmUp
from tests.builders import MONDAY

SECONDS = st.floats(0, 1e6).map(lambda seconds: timedelta(seconds=seconds))


@pytest.mark.parametrize(
    ("domain", "provider"),
    [
        ("gmail.com", "google"),
        ("GoogleMail.com", "google"),
        ("firm.example", "google"),
        ("slow.example", "slow.example"),
        ("example.org", ""),
    ],
)
def test_a_domain_counts_for_its_provider(domain: str, provider: str) -> None:
    """By its own rate, by the configuration, by what is known, or for nobody."""
    throttling = Throttling(rates={"slow.example": 1}, domains={"firm.example": "google"})
    assert throttling.provider_of(domain) == provider


def test_a_domain_is_of_one_provider() -> None:
    """No domain that is known stands twice."""
    domains = [domain for known in PROVIDERS.values() for domain in known]
    assert len(domains) == len(set(domains))
    assert domains == [domain.lower() for domain in domains]


def test_a_warm_up_grows_by_the_day_and_ends() -> None:
    """500 on the first day, 1,000 on the second, no limit on the third."""
    warm_up = WarmUp(start=500, growth=2, days=2)
    a_day = [warm_up.rate(MONDAY, MONDAY + timedelta(hours=h)) * 86_400 for h in (0, 23, 24, 48)]
    assert a_day == pytest.approx([500, 500, 1000, 0])


def test_the_lower_of_two_limits_holds() -> None:
    """The rate, and the warm-up while there is one."""
    throttling = Throttling(rate=1, warm_up=WarmUp(start=86_400 * 10, growth=1, days=1))
    assert throttling.overall(MONDAY, MONDAY) == 1
    slower = Throttling(rate=20, warm_up=WarmUp(start=86_400 * 10, growth=1, days=1))
    assert slower.overall(MONDAY, MONDAY) == 10
    assert slower.overall(MONDAY, MONDAY + timedelta(days=1)) == 20


def test_nothing_configured_is_no_limit() -> None:
    """A rate of 0 limits nothing."""
    assert not Throttling(rates={"google": 0}).is_any
    assert Throttling(rates={"google": 0}).limits() == {}
    assert Throttling().overall(MONDAY, MONDAY) == 0


@given(st.lists(SECONDS, max_size=20), st.floats(0.001, 5000))
def test_no_more_goes_than_the_rate_allows(passed: list[timedelta], rate: float) -> None:
    """In any time, at most what the rate gives for it and one bucket."""
    bucket, now, gone = Bucket(1e9, MONDAY, MONDAY), MONDAY, 0
    for step in passed:
        now += step
        bucket = bucket.filled(rate, now)
        take = int(bucket.tokens)
        gone += take
        bucket = Bucket(bucket.tokens - take, bucket.updated_at, bucket.since)
    assert gone <= (now - MONDAY).total_seconds() * rate * (1 + 1e-9) + max(1.0, rate) + 1e-6


@given(SECONDS, st.floats(0.001, 5000))
def test_a_permit_is_there_after_the_wait(passed: timedelta, rate: float) -> None:
    """Who waits as long as told gets one."""
    bucket = Bucket(0.0, MONDAY, MONDAY).filled(rate, MONDAY + passed)
    later = bucket.updated_at + bucket.wait(rate) + timedelta(microseconds=1)
    assert bucket.filled(rate, later).tokens >= 1 - 1e-3


def test_a_clock_that_goes_back_takes_no_permit_away() -> None:
    """Two machines never agree wholly about the time."""
    bucket = Bucket(3.0, MONDAY, MONDAY).filled(5, MONDAY - timedelta(seconds=10))
    assert bucket.tokens == 3
