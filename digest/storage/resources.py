"""Resources and their filings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from digest.core.edition import FiledResource, Filing
from digest.core.newsletter import OTHER
from digest.core.resource import Facts, Resource, ResourceId
from digest.errors import ConflictError
from digest.storage.codec import fingerprint
from digest.storage.dialects import add_if_absent
from digest.storage.tables import filings, resources

FILED = (
    resources.c.id,
    resources.c.tag,
    resources.c.facts,
    resources.c.first_seen,
    resources.c.changed_at,
    resources.c.backlog,
    resources.c.hidden,
    resources.c.filing,
)
"""The columns that :func:`filed` reads."""

_UNPLACED = (
    (resources.c.theme == OTHER) & resources.c.hidden.is_(False) & resources.c.backlog.is_(False)
)
"""Under *other*, by nobody or by an editor: that stands in the filing."""


class Resources:
    """Implements :class:`digest.ports.ResourceStore`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def find(self, canonical: str) -> Resource | None:
        """By canonical address."""
        query = select(*FILED).where(resources.c.identity == fingerprint(canonical))
        found = self._connection.execute(query).first()
        return filed(found).resource if found else None

    def get(self, resource: ResourceId) -> FiledResource | None:
        """By number, with its present filing."""
        found = self._connection.execute(select(*FILED).where(resources.c.id == resource)).first()
        return filed(found) if found else None

    def add(
        self, facts: Facts, *, tag: str, now: datetime, backlog: bool, filing: Filing
    ) -> Resource:
        """Keep a new resource.

        Raises:
            ConflictError: another process added the same canonical address; the transaction
                goes on.
        """
        values = {
            "identity": fingerprint(facts.canonical),
            "tag": tag,
            "first_seen": now,
            "backlog": backlog,
            "hidden": False,
            **_said(facts, now, now),
            **_filed_under(filing),
        }
        new = add_if_absent(self._connection, resources).values(values).returning(resources.c.id)
        number = self._connection.scalar(new)
        if number is None:
            raise ConflictError(f"{facts.canonical} is already known")
        self._remember(number, filing, now)
        return Resource(ResourceId(number), tag, facts, now, now, backlog)

    def change(self, resource: ResourceId, facts: Facts, now: datetime) -> None:
        """Keep what the sightings now say together."""
        row = resources.c.id == resource
        first_seen = self._connection.scalar(select(resources.c.first_seen).where(row))
        if first_seen is not None:
            said = _said(facts, first_seen, now)
            self._connection.execute(update(resources).where(row).values(said))

    def hide(self, resource: ResourceId, *, hidden: bool) -> None:
        """Take a resource out of everything to come, or bring it back."""
        self._connection.execute(
            update(resources).where(resources.c.id == resource).values(hidden=hidden)
        )

    def admit(self, resource: ResourceId) -> None:
        """Let a resource that was known but kept out (backlog) enter editions."""
        self._connection.execute(
            update(resources).where(resources.c.id == resource).values(backlog=False)
        )

    def lock(self, resource: ResourceId) -> None:
        """Let nobody else file a resource until this transaction ends (SQLite has one writer)."""
        self._connection.execute(
            select(resources.c.id).where(resources.c.id == resource).with_for_update()
        )

    def file(self, resource: ResourceId, filing: Filing, now: datetime) -> None:
        """Add a filing; the newest one counts, the history stays."""
        self._connection.execute(
            update(resources).where(resources.c.id == resource).values(_filed_under(filing))
        )
        self._remember(resource, filing, now)

    def filings(self, resource: ResourceId) -> Sequence[tuple[Filing, datetime]]:
        """The history, newest first."""
        query = (
            select(filings.c.filing, filings.c.filed_at)
            .where(filings.c.resource_id == resource)
            .order_by(filings.c.id.desc())
        )
        return [(row.filing, row.filed_at) for row in self._connection.execute(query)]

    def to_file(self, limit: int | None = None) -> Sequence[FiledResource]:
        """Those that nothing could place and no editor has yet, the last seen first."""
        query = select(*FILED).where(_UNPLACED)
        query = query.order_by(resources.c.first_seen.desc(), resources.c.id.desc())
        found = map(filed, self._connection.execute(query))
        return list(islice((item for item in found if item.filing.is_to_file), limit))

    def count_to_file(self) -> int:
        """How many there are of those."""
        unplaced = self._connection.scalars(select(resources.c.filing).where(_UNPLACED))
        return sum(filing.is_to_file for filing in unplaced)

    def decided(self) -> Sequence[FiledResource]:
        """All that editors filed, by number."""
        query = select(resources.c.id, resources.c.filing).order_by(resources.c.id)
        numbers = [row.id for row in self._connection.execute(query) if row.filing.is_decided]
        found = (self.get(ResourceId(number)) for number in numbers)
        return [item for item in found if item]

    def tally(self) -> Mapping[str, int]:
        """How many stand under each theme; of themes without any, nothing."""
        query = select(resources.c.theme, func.count().label("rows")).group_by(resources.c.theme)
        return {row.theme: row.rows for row in self._connection.execute(query)}

    def under(self, theme: str) -> Sequence[FiledResource]:
        """All that stand under a theme, hidden ones and backlog included, by number."""
        query = select(*FILED).where(resources.c.theme == theme).order_by(resources.c.id)
        return [filed(row) for row in self._connection.execute(query)]

    def newest(
        self, limit: int, *, theme: str | None = None, text: str = ""
    ) -> Sequence[FiledResource]:
        """The newest resources that are not hidden, backlog included, newest first."""
        query = select(*FILED).where(resources.c.hidden.is_(False))
        if theme is not None:
            query = query.where(resources.c.theme == theme)
        if text:
            query = query.where(resources.c.title.contains(text.casefold(), autoescape=True))
        query = query.order_by(resources.c.listed_at.desc(), resources.c.id.desc()).limit(limit)
        return [filed(row) for row in self._connection.execute(query)]

    def arrivals(self, since: datetime) -> Sequence[tuple[str, datetime]]:
        """The theme of each resource first seen since, with when that was; no backlog."""
        query = select(resources.c.theme, resources.c.first_seen).where(
            resources.c.first_seen >= since,
            resources.c.backlog.is_(False),
            resources.c.hidden.is_(False),
        )
        return [(row.theme, row.first_seen) for row in self._connection.execute(query)]

    def _remember(self, resource: int, filing: Filing, now: datetime) -> None:
        values = {"resource_id": resource, "filing": filing, "filed_at": now}
        self._connection.execute(insert(filings).values(values))


def filed(row: Row[*tuple[Any, ...]]) -> FiledResource:
    """A row of the columns :data:`FILED`, maybe with others after them."""
    return FiledResource(
        Resource(
            id=ResourceId(row.id),
            tag=row.tag,
            facts=row.facts,
            first_seen=row.first_seen,
            changed_at=row.changed_at,
            backlog=row.backlog,
            hidden=row.hidden,
        ),
        row.filing,
    )


def _said(facts: Facts, first_seen: datetime, now: datetime) -> dict[str, object]:
    return {
        "facts": facts,
        "title": facts.title.casefold(),
        "listed_at": _listed_at(facts, first_seen),
        "changed_at": now,
    }


def _listed_at(facts: Facts, first_seen: datetime) -> datetime:
    """The date by which lists are ordered: its publication where that is known."""
    try:
        return facts.published.at.astimezone(UTC) if facts.published else first_seen
    except OverflowError:  # the first or last day of the calendar, in another zone
        return first_seen


def _filed_under(filing: Filing) -> dict[str, object]:
    return {"filing": filing, "theme": filing.theme}
