"""Rates are kept, and slow domains do not hold up the others."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from digest.core.letter import Letter
from digest.mailers.pacing import Pacing
from tests.contract.mailer_contract import some_letters


def letters_to(*domains: str) -> list[Letter]:
    pairs = zip(some_letters(len(domains)), domains, strict=True)
    return [replace(letter, recipient=f"a@{domain}") for letter, domain in pairs]


def times(pacing: Pacing, *, start: float = 1000.0) -> list[tuple[float, str]]:
    """When each letter goes, in seconds from the start, on a clock that jumps to what is next."""
    now, gone = start, []
    while True:
        while letter := pacing.take(now):
            gone.append((round(now - start, 6), letter.domain))
        wait = pacing.wait(now)
        if wait is None:
            return gone
        now += max(wait, 1e-6)


def test_without_rates_all_go_at_once() -> None:
    """No limit, no waiting."""
    assert times(Pacing(letters_to(*"aaab"), 0, {})) == [(0.0, d) for d in "aaab"]


def test_a_rate_spaces_the_letters() -> None:
    """Ten a second: a tenth of a second apart, but for one that catches up at the start."""
    gone = [at for at, _ in times(Pacing(letters_to(*"a" * 21), 10, {}))]
    assert 1.8 <= gone[-1] <= 2.0


def test_a_slow_domain_does_not_hold_up_the_others() -> None:
    """Letters to other domains overtake those that wait."""
    gone = times(Pacing(letters_to(*"ssssff"), 0, {"S": 1}))
    assert [domain for _, domain in gone[-4:]] == ["f", "s", "s", "s"]
    assert [at for at, domain in gone if domain == "f"] == [0.0, 0.0]


@given(
    domains=st.lists(st.sampled_from("abc"), max_size=300),
    rate=st.sampled_from([0.0, 5.0, 100.0]),
    slow=st.sampled_from([0.5, 3.0]),
)
def test_every_letter_goes_and_no_rate_is_broken(
    domains: list[str], rate: float, slow: float
) -> None:
    """Whatever the mixture, all go, and no second sees more than its rate (and what caught up)."""
    gone = times(Pacing(letters_to(*domains), rate, {"a": slow}))
    assert sorted(domain for _, domain in gone) == sorted(domains)
    for limit, moments in (
        (rate, [at for at, _ in gone]),
        (slow, [t for t, d in gone if d == "a"]),
    ):
        for at in moments if limit else ():
            assert sum(at <= other < at + 1 for other in moments) <= 1.1 * limit + 1
