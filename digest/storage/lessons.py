"""What editors taught, and what was learnt from it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select

from digest.core.filing.taught import Taught
from digest.core.resource import ResourceId
from digest.storage.dialects import hold
from digest.storage.tables import knowledge, lessons, rejected_themes

_AT_ONCE = 500
"""Names in one question; SQLite takes no more than 32,766."""


class Lessons:
    """Implements :class:`digest.ports.LessonStore`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def append(self, rows: Sequence[Taught]) -> None:
        """Keep what was said at once; whoever else teaches waits until this transaction ends."""
        if not rows:
            return
        hold(self._connection, "lessons")
        batch = self.last() + 1
        values = [
            {
                "batch": batch,
                "resource_id": row.resource,
                "theme": row.theme,
                "day": row.day,
                "example": row.example,
                "act": row.act,
            }
            for row in rows
        ]
        self._connection.execute(insert(lessons), values)

    def last(self) -> int:
        """The number of the last row; 0 when nothing was taught yet."""
        return self._connection.scalar(select(func.max(lessons.c.id))) or 0

    def after(self, number: int) -> Sequence[Taught]:
        """The rows after one, in order."""
        query = select(lessons).where(lessons.c.id > number).order_by(lessons.c.id)
        return [_taught(row) for row in self._connection.execute(query)]

    def of(self, resource: ResourceId) -> Sequence[Taught]:
        """The rows of a resource, the newest first."""
        query = select(lessons).where(lessons.c.resource_id == resource)
        found = self._connection.execute(query.order_by(lessons.c.id.desc()))
        return [_taught(row) for row in found]

    def standing(self, resources: Collection[ResourceId]) -> Mapping[ResourceId, Taught]:
        """The last row of each of these resources, where it was not taken back."""
        found: dict[ResourceId, Taught] = {}
        for some in _portions(resources):
            last = (
                select(func.max(lessons.c.id))
                .where(lessons.c.resource_id.in_(some))
                .group_by(lessons.c.resource_id)
            )
            query = select(lessons).where(lessons.c.id.in_(last), lessons.c.theme != "")
            rows = map(_taught, self._connection.execute(query))
            found.update((row.resource, row) for row in rows)
        return found

    def tally(self) -> Mapping[str, int]:
        """How many resources were last said to belong under each theme."""
        last = select(func.max(lessons.c.id)).group_by(lessons.c.resource_id)
        query = (
            select(lessons.c.theme, func.count().label("rows"))
            .where(lessons.c.id.in_(last), lessons.c.theme != "")
            .group_by(lessons.c.theme)
        )
        return {row.theme: row.rows for row in self._connection.execute(query)}

    def packed(self) -> bytes | None:
        """What was learnt up to some row, as it was kept last."""
        newest = select(knowledge.c.packed).order_by(knowledge.c.lesson.desc()).limit(1)
        found = self._connection.scalar(newest)
        return None if found is None else bytes(found)

    def pack(self, number: int, packed: bytes) -> None:
        """Keep what was learnt up to a row in place of what was kept before."""
        self._connection.execute(delete(knowledge))
        self._connection.execute(insert(knowledge).values(lesson=number, packed=packed))

    def reject(self, terms: tuple[str, ...], *, by: str, now: datetime) -> None:
        """Remember that a theme which these terms tell is not wanted."""
        values = {"terms": terms, "rejected_by": by, "rejected_at": now}
        self._connection.execute(insert(rejected_themes).values(values))

    def rejected(self) -> Sequence[tuple[str, ...]]:
        """The terms of every theme that is not wanted, the oldest first."""
        query = select(rejected_themes.c.terms).order_by(rejected_themes.c.id)
        return self._connection.scalars(query).all()


def _taught(row: Row[*tuple[Any, ...]]) -> Taught:
    return Taught(
        resource=ResourceId(row.resource_id),
        theme=row.theme,
        day=row.day,
        example=row.example,
        act=row.act,
        number=row.id,
        batch=row.batch,
    )


def _portions(resources: Collection[ResourceId]) -> Iterable[list[ResourceId]]:
    rest = iter(resources)
    while some := list(islice(rest, _AT_ONCE)):
        yield some
