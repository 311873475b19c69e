"""Titles that are perhaps of the same thing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.core.likeness import ALIKE, alike, likeness

TITLES = st.lists(
    st.lists(st.sampled_from(["mining", "gold", "in", "Peru", "2024", "供应链", "ü"]), max_size=6),
    max_size=8,
).map(lambda rows: [" ".join(words) for words in rows])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Guidance on forced labour", "Guidance On Forced Labour."),
        ("Gold mining in Peru: a report", "A report: gold mining in Peru"),
        ("Recruitment fees and related costs", "Recruitment fees & related costs"),
        ("Recruitment fees in the Gulf", "Ana Ruiz: Recruitment fees in the Gulf"),
        ("Recruitment fees in the Gulf | Labour Watch", "Recruitment fees in the Gulf"),
        ("Recruitment fees in the Gulf (video)", "Recruitment fees in the Gulf"),
        ("供应链中的强迫劳动问题研究报告", "供应链中强迫劳动问题研究报告"),
    ],
)
def test_other_wording_is_alike(one: str, other: str) -> None:
    """Order, case, marks, and the name of an author or a site make no other title."""
    assert likeness(one, other) >= ALIKE
    assert [(pair.one, pair.other) for pair in alike([one, "Tea with milk", other])] == [(0, 2)]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Forced labour report 2023", "Forced labour report 2024"),
        ("Survey of brands", "Survey of brands (2022 results)"),
        ("Due diligence in mining", "Due diligence in farming"),
        ("Introduction", "Introduction"),
        ("", ""),
    ],
)
def test_what_differs_in_a_number_or_says_little_is_not_alike(one: str, other: str) -> None:
    """Parts of a series, reports of another year, and single words are never hinted at."""
    assert likeness(one, other) < ALIKE
    assert alike([one, other]) == []


def test_a_column_is_no_duplicate() -> None:
    """A title that resembles several others is that of a column; nobody wants six hints."""
    assert alike(["News in brief"] * 4) == []
    assert len(alike(["News in brief"] * 2)) == 1


@given(TITLES)
def test_every_pair_is_alike_by_its_own_measure(titles: list[str]) -> None:
    """The quick search hints at nothing that the measure would not, and at each pair once."""
    pairs = alike(titles)
    for pair in pairs:
        assert pair.one < pair.other
        assert likeness(titles[pair.one], titles[pair.other]) == pair.share >= ALIKE
    assert len({(pair.one, pair.other) for pair in pairs}) == len(pairs)


@given(st.text(max_size=30), st.text(max_size=30))
def test_likeness_is_a_share_and_mutual(one: str, other: str) -> None:
    """Between 0 and 1, and the same from both sides."""
    assert 0 <= likeness(one, other) <= 1
    assert likeness(one, other) == pytest.approx(likeness(other, one))
