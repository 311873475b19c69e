"""Sources, what they showed, and what of it could not be used."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, func, insert, or_, select, update

from digest.core.resource import ResourceId
from digest.core.source import Bookmark, Health, Reject, Sighting
from digest.ports import SourceRecord
from digest.storage.codec import fingerprint
from digest.storage.dialects import add_if_absent
from digest.storage.tables import rejects, sightings, sources

_RECORD = [column for column in sources.c if column.name != "id"]
_BLANK = {"bookmark": Bookmark(), "health": Health.NEW, "failures": 0, "error": ""}


class Sources:
    """Implements :class:`digest.ports.SourceStore`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def record(self, name: str) -> SourceRecord:
        """What is known; a fresh record for a source never seen."""
        found = self._connection.execute(select(*_RECORD).where(sources.c.name == name)).first()
        return SourceRecord(*found) if found else SourceRecord(name, Bookmark())

    def records(self) -> Sequence[SourceRecord]:
        """All sources ever collected, by name."""
        found = [SourceRecord(*row) for row in self._connection.execute(select(*_RECORD))]
        # Sorted here: each database orders text by a language of its own.
        return sorted(found, key=lambda record: record.name)

    def claim(self, name: str, now: datetime, until: datetime) -> bool:
        """Take the turn to collect a due source; its ``due`` is then ``until``."""
        fresh = add_if_absent(self._connection, sources)
        if self._connection.execute(fresh, {"name": name, **_BLANK, "due": until}).rowcount:
            return True
        is_due = or_(sources.c.due.is_(None), sources.c.due <= now)
        turn = update(sources).where(sources.c.name == name, is_due).values(due=until)
        return self._connection.execute(turn).rowcount == 1

    def save(self, record: SourceRecord) -> None:
        """Keep a record."""
        values = {column.name: getattr(record, column.name) for column in _RECORD}
        self._connection.execute(add_if_absent(self._connection, sources), values)
        self._connection.execute(
            update(sources).where(sources.c.name == record.name).values(values)
        )

    def add_sighting(self, sighting: Sighting, resource: ResourceId) -> bool:
        """Keep a sighting; False when the newest one of the same key says the same.

        When it was seen, and what of the source's own fields we do not use, is not compared:
        else a counter of comments would make a new row at every visit.
        """
        last = self.last_sighting(sighting.source, sighting.key)
        if last is not None and last == (_as_seen(sighting, last[0]), resource):
            return False
        values = {
            "resource_id": resource,
            "item": fingerprint(sighting.source, sighting.key),
            "sighting": sighting,
            "seen_at": sighting.seen_at,
        }
        self._connection.execute(insert(sightings).values(values))
        return True

    def last_sighting(self, source: str, key: str) -> tuple[Sighting, ResourceId] | None:
        """The newest sighting of a source's item, and its resource."""
        query = (
            select(sightings.c.sighting, sightings.c.resource_id)
            .where(sightings.c.item == fingerprint(source, key))
            .order_by(sightings.c.id.desc())
            .limit(1)
        )
        found = self._connection.execute(query).first()
        return (found.sighting, ResourceId(found.resource_id)) if found else None

    def sightings_of(self, resource: ResourceId) -> Sequence[Sighting]:
        """The newest sighting per source and key, the one first seen first."""
        items = (
            select(
                func.max(sightings.c.id).label("newest"),
                func.min(sightings.c.seen_at).label("first_seen"),
                func.min(sightings.c.id).label("first"),
            )
            .where(sightings.c.resource_id == resource)
            .group_by(sightings.c.item)
            .subquery()
        )
        query = (
            select(sightings.c.sighting)
            .join(items, sightings.c.id == items.c.newest)
            .order_by(items.c.first_seen, items.c.first)
        )
        return self._connection.scalars(query).all()

    def add_reject(self, reject: Reject, now: datetime) -> bool:
        """Keep a rejected item; False when the same is already kept."""
        values = {
            "identity": fingerprint(reject.source, reject.key, reject.reason),
            "source": reject.source,
            "reject": reject,
            "first_seen": now,
        }
        return (
            self._connection.execute(add_if_absent(self._connection, rejects), values).rowcount == 1
        )

    def rejects(self, source: str | None = None) -> Sequence[tuple[Reject, datetime]]:
        """Rejected items with when they first came, newest first."""
        query = select(rejects.c.reject, rejects.c.first_seen).order_by(
            rejects.c.first_seen.desc(), rejects.c.id.desc()
        )
        if source is not None:
            query = query.where(rejects.c.source == source)
        return [(row.reject, row.first_seen) for row in self._connection.execute(query)]


def _as_seen(sighting: Sighting, other: Sighting) -> Sighting:
    return replace(sighting, seen_at=other.seen_at, raw=other.raw)
