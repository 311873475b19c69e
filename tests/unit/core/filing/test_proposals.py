"""Themes that an archive asks for."""

from __future__ import annotations

from digest.core.filing.example import Example
from digest.core.filing.proposals import keywords, proposals

BIRDS = [
    Example(f"The {bird} returns to the valley", f"Birds: {bird} nesting boxes are counted")
    for bird in ("heron", "kingfisher", "dipper", "swift", "stork", "wagtail")
]
BRIDGES = [
    Example(f"A bridge at {place}", "The arch of stone is mended with lime mortar")
    for place in ("Weston", "Easton", "Norton", "Sutton", "Milton")
]
ODD = [Example("Minutes of the board"), Example("Opening hours"), Example("A word of thanks")]


def test_a_group_is_told_by_its_words_and_titles() -> None:
    """Two kinds of item among odd ones are two proposals, the odd ones none."""
    found = proposals([*BIRDS, *ODD, *BRIDGES], [])
    assert {one.count for one in found} == {len(BIRDS), len(BRIDGES)}
    by_count = {one.count: one for one in found}
    assert "bird" in " ".join(by_count[len(BIRDS)].terms)
    assert set(by_count[len(BRIDGES)].titles) <= {example.title for example in BRIDGES}
    assert all(one.slug and one.title for one in found)


def test_what_is_said_everywhere_makes_no_theme() -> None:
    """Words that are as frequent under themes tell nothing new."""
    filed = [Example(f"Birds {n}", "birds and boxes of the valley returns") for n in range(40)]
    assert all("bird" not in one.terms for one in proposals([*BIRDS, *ODD], filed))


def test_what_was_refused_is_not_proposed_again() -> None:
    """Nor its like, when some items are new."""
    first, *_ = proposals([*BIRDS, *ODD], [])
    more = Example("The owl returns to the valley", "Birds: owl nesting boxes are counted")
    assert proposals([*BIRDS, more, *ODD], [], [first.terms]) == []


def test_too_few_are_no_theme() -> None:
    """Three items make none, nor does nothing."""
    assert proposals(BIRDS[:3], []) == []
    assert proposals([], []) == []


def test_keywords_are_what_only_this_theme_says() -> None:
    """The known ones are left out; of a pair and its words one is named."""
    found = keywords(BRIDGES, BIRDS, ["bridge"])
    assert any("mortar" in term or "arch" in term for term in found)
    assert not any("bridge" in term for term in found)
    spoken = [word for term in found for word in term.split()]
    assert len(spoken) == len(set(spoken))
