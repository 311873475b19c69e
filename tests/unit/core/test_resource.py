from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from digest.core.address import canonical
from digest.core.published import Precision, Published
from digest.core.resource import merge, tag_uri
from tests.builders import MONDAY, a_sighting

YEAR = Published(datetime(2022, 1, 1, tzinfo=UTC), Precision.YEAR)
MAY = Published(datetime(2022, 5, 1, tzinfo=UTC), Precision.MONTH)
JUNE = Published(datetime(2022, 6, 1, tzinfo=UTC), Precision.MONTH)


def test_one_sighting_says_everything() -> None:
    """A resource seen once is what that source said."""
    facts = merge([a_sighting(title="A title", labels=("Guidance",), published=MAY)])
    assert (facts.title, facts.labels, facts.published) == ("A title", ("Guidance",), MAY)
    assert facts.also_at == ()


def test_the_first_source_owns_title_and_address() -> None:
    """What readers saw first stays; the other address is told of."""
    first = a_sighting(source="a", url="https://one.example.org/x", title="One")
    second = a_sighting(source="b", url="https://two.example.org/x", title="Two")
    facts = merge([first, second])
    assert (facts.title, facts.url) == ("One", first.url)
    assert (facts.sources, facts.also_at) == (("a", "b"), (second.url,))


def test_readers_are_sent_without_tracking() -> None:
    """Neither page nor file is told which source it was; the sightings keep what was said."""
    plain, sheet = "https://one.example.org/x?id=7", "https://one.example.org/x.pdf"
    sightings = [
        a_sighting(source="a", url=f"{plain}&utm_source=a", download=f"{sheet}?utm_medium=rss"),
        a_sighting(source="b", url=f"{plain}&utm_source=b"),
    ]
    facts = merge(sightings)
    assert (facts.url, facts.download, facts.also_at) == (plain, sheet, ())
    assert sightings[0].url.endswith("&utm_source=a")


def test_what_one_source_left_out_comes_from_the_next() -> None:
    """Empty fields are filled, labels and tags are joined without repeats."""
    first = a_sighting(tags=("Global", "Water"))
    second = a_sighting(source="b", issuer="Institute", tags=("Water", "Floods"))
    facts = merge([first, second])
    assert facts.issuer == "Institute"
    assert facts.tags == ("Global", "Water", "Floods")


@given(st.lists(st.text(max_size=30), min_size=1, max_size=4))
def test_the_longest_summary_wins(summaries: list[str]) -> None:
    """Listings cut theirs off."""
    facts = merge([a_sighting(n, summary=text) for n, text in enumerate(summaries)])
    assert len(facts.summary) == max(map(len, summaries))


def test_the_most_exact_date_wins_then_the_earliest() -> None:
    """A month says more than a year; of two months the first one was the publication."""
    dates = [YEAR, JUNE, MAY]
    assert merge([a_sighting(n, published=date) for n, date in enumerate(dates)]).published == MAY


def test_a_date_that_cannot_be_does_not_count() -> None:
    """A source that is ahead of time does not outrank one that is right."""
    ahead = Published(MONDAY + timedelta(days=400))
    assert merge([a_sighting(1, published=ahead), a_sighting(2, published=YEAR)]).published == YEAR


@given(st.integers(1990, 9999), st.text())
def test_a_lost_database_mints_the_same_tag_again(year: int, path: str) -> None:
    """The tag depends on host, year and canonical address alone."""
    identity = canonical(f"https://example.org/{path}")
    first, again = (datetime(year, month, 1, tzinfo=UTC) for month in (1, 12))
    tag = tag_uri("digest.example.org", first, identity)
    assert tag == tag_uri("digest.example.org", again, identity)
    assert tag.startswith(f"tag:digest.example.org,{year}:resource/")
