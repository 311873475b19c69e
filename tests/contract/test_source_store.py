"""What every store promises about sources."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from digest.core.published import Precision, Published
from digest.core.source import Bookmark, Health, Reject
from digest.ports import SourceRecord, Store
from tests.builders import MONDAY, a_sighting
from tests.contract.keeping import HOUR, keep_resource

RECORD = SourceRecord(
    name="library",
    bookmark=Bookmark("https://library.example.org/feed", 'W/"1"', "Mon, 23 Nov 2026", "page 2"),
    health=Health.FAILING,
    first_collected=MONDAY - 9 * HOUR,
    last_tried=MONDAY,
    last_ok=MONDAY - HOUR,
    failures=3,
    error="the server said 503",
    due=MONDAY + HOUR,
)


def test_a_source_never_seen_has_a_fresh_record(store: Store) -> None:
    """A source never collected is new and has no bookmark."""
    with store.read() as work:
        assert work.sources.record("library") == SourceRecord("library", Bookmark())


def test_a_record_comes_back_as_it_was_saved(store: Store) -> None:
    """Every field of a record survives."""
    with store.begin() as work:
        work.sources.save(RECORD)
    with store.read() as work:
        assert work.sources.record("library") == RECORD


def test_the_last_save_of_a_record_counts(store: Store) -> None:
    """Saving a record again replaces all its fields."""
    well = replace(RECORD, health=Health.WELL, failures=0, error="", due=None)
    with store.begin() as work:
        work.sources.save(RECORD)
        work.sources.save(well)
    with store.read() as work:
        assert work.sources.record("library") == well


def test_records_are_listed_by_name(store: Store) -> None:
    """Records come by name, capitals first, whatever the database's language."""
    with store.begin() as work:
        for name in ("beta", "Zeta", "alpha"):
            work.sources.save(replace(RECORD, name=name))
    with store.read() as work:
        assert [record.name for record in work.sources.records()] == ["Zeta", "alpha", "beta"]


def test_a_source_never_collected_can_be_claimed(store: Store) -> None:
    """The first claim of an unknown source is granted, and remembered."""
    with store.begin() as work:
        assert work.sources.claim("library", MONDAY, MONDAY + HOUR)
    with store.read() as work:
        assert work.sources.record("library").due == MONDAY + HOUR


def test_a_claimed_source_is_not_claimed_again_before_it_is_due(store: Store) -> None:
    """A second claim waits until the first one's time is over."""
    with store.begin() as work:
        work.sources.claim("library", MONDAY, MONDAY + HOUR)
        early = work.sources.claim("library", MONDAY + timedelta(minutes=59), MONDAY + 2 * HOUR)
        late = work.sources.claim("library", MONDAY + HOUR, MONDAY + 2 * HOUR)
    assert (early, late) == (False, True)


def test_a_source_without_a_due_time_can_be_claimed(store: Store) -> None:
    """A known source whose record names no time is due."""
    with store.begin() as work:
        work.sources.save(replace(RECORD, due=None))
        assert work.sources.claim("library", MONDAY, MONDAY + HOUR)


def test_a_sighting_comes_back_as_it_was(store: Store) -> None:
    """Every field of a sighting survives, also what is awkward for a database."""
    resource = keep_resource(store)
    awkward = a_sighting(
        title="nul \0, half a pair \ud83d, an emoji \N{OCTOPUS}, 100 % _of_ 'it'",
        key="k" * 9_000,
        labels=("Guidance", "Standards & Codes"),
        published=Published(datetime(1, 1, 1, 23, tzinfo=UTC), Precision.YEAR),
        raw='{"id": "\\u0000"}',
    )
    with store.begin() as work:
        work.sources.add_sighting(awkward, resource)
    with store.read() as work:
        assert work.sources.last_sighting("library", "k" * 9_000) == (awkward, resource)


def test_the_same_sighting_is_kept_once(store: Store) -> None:
    """A sighting that says what the last one said is not kept; when it was seen does not count."""
    resource = keep_resource(store)
    with store.begin() as work:
        first = work.sources.add_sighting(a_sighting(), resource)
        again = work.sources.add_sighting(a_sighting(seen_at=MONDAY + HOUR, raw="{1}"), resource)
    assert (first, again) == (True, False)


def test_a_changed_sighting_is_kept_beside_the_old_one(store: Store) -> None:
    """A sighting that says something else is kept, and is the newest."""
    resource = keep_resource(store)
    changed = a_sighting(title="How a river lost its way")
    with store.begin() as work:
        work.sources.add_sighting(a_sighting(), resource)
        assert work.sources.add_sighting(changed, resource)
        assert work.sources.last_sighting("library", "item-1") == (changed, resource)


def test_a_sighting_that_moved_to_another_resource_is_kept(store: Store) -> None:
    """The same words under another resource are a new sighting."""
    first, second = keep_resource(store, 1), keep_resource(store, 2)
    with store.begin() as work:
        work.sources.add_sighting(a_sighting(), first)
        assert work.sources.add_sighting(a_sighting(), second)


def test_keys_of_two_sources_do_not_mix(store: Store) -> None:
    """The same key of another source is another item."""
    resource = keep_resource(store)
    with store.begin() as work:
        work.sources.add_sighting(a_sighting(), resource)
        assert work.sources.last_sighting("journal", "item-1") is None


def test_sightings_of_a_resource_are_the_newest_per_item_by_first_sight(store: Store) -> None:
    """Per source and key the newest sighting comes, the item first seen first."""
    resource, other = keep_resource(store, 1), keep_resource(store, 2)
    library, journal = a_sighting(), a_sighting(source="journal", seen_at=MONDAY + HOUR)
    renewed = a_sighting(title="Renewed", seen_at=MONDAY + 2 * HOUR)
    with store.begin() as work:
        for sighting in (journal, library, renewed):
            work.sources.add_sighting(sighting, resource)
        work.sources.add_sighting(a_sighting(2), other)
    with store.read() as work:
        assert work.sources.sightings_of(resource) == [renewed, journal]


def test_a_reject_is_kept_once_with_its_first_time(store: Store) -> None:
    """The same item with the same reason is kept once, as of its first time."""
    reject = Reject("library", "item\0" + "x" * 5_000, "it has no link", '{"title": "?"}')
    with store.begin() as work:
        first = work.sources.add_reject(reject, MONDAY)
        again = work.sources.add_reject(replace(reject, raw="{}"), MONDAY + HOUR)
    with store.read() as work:
        kept = work.sources.rejects("library")
    assert (first, again, kept) == (True, False, [(reject, MONDAY)])


def test_rejects_are_listed_newest_first(store: Store) -> None:
    """Rejects come newest first, of one source or of all."""
    old = Reject("library", "1", "it has no link")
    new = Reject("journal", "1", "it has no title")
    with store.begin() as work:
        work.sources.add_reject(old, MONDAY)
        work.sources.add_reject(new, MONDAY + HOUR)
    with store.read() as work:
        assert work.sources.rejects() == [(new, MONDAY + HOUR), (old, MONDAY)]
        assert work.sources.rejects("library") == [(old, MONDAY)]
