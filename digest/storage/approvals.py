"""What becomes of a draft: decisions, words for it, its freezing, and what is taken back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import and_, delete, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from digest.core.decision import Decision
from digest.core.edition import Edition, EditionId, EditionState, content_hash
from digest.core.reach import Reach
from digest.core.signature import Signature
from digest.errors import ConflictError
from digest.storage.holdings import Holdings
from digest.storage.tables import decisions, editions, signatures

_DRAFT = editions.c.state == EditionState.DRAFT
_APPROVED = editions.c.state == EditionState.APPROVED
_READY = editions.c.state == EditionState.READY


BLANK = {
    "number": 0,
    "slug": "",
    "content_hash": "",
    "approved_by": "",
    "tag": "",
}
"""An edition that is not frozen."""


class Approvals(Holdings):
    """The part of :class:`digest.ports.EditionStore` about how a draft becomes an edition."""

    def decide(self, edition: EditionId, decision: Decision) -> None:
        """Append an editor's decision.

        A draft that somebody works on is not approved by itself any more.
        """
        self._connection.execute(insert(decisions).values(edition_id=edition, decision=decision))
        touched = update(editions).where(editions.c.id == edition, _DRAFT)
        self._connection.execute(touched.values(release_at=None))

    def decisions(self, edition: EditionId) -> Sequence[Decision]:
        """All decisions on a draft, in the order they were made."""
        query = (
            select(decisions.c.decision)
            .where(decisions.c.edition_id == edition)
            .order_by(decisions.c.id)
        )
        return self._connection.scalars(query).all()

    def approve(
        self,
        edition: EditionId,
        frozen: Edition,
        *,
        by: str,
        now: datetime,
        tag: str,
        hold_until: datetime | None = None,
    ) -> str:
        """Freeze: keep the content with its hash, and answer with the hash.

        Raises:
            ConflictError: it is no draft any more, or its number or slug is taken.
        """
        digest = content_hash(frozen)
        freeze = (
            update(editions)
            .where(editions.c.id == edition, editions.c.state == EditionState.DRAFT)
            .values(
                state=EditionState.READY if hold_until else EditionState.APPROVED,
                number=frozen.number,
                slug=frozen.slug,
                edition=frozen,
                heading=frozen.heading,
                content_hash=digest,
                approved_at=now,
                approved_by=by,
                tag=tag,
                release_at=None,
                waits="",
                hold_until=hold_until,
                withdrawn=None,
            )
        )
        try:
            with self._connection.begin_nested():
                changed = self._connection.execute(freeze).rowcount
        except IntegrityError as error:
            raise ConflictError(
                f"{frozen.newsletter} already has a number {frozen.number} or a {frozen.slug}"
            ) from error
        if not changed:
            raise ConflictError("this edition is no draft any more; look at it again")
        return digest

    def let_out(self, edition: EditionId, reach: Reach) -> None:
        """Let an approved edition out, if it was held back, and keep its audience."""
        out = update(editions).where(editions.c.id == edition, or_(_READY, _APPROVED))
        self._connection.execute(out.values(state=EditionState.APPROVED, reach=reach))

    def take_back(self, edition: EditionId, why: str) -> None:
        """Make a held approval a draft again, as if nobody had signed; what it was is kept."""
        ready = update(editions).where(editions.c.id == edition, _READY)
        blank = {"edition": None, "heading": None, "approved_at": None, "hold_until": None}
        was = {"withdrawn": editions.c.edition}
        draft = ready.values(state=EditionState.DRAFT, waits=why, **was, **BLANK, **blank)
        if self._connection.execute(draft).rowcount:
            given = delete(signatures).where(signatures.c.edition_id == edition)
            self._connection.execute(given)

    def withdrawn(self, edition: EditionId) -> Edition | None:
        """What a draft was when its approval was taken back."""
        query = select(editions.c.withdrawn).where(editions.c.id == edition, _DRAFT)
        found: Edition | None = self._connection.scalar(query)
        return found

    def schedule(self, edition: EditionId, moment: datetime | None, why: str = "") -> None:
        """Say when a draft is approved by itself; ``None``: it waits for people, and why."""
        draft = update(editions).where(editions.c.id == edition, _DRAFT)
        self._connection.execute(draft.values(release_at=moment, waits=why))

    def releasable(self, now: datetime) -> Sequence[EditionId]:
        """Drafts and held approvals whose time has come, the longest due first."""
        due = or_(
            and_(_DRAFT, editions.c.release_at <= now), and_(_READY, editions.c.hold_until <= now)
        )
        query = select(editions.c.id).where(due).order_by(editions.c.id)
        return [EditionId(number) for number in self._connection.scalars(query)]

    def sign(self, edition: EditionId, signature: Signature) -> None:
        """Append somebody's word for a draft."""
        new = insert(signatures).values(edition_id=edition, signature=signature)
        self._connection.execute(new)

    def signatures(self, edition: EditionId) -> Sequence[Signature]:
        """All words for a draft since it was last taken back, in the order they were given."""
        query = select(signatures.c.signature).where(signatures.c.edition_id == edition)
        return self._connection.scalars(query.order_by(signatures.c.id)).all()
