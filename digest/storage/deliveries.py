"""The ledger of deliveries: one row per edition and subscriber."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice

from sqlalchemy import bindparam, delete, exists, func, insert, or_, select, update

from digest.core.edition import EditionId, EditionState
from digest.core.outbox import FINAL, Delivery, DeliveryId, DeliveryState, Settlement
from digest.storage.editions import SENDING
from digest.storage.enqueuing import enqueue
from digest.storage.leases import DELIVERY, DUE, Leases, ripe, stands
from digest.storage.tables import deliveries, delivery_tallies, editions
from digest.storage.throttles import take

_BATCH = 2_000
_DOUBTS = (DeliveryState.IN_DOUBT, DeliveryState.HELD)
_RESOLUTIONS = (DeliveryState.DUE, DeliveryState.ACCEPTED, DeliveryState.REFUSED)
_WAITING = stands(DeliveryState.DUE, DeliveryState.DEFERRED)
_SETTLED = deliveries.c.state.in_(sorted(FINAL))
_REQUEUE = (
    update(deliveries)
    .where(deliveries.c.id == bindparam("ours_id"), deliveries.c.state == DeliveryState.REFUSED)
    .values(state=DeliveryState.DUE, next_try=None, updated_at=bindparam("now"))
)
_SETTLE_DOUBT = (
    update(deliveries)
    .where(
        deliveries.c.id == bindparam("ours_id"),
        deliveries.c.attempt == bindparam("ours_attempt"),
        deliveries.c.state == DeliveryState.IN_DOUBT,
    )
    .values(
        state=bindparam("to"),
        reply=bindparam("said"),
        worker=None,
        updated_at=bindparam("now"),
    )
)


class Deliveries(Leases):
    """Implements :class:`digest.ports.DeliveryStore`."""

    def permits(self, name: str, rate: float, most: int, now: datetime) -> int:
        """Take permits out of a bucket that fills at a rate; answers how many there were."""
        return take(self._connection, name, rate, most, now)

    def enqueue(
        self,
        edition: EditionId,
        audience: Iterable[tuple[int, tuple[str, ...], str]],
        now: datetime,
    ) -> int:
        """Add one due row per (subscriber, themes, provider); rows that exist stay as they are.

        Returns:
            How many were added.
        """
        rest, added = iter(audience), 0
        while batch := list(islice(rest, _BATCH)):
            added += enqueue(self._connection, edition, batch, now)
        return added

    def stranded(self) -> Sequence[EditionId]:
        """Name the cancelled editions that have rows due or deferred."""
        rows = exists().where(deliveries.c.edition_id == editions.c.id, _WAITING)
        query = select(editions.c.id).where(editions.c.state == EditionState.CANCELLED, rows)
        return [EditionId(number) for number in self._connection.scalars(query)]

    def requeue(self, edition: EditionId, is_ours: Callable[[str], bool], now: datetime) -> int:
        """Make due again what was refused with a reply that ``is_ours``; answers how many."""
        query = select(deliveries.c.id, deliveries.c.reply).where(
            deliveries.c.edition_id == edition, stands(DeliveryState.REFUSED)
        )
        found = self._connection.execute(query)
        rows = [{"ours_id": row.id, "now": now} for row in found if is_ours(row.reply)]
        return self._connection.execute(_REQUEUE, rows).rowcount if rows else 0

    def cancel_open(self, edition: EditionId, why: str, now: datetime) -> int:
        """Cancel every row of an edition that is due or deferred; answers how many."""
        return self._stop(edition, DeliveryState.CANCELLED, why, now)

    def hold(self, edition: EditionId, why: str, now: datetime) -> int:
        """Hold every row of an edition that is due or deferred; answers how many."""
        return self._stop(edition, DeliveryState.HELD, why, now)

    def resolve(self, edition: EditionId, to: DeliveryState, now: datetime) -> int:
        """Settle what is in doubt, or held: as ``due`` (send again), ``accepted``, ``refused``.

        What is held is not made due: its time is over.
        """
        if to not in _RESOLUTIONS:
            raise ValueError(f"a doubt cannot be settled as {to}")
        unclear = _DOUBTS[:1] if to is DeliveryState.DUE else _DOUBTS
        doubts = update(deliveries).where(deliveries.c.edition_id == edition, stands(*unclear))
        settled = doubts.values(state=to, worker=None, updated_at=now)
        return self._connection.execute(settled).rowcount

    def settle_doubts(self, settlements: Sequence[Settlement], now: datetime) -> int:
        """Settle rows one by one; answers how many were in doubt still, since that attempt."""
        rows = [
            {
                "ours_id": each.delivery,
                "ours_attempt": each.attempt,
                "to": each.state,
                "said": each.reply,
                "now": now,
            }
            for each in settlements
        ]
        return self._connection.execute(_SETTLE_DOUBT, rows).rowcount if rows else 0

    def _stop(self, edition: EditionId, state: DeliveryState, why: str, now: datetime) -> int:
        rows = update(deliveries).where(deliveries.c.edition_id == edition, _WAITING)
        stopped = rows.values(state=state, reply=why, next_try=None, updated_at=now)
        return self._connection.execute(stopped).rowcount

    def counts(self, edition: EditionId) -> dict[DeliveryState, int]:
        """How many letters are in each state, all states named, with rows or without."""
        query = (
            select(deliveries.c.state, func.count().label("rows"))
            .where(deliveries.c.edition_id == edition)
            .group_by(deliveries.c.state)
        )
        found = Counter({row.state: row.rows for row in self._connection.execute(query)})
        found.update(self._condensed(edition))
        return {state: found[state] for state in DeliveryState}

    def settled_before(self, moment: datetime) -> Sequence[EditionId]:
        """Name the editions that were sent, approved before, and have rows of settled letters.

        The last one of a newsletter is not among them: what reached somebody last is where their
        next newsletter begins when they move to another.
        """
        later = editions.alias()
        is_followed = exists().where(
            later.c.newsletter == editions.c.newsletter,
            later.c.state == EditionState.SENT,
            later.c.approved_at > editions.c.approved_at,
            later.c.approved_at < moment,
        )
        rows = exists().where(deliveries.c.edition_id == editions.c.id, _SETTLED)
        sent = (editions.c.state == EditionState.SENT) & (editions.c.approved_at < moment)
        query = select(editions.c.id).where(sent, is_followed, rows).order_by(editions.c.id)
        return [EditionId(number) for number in self._connection.scalars(query)]

    def condense(self, edition: EditionId, most: int) -> int:
        """Keep of settled letters only how many became what; answers how many rows went.

        Whom a letter was for is then not known any more.
        """
        of_edition = (deliveries.c.edition_id == edition) & _SETTLED
        query = select(deliveries.c.id, deliveries.c.state).where(of_edition).limit(most)
        rows = self._connection.execute(query).all()
        if not rows:
            return 0
        tally = Counter(row.state for row in rows)
        tally.update(self._condensed(edition))
        old = delete(delivery_tallies).where(delivery_tallies.c.edition_id == edition)
        self._connection.execute(old)
        self._connection.execute(
            insert(delivery_tallies),
            [{"edition_id": edition, "state": s, "letters": n} for s, n in tally.items()],
        )
        gone = delete(deliveries).where(deliveries.c.id == bindparam("ours_id"))
        self._connection.execute(gone, [{"ours_id": row.id} for row in rows])
        return len(rows)

    def is_condensed(self, edition: EditionId) -> bool:
        """Whether there are letters of it without rows."""
        return bool(self._condensed(edition))

    def _condensed(self, edition: EditionId) -> dict[DeliveryState, int]:
        columns = delivery_tallies.c
        query = select(columns.state, columns.letters).where(columns.edition_id == edition)
        return {row.state: row.letters for row in self._connection.execute(query)}

    def accepted_since(self, edition: EditionId, moment: datetime) -> int:
        """How many letters were accepted since; looks at every accepted row of the edition."""
        query = select(func.count()).where(
            deliveries.c.edition_id == edition,
            deliveries.c.state == DeliveryState.ACCEPTED,
            deliveries.c.updated_at > moment,
        )
        return self._connection.scalar(query) or 0

    def list(
        self, edition: EditionId, state: DeliveryState | None = None, limit: int | None = None
    ) -> Iterator[Delivery]:
        """Rows, by number; read as they are asked for."""
        query = (
            select(*DELIVERY)
            .where(deliveries.c.edition_id == edition)
            .order_by(deliveries.c.id)
            .limit(limit)
            .execution_options(yield_per=_BATCH)
        )
        if state is not None:
            query = query.where(stands(state))
        for row in self._connection.execute(query):
            yield Delivery(*row)

    def get(self, delivery: DeliveryId) -> Delivery | None:
        """By number."""
        query = select(*DELIVERY).where(deliveries.c.id == delivery)
        found = self._connection.execute(query).first()
        return Delivery(*found) if found else None

    def find(self, edition: EditionId, subscriber: int) -> Delivery | None:
        """The row of one person; ``None``: they were not in the audience."""
        query = select(*DELIVERY).where(
            deliveries.c.edition_id == edition, deliveries.c.subscriber_id == subscriber
        )
        found = self._connection.execute(query).first()
        return Delivery(*found) if found else None

    def open_editions(self, now: datetime) -> Sequence[EditionId]:
        """Editions that are out (approved or sent), not paused, and have rows to send now."""
        # One look per edition at an index, instead of one at each row ever sent.
        rows = exists().where(deliveries.c.edition_id == editions.c.id)
        to_send = or_(rows.where(DUE), rows.where(ripe(now)))
        query = select(editions.c.id).where(SENDING, to_send)
        return [
            EditionId(number) for number in self._connection.scalars(query.order_by(editions.c.id))
        ]
