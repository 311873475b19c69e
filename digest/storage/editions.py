"""Windows, drafts, decisions, editions."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import exists, func, select, update

from digest.core.catalogue import Issue
from digest.core.edition import EditionId, EditionState, Heading
from digest.core.outbox import MAY_HAVE_GONE
from digest.errors import ConflictError
from digest.ports import EditionRecord
from digest.storage.approvals import BLANK, Approvals
from digest.storage.dialects import add_if_absent, hold
from digest.storage.holdings import OUTLINE, RECORD
from digest.storage.tables import deliveries, editions, newsletters

PUBLISHED = (EditionState.APPROVED, EditionState.SENT)
"""The states in which an edition is out."""

SENDING = editions.c.state.in_(PUBLISHED) & editions.c.paused_at.is_(None)
"""Letters of the edition may be claimed."""

_PUBLIC = editions.c.state.in_(PUBLISHED) | (
    (editions.c.state == EditionState.CANCELLED)
    & exists().where(
        deliveries.c.edition_id == editions.c.id, deliveries.c.state.in_(MAY_HAVE_GONE)
    )
)
"""Readers find the edition: a letter leads to it, or will."""


class Editions(Approvals):
    """Implements :class:`digest.ports.EditionStore`."""

    def register(self, newsletter: str, now: datetime) -> datetime:
        """When the newsletter was first known (now, at the first call)."""
        self._connection.execute(
            add_if_absent(self._connection, newsletters),
            {"slug": newsletter, "registered_at": now},
        )
        return self.registered(newsletter) or now

    def registered(self, newsletter: str) -> datetime | None:
        """The same, but it only looks; ``None``: not known yet."""
        query = select(newsletters.c.registered_at).where(newsletters.c.slug == newsletter)
        registered: datetime | None = self._connection.scalar(query)
        return registered

    def lock(self, newsletter: str) -> None:
        """Hold the newsletter until the transaction ends, so that one process composes it."""
        hold(self._connection, f"newsletter {newsletter}")

    def add(
        self,
        newsletter: str,
        slot: datetime,
        cutoff: datetime,
        state: EditionState,
        *,
        reason: str = "",
    ) -> EditionRecord:
        """Open an edition for a slot.

        Raises:
            ConflictError: the slot has one; the transaction goes on.
        """
        values = {"newsletter": newsletter, "slot": slot, "cutoff": cutoff, "state": state}
        new = add_if_absent(self._connection, editions).returning(*RECORD)
        row = self._connection.execute(new.values(reason=reason, **values, **BLANK)).first()
        if row is None:
            raise ConflictError(
                f"{newsletter} already has an edition for {slot:%Y-%m-%d %H:%M} UTC"
            )
        return EditionRecord(*row)

    def get(self, edition: EditionId) -> EditionRecord | None:
        """By number of the row."""
        found = self._connection.execute(select(*RECORD).where(editions.c.id == edition)).first()
        return EditionRecord(*found) if found else None

    def outline(self, edition: EditionId) -> EditionRecord | None:
        """By number of the row, without the content (``edition`` is ``None``)."""
        found = self._connection.execute(select(*OUTLINE).where(editions.c.id == edition)).first()
        return EditionRecord(*found) if found else None

    def find(self, newsletter: str, slug: str) -> EditionRecord | None:
        """By the last part of its address, such as ``2026-11-23``."""
        query = select(*RECORD).where(
            editions.c.newsletter == newsletter, editions.c.slug == slug, editions.c.slug != ""
        )
        found = self._connection.execute(query).first()
        return EditionRecord(*found) if found else None

    def last_number(self, newsletter: str) -> int:
        """The number of the newest approved edition; 0 when there is none."""
        query = select(func.max(editions.c.number)).where(editions.c.newsletter == newsletter)
        return self._connection.scalar(query) or 0

    def records(
        self,
        newsletter: str | None = None,
        *,
        states: Sequence[EditionState] = (),
        limit: int | None = None,
    ) -> Sequence[EditionRecord]:
        """Editions, the newest slot first; without their content (``edition`` is ``None``)."""
        query = select(*OUTLINE).order_by(editions.c.slot.desc(), editions.c.id.desc()).limit(limit)
        if newsletter is not None:
            query = query.where(editions.c.newsletter == newsletter)
        if states:
            query = query.where(editions.c.state.in_(states))
        return [EditionRecord(*row) for row in self._connection.execute(query)]

    def tally(self) -> dict[EditionState, int]:
        """How many editions are in each state, all states named."""
        query = select(editions.c.state, func.count().label("rows")).group_by(editions.c.state)
        found = {row.state: row.rows for row in self._connection.execute(query)}
        return {state: found.get(state, 0) for state in EditionState}

    def issues(
        self, newsletter: str, limit: int | None = None, *, slugs: Collection[str] | None = None
    ) -> Sequence[Issue]:
        """Published editions, newest first; of these slugs, or all.

        Those are the approved and the sent ones, and the cancelled ones of which somebody may
        have a letter, since its links must lead somewhere.
        """
        query = (
            select(
                editions.c.edition, editions.c.tag, editions.c.approved_at, editions.c.content_hash
            )
            .where(editions.c.newsletter == newsletter, _PUBLIC)
            .order_by(editions.c.number.desc())
            .limit(limit)
        )
        if slugs is not None:
            query = query.where(editions.c.slug.in_(slugs))
        return [Issue(*row) for row in self._connection.execute(query)]

    def headings(self, newsletter: str) -> Sequence[Heading]:
        """The same, all of them, without their content."""
        query = (
            select(editions.c.heading)
            .where(editions.c.newsletter == newsletter, _PUBLIC)
            .order_by(editions.c.number.desc())
        )
        return self._connection.scalars(query).all()

    def pause(self, edition: EditionId, why: str, now: datetime) -> None:
        """Let no letter of an edition that is out be claimed.

        One that is paused already keeps its reason.
        """
        self._connection.execute(
            update(editions)
            .where(editions.c.id == edition, SENDING)
            .values(paused_at=now, paused=why)
        )

    def resume(self, edition: EditionId) -> None:
        """Let its letters be claimed again."""
        self._connection.execute(
            update(editions).where(editions.c.id == edition).values(paused_at=None, paused="")
        )

    def close(self, edition: EditionId, state: EditionState, reason: str = "") -> None:
        """Set a final state."""
        self._connection.execute(
            update(editions).where(editions.c.id == edition).values(state=state, reason=reason)
        )
