"""Counting an audience, and adding up what became of it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from digest.core.balance import Balance
from digest.core.outbox import DeliveryState
from digest.core.reach import Reckoning
from digest.core.signature import Signature, standing
from tests.builders import MONDAY

_THEMES = st.lists(st.sampled_from("abcd"), unique=True).map(lambda found: tuple(sorted(found)))


@given(st.lists(_THEMES), st.integers(0, 9), st.integers(0, 9))
def test_everybody_is_a_reader_or_left_out(
    people: list[tuple[str, ...]], suppressed: int, pending: int
) -> None:
    """Readers by selection add up to the readers, and with those left out to all."""
    count = Reckoning()
    for themes in people:
        count.sees(themes)
    reach = count.reach({"active": len(people) + suppressed, "pending": pending}, "active")

    assert reach.readers == sum(c.people for c in reach.combinations) + reach.rest
    assert reach.subscriptions == len(people) + suppressed + pending
    assert all(
        share.people == sum(share.name in themes for themes in people) for share in reach.themes
    )


@given(st.dictionaries(st.sampled_from(DeliveryState), st.integers(0, 1000)))
def test_every_letter_is_in_one_line_of_the_sum(counts: dict[DeliveryState, int]) -> None:
    """Whatever the states are, none is forgotten or counted twice."""
    assert Balance(counts).adds_up


def test_a_sum_that_lacks_a_reader_is_found_out() -> None:
    """The audience is what was frozen, not what the ledger happens to hold."""
    count = Reckoning()
    count.sees(("a",))
    reach = count.reach({"active": 1}, "active")

    assert not Balance({DeliveryState.ACCEPTED: 0}, reach).adds_up
    assert Balance({DeliveryState.ACCEPTED: 1}, reach).adds_up


def test_words_for_another_content_do_not_count() -> None:
    """Nor does the same person twice."""
    words = [Signature(by, MONDAY, name) for by, name in
             [("mira", "old"), ("tom", "new"), ("TOM", "new"), ("ada", "new")]]  # fmt: skip
    found = standing(words, "new", 3)

    assert [signature.by for signature in found.valid] == ["tom", "ada"]
    assert (found.missing, found.has("Ada"), found.has("mira")) == (1, True, False)
