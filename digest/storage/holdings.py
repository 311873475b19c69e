"""Which edition holds which resource: once per newsletter, for ever."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, delete, exists, insert, null, select
from sqlalchemy.exc import IntegrityError

from digest.core.edition import EditionId, FiledResource
from digest.core.reason import Reason
from digest.core.resource import ResourceId
from digest.errors import ConflictError
from digest.ports import EditionRecord
from digest.storage.resources import FILED, filed
from digest.storage.tables import edition_items, editions, resources

_APART = {"heading", "withdrawn"}
RECORD = tuple(column for column in editions.c if column.name not in _APART)
"""The columns of an :class:`EditionRecord`, in its order."""

OUTLINE = tuple(null().label("edition") if c.name == "edition" else c for c in RECORD)
"""The same without the content, which may be megabytes."""


class Holdings:
    """The part of :class:`digest.ports.EditionStore` about what editions hold."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def candidates(self, newsletter: str, cutoff: datetime) -> Sequence[FiledResource]:
        """What no edition of this newsletter has taken, first seen before the cut-off.

        Not "first seen since the last edition": a slow collector commits after a cut-off what it
        saw before it, and the next edition must still find that.
        """
        taken = exists().where(
            edition_items.c.newsletter == newsletter,
            edition_items.c.resource_id == resources.c.id,
        )
        query = (
            select(*FILED)
            .where(resources.c.first_seen < cutoff)
            .where(resources.c.hidden.is_(False), resources.c.backlog.is_(False), ~taken)
            .order_by(resources.c.first_seen, resources.c.id)
        )
        return [filed(row) for row in self._connection.execute(query)]

    def take(self, edition: EditionId, taken: Sequence[tuple[ResourceId, Reason | None]]) -> None:
        """Bind resources to an edition; with a reason: looked at, but left out for ever.

        Raises:
            ConflictError: another edition of the newsletter has one of them; none is bound.
        """
        newsletter = self._connection.scalar(
            select(editions.c.newsletter).where(editions.c.id == edition)
        )
        rows = [
            {
                "edition_id": edition,
                "newsletter": newsletter,
                "resource_id": resource,
                "reason": reason,
            }
            for resource, reason in taken
        ]
        if not rows:
            return
        try:
            with self._connection.begin_nested():
                self._connection.execute(insert(edition_items), rows)
        except IntegrityError as error:
            raise ConflictError(
                f"another edition of {newsletter} has taken one of these resources"
            ) from error

    def taken(self, edition: EditionId) -> Sequence[tuple[FiledResource, Reason | None]]:
        """What an edition holds or left out, in the order it was taken."""
        query = (
            select(*FILED, edition_items.c.reason)
            .join(edition_items, edition_items.c.resource_id == resources.c.id)
            .where(edition_items.c.edition_id == edition)
            .order_by(edition_items.c.id)
        )
        return [(filed(row), row.reason) for row in self._connection.execute(query)]

    def release(self, edition: EditionId) -> None:
        """Give back everything an edition took, for the next one."""
        self._connection.execute(delete(edition_items).where(edition_items.c.edition_id == edition))

    def reconsider(self, resource: ResourceId, rule: str) -> None:
        """Forget that editions left a resource out by a rule, so that the next one looks again."""
        query = select(edition_items.c.id, edition_items.c.reason).where(
            edition_items.c.resource_id == resource, edition_items.c.reason.is_not(None)
        )
        forgotten = [row.id for row in self._connection.execute(query) if row.reason.rule == rule]
        self._connection.execute(delete(edition_items).where(edition_items.c.id.in_(forgotten)))

    def where(self, resource: ResourceId) -> Sequence[tuple[EditionRecord, Reason | None]]:
        """The editions that took a resource, and why it was left out where it was.

        The newest slot first; the records come without their content.
        """
        query = (
            select(*OUTLINE, edition_items.c.reason.label("left_out"))
            .join(edition_items, edition_items.c.edition_id == editions.c.id)
            .where(edition_items.c.resource_id == resource)
            .order_by(editions.c.slot.desc(), editions.c.id.desc())
        )
        found = self._connection.execute(query)
        return [(EditionRecord(*row[: len(OUTLINE)]), row.left_out) for row in found]
