"""Sources: what looks at them, and where what they showed is kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from digest.core.resource import ResourceId
from digest.core.source import Bookmark, Harvest, Health, Reject, Sighting


class Collector(Protocol):
    """Looks at one source."""

    def collect(self, bookmark: Bookmark, now: datetime) -> Harvest:
        """Bring what the source shows now.

        Items that cannot be used come back as rejects; they never spoil the others.

        Raises:
            FetchError: the source did not answer, or not with what was asked.
            ParseError: the answer as a whole cannot be read.
        """
        ...


class Reader(Protocol):
    """Looks at one page that an editor points at."""

    def look(self, url: str, now: datetime) -> Sighting:
        """Say what the page tells of itself; its source is ``BY_HAND``.

        Raises:
            FetchError: it does not come, or must not be fetched.
            ParseError: it says nothing of itself.
        """
        ...


@dataclass(frozen=True, slots=True)
class SourceRecord:
    """What is known of a source beyond its configuration.

    Attributes:
        last_ok: when it was last read well.
        failures: how many collections failed in a row.
        error: what the last one said; empty when well.
        due: when to look again.
    """

    name: str
    bookmark: Bookmark
    health: Health = Health.NEW
    first_collected: datetime | None = None
    last_tried: datetime | None = None
    last_ok: datetime | None = None
    failures: int = 0
    error: str = ""
    due: datetime | None = None


class SourceStore(Protocol):
    """Sources, their sightings and their health."""

    def record(self, name: str) -> SourceRecord:
        """What is known; a fresh record for a source never seen."""
        ...

    def records(self) -> Sequence[SourceRecord]:
        """All sources ever collected, by name."""
        ...

    def claim(self, name: str, now: datetime, until: datetime) -> bool:
        """Take the turn to collect a due source, so that two processes do not both do it.

        True: it was due (or never collected) and its ``due`` is now ``until``.
        """
        ...

    def save(self, record: SourceRecord) -> None:
        """Keep a record."""
        ...

    def add_sighting(self, sighting: Sighting, resource: ResourceId) -> bool:
        """Keep a sighting; False when the newest one of the same key says the same.

        When it was seen, and its ``raw`` fields, are not compared.
        """
        ...

    def last_sighting(self, source: str, key: str) -> tuple[Sighting, ResourceId] | None:
        """The newest sighting of a source's item, and its resource."""
        ...

    def sightings_of(self, resource: ResourceId) -> Sequence[Sighting]:
        """The newest sighting per source and key, the one first seen first."""
        ...

    def add_reject(self, reject: Reject, now: datetime) -> bool:
        """Keep a rejected item; False when the same is already kept."""
        ...

    def rejects(self, source: str | None = None) -> Sequence[tuple[Reject, datetime]]:
        """Rejected items with when they first came, newest first."""
        ...
