"""Editions: what their content hash says, and that storage keeps it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.core.edition import Edition, Entry, Section, content_hash
from digest.core.published import Precision, Published
from digest.core.resource import ResourceId
from digest.storage import codec
from tests.builders import a_section, an_edition, an_entry

words = st.text(max_size=12)
many = st.lists(words, max_size=2).map(tuple)
entries = st.builds(
    Entry,
    resource=st.integers(1, 99).map(ResourceId),
    tag=words,
    url=words,
    title=words,
    theme=words,
    summary=words,
    labels=many,
    tags=many,
    published=st.sampled_from(["", "2026", "2026-11", "2026-11-20", "2026-11-20T08:00:00Z"]),
    also_in=many,
    also_at=many,
    note=words,
)
sections = st.builds(
    Section,
    theme=words,
    title=words,
    description=words,
    entries=st.lists(entries, max_size=3).map(tuple),
    shown=st.integers(1, 9),
    featured=st.booleans(),
)
moments = st.datetimes(timezones=st.just(UTC))
editions = st.builds(
    Edition,
    newsletter=words,
    title=words,
    number=st.integers(0, 999),
    slug=words,
    date=moments,
    sections=st.lists(sections, max_size=2).map(tuple),
    featured=st.none() | entries,
    subject=words,
    preheader=words,
    letter=words,
    language=words,
)


def changed(value: Any) -> Iterator[Any]:
    """A value once for each of its fields, with that field another one; deep."""
    for field in fields(value):
        for other in _others(getattr(value, field.name)):
            yield replace(value, **{field.name: other})


def _others(old: Any) -> Iterator[Any]:
    match old:
        case bool():
            yield not old
        case int():
            yield old + 1
        case str():
            yield f"{old}."
        case datetime():
            yield old + timedelta(microseconds=1)
        case tuple():
            yield old[1:] if old else ("new",)
            for position, part in enumerate(old):
                for other in _others(part):
                    yield (*old[:position], other, *old[position + 1 :])
        case _ if is_dataclass(old):
            yield from changed(old)


def test_any_other_value_anywhere_is_another_hash() -> None:
    """Whoever approves a hash approves every letter of the edition."""
    edition = an_edition(themes=2, per_theme=2)
    hashes = [content_hash(one) for one in (edition, *changed(edition))]
    assert len(hashes) > 100
    assert len(set(hashes)) == len(hashes)


@given(editions)
def test_a_hash_is_64_hexadecimal_digits_of_any_content(edition: Edition) -> None:
    """Also where a text holds a lone surrogate or a control character."""
    name = content_hash(edition)
    assert len(name) == 64
    assert int(name, 16) >= 0


@given(editions)
def test_what_storage_keeps_comes_back_with_the_same_hash(edition: Edition) -> None:
    """An edition is the same before and after it was kept."""
    back = codec.decode(Edition, codec.encode(edition))
    assert back == edition
    assert content_hash(back) == content_hash(edition)


def test_equal_moments_of_other_zones_are_one_content() -> None:
    """A database may give a moment back in the zone of its server."""
    edition = an_edition()
    elsewhere = replace(edition, date=edition.date.astimezone(ZoneInfo("Europe/Berlin")))
    assert elsewhere == edition
    assert content_hash(elsewhere) == content_hash(edition)


@given(editions)
def test_an_edition_counts_its_items(edition: Edition) -> None:
    """Each section its entries and its featured one."""
    assert edition.count == sum(len(s.entries) + s.featured for s in edition.sections)


def test_the_featured_item_is_read_first() -> None:
    """Then the sections, each in its order."""
    edition = an_edition(themes=2, per_theme=2)
    assert [int(e.resource) for e in edition.entries()] == [1, 1000, 1001, 2000, 2001]


@pytest.mark.parametrize(("shown", "visible", "more"), [(1, 1, 2), (3, 3, 0), (9, 3, 0)])
def test_a_section_shows_some_and_counts_the_rest(shown: int, visible: int, more: int) -> None:
    """What the email leaves to the web page."""
    three = a_section("theme-1", *(an_entry(n) for n in (1, 2, 3)), shown=shown)
    assert (len(three.visible), three.more, three.count) == (visible, more, 3)


def test_an_entry_knows_its_date_as_exactly_as_it_was_said() -> None:
    """Nothing is made up: no day where only a month was told."""
    month = Published(datetime(2026, 11, 1, tzinfo=UTC), Precision.MONTH)
    assert an_entry(published="2026-11").date == month
    assert an_entry(published="").date is None
