"""Count what there is, for those who watch the service."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from digest.core.edition import EditionState
from digest.core.outbox import DeliveryState
from digest.core.source import Health
from digest.ports import Clock, EditionRecord, Store, Work

_NEWEST = 5
"""Editions whose letters are counted one by one, beside those that are being sent."""

_WAITING = (DeliveryState.DUE, DeliveryState.DEFERRED)

Labels = tuple[tuple[str, str], ...]


class Census(Protocol):
    """Knows how many people there are."""

    def tally(self) -> Mapping[tuple[str, str], int]:
        """Count the subscriptions, by newsletter and state."""
        ...


@dataclass(frozen=True, slots=True)
class Measure:
    """One kind of number, as of now.

    Attributes:
        name: in the way of Prometheus: the unit is its end.
        samples: the values, by their labels.
    """

    name: str
    meaning: str
    samples: tuple[tuple[Labels, float], ...]


@dataclass(frozen=True, slots=True)
class Survey:
    """Reads counts; nothing is written, and no row is looked at that no index leads to."""

    store: Store
    clock: Clock
    people: Census

    def __call__(self) -> list[Measure]:
        """Count.

        Raises:
            StorageError: the database is out of reach.
        """
        with self.store.read() as work:
            return [
                *_sources(work),
                _editions(work),
                *_letters(work, self.clock.now()),
                _notes(work),
                self._subscriptions(),
            ]

    def _subscriptions(self) -> Measure:
        samples = tuple(
            ((("newsletter", slug), ("state", state)), float(number))
            for (slug, state), number in sorted(self.people.tally().items())
        )
        return Measure("digest_subscriptions", "Subscriptions by state.", samples)


def _sources(work: Work) -> Iterator[Measure]:
    records = work.sources.records()
    healths = Counter(record.health for record in records)
    by_health = tuple(((("health", each.value),), float(healths[each])) for each in Health)
    yield Measure("digest_sources", "Sources by health.", by_health)
    read = [record.last_ok for record in records if record.last_ok]
    yield Measure(
        "digest_last_collection_timestamp_seconds",
        "When a source was last read well.",
        (((), max(read).timestamp()),) if read else (),
    )


def _editions(work: Work) -> Measure:
    samples = tuple(
        ((("state", state.value),), float(number))
        for state, number in work.editions.tally().items()
    )
    return Measure("digest_editions", "Editions by state.", samples)


def _letters(work: Work, now: datetime) -> Iterator[Measure]:
    approved = work.editions.records(states=(EditionState.APPROVED,))
    newest = work.editions.records(
        states=(EditionState.APPROVED, EditionState.SENT, EditionState.CANCELLED), limit=_NEWEST
    )
    shown = {record.id: record for record in (*newest, *approved)}
    letters, oldest = [], now
    for record in shown.values():
        counts = work.deliveries.counts(record.id)
        letters += [((*_name(record), ("state", s.value)), float(n)) for s, n in counts.items()]
        if not record.paused_at and any(counts[state] for state in _WAITING):
            oldest = min(oldest, record.approved_at or record.slot)
    yield Measure("digest_letters", "Letters of the newest editions by state.", tuple(letters))
    yield Measure(
        "digest_edition_paused",
        "Editions that wait until somebody resumes them.",
        tuple((_name(record), float(bool(record.paused_at))) for record in approved),
    )
    yield Measure(
        "digest_queue_age_seconds",
        "For how long the oldest letter that is not sent has been due; paused ones do not count.",
        (((), (now - oldest).total_seconds()),),
    )


def _notes(work: Work) -> Measure:
    samples = tuple(
        ((("kind", kind), ("state", state.value)), float(number))
        for (kind, state), number in sorted(work.notes.tally().items())
    )
    return Measure("digest_notes", "Letters to single people, of a month, by state.", samples)


def _name(record: EditionRecord) -> Labels:
    return (("edition", f"{record.newsletter}/{record.slug or record.id}"),)
