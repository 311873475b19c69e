"""Who may send which delivery now.

A claim is a lease. Whoever writes about a row must still be the worker, at the attempt, that
claimed it, so a worker that slept past its lease can spoil nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Update, bindparam, exists, select, update

from digest.core.edition import EditionId
from digest.core.outbox import Delivery, DeliveryState, Outcome, Receipt
from digest.ports import Claim
from digest.storage.dialects import skip_locked
from digest.storage.editions import PUBLISHED
from digest.storage.tables import deliveries, editions

DELIVERY = (
    deliveries.c.id,
    deliveries.c.edition_id,
    deliveries.c.subscriber_id,
    deliveries.c.themes,
    deliveries.c.state,
    deliveries.c.attempt,
    deliveries.c.next_try,
    deliveries.c.updated_at,
    deliveries.c.reply,
)
"""The columns of a :class:`Delivery`, in its order."""

DUE = deliveries.c.state == DeliveryState.DUE

_STATES = {
    Outcome.ACCEPTED: DeliveryState.ACCEPTED,
    Outcome.REFUSED: DeliveryState.REFUSED,
    Outcome.DEFERRED: DeliveryState.DEFERRED,
    Outcome.IN_DOUBT: DeliveryState.IN_DOUBT,
}


def ripe(now: datetime) -> ColumnElement[bool]:
    """Deferred, and its time has come."""
    return (deliveries.c.state == DeliveryState.DEFERRED) & (deliveries.c.next_try <= now)


def _ours(*states: DeliveryState) -> ColumnElement[bool]:
    """The row is still as its worker left it."""
    return (
        (deliveries.c.id == bindparam("ours_id"))
        & (deliveries.c.attempt == bindparam("ours_attempt"))
        & deliveries.c.state.in_(states)
    )


_BY_WORKER = deliveries.c.worker == bindparam("ours_worker")

_MARK = (
    update(deliveries)
    .where(_ours(DeliveryState.CLAIMED), _BY_WORKER)
    .where(deliveries.c.lease_until > bindparam("now"))
    .values(state=DeliveryState.AT_DOT, updated_at=bindparam("now"))
)
_SETTLE = (
    update(deliveries)
    .where(_ours(DeliveryState.CLAIMED, DeliveryState.AT_DOT, DeliveryState.IN_DOUBT), _BY_WORKER)
    .values(
        state=bindparam("to"),
        reply=bindparam("said"),
        next_try=bindparam("again_at"),
        updated_at=bindparam("now"),
        worker=None,
        lease_until=None,
    )
)
_CANCEL = (
    update(deliveries)
    .where(_ours(DeliveryState.CLAIMED))
    .values(
        state=DeliveryState.CANCELLED,
        reply=bindparam("said"),
        updated_at=bindparam("now"),
        worker=None,
        lease_until=None,
    )
)


class Leases:
    """The part of :class:`digest.ports.DeliveryStore` that senders use, letter by letter."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def claim(
        self, edition: EditionId, worker: str, now: datetime, lease_until: datetime, limit: int
    ) -> Claim:
        """Take up to ``limit`` due rows, or deferred ones whose time has come.

        First attempts go before later ones; equal themes come together. An edition that is not
        out (cancelled while it was being sent) gives nothing.
        """
        lease = {"worker": worker, "lease_until": lease_until, "updated_at": now}
        taken = self._take(edition, DUE, lease, limit)
        if len(taken) < limit:
            taken += self._take(edition, ripe(now), lease, limit - len(taken))
        taken.sort(key=lambda delivery: (delivery.themes, delivery.id))
        return Claim(worker, tuple(taken), lease_until)

    def mark_at_dot(self, delivery: Delivery, worker: str, now: datetime) -> bool:
        """Say durably that the server may have the letter from now on.

        False: the claim is no longer ours, or its lease is over.
        """
        return self._change(_MARK, delivery, ours_worker=worker, now=now)

    def settle(
        self,
        delivery: Delivery,
        worker: str,
        receipt: Receipt,
        now: datetime,
        next_try: datetime | None,
    ) -> bool:
        """Keep the receipt; False when the claim is no longer ours.

        A row that became in doubt while its worker waited for the answer is settled too: the
        answer came, and nobody has tried again.
        """
        state = _STATES[receipt.outcome]
        if state is not DeliveryState.DEFERRED:
            next_try = None
        elif next_try is None:
            state = DeliveryState.REFUSED
        return self._change(
            _SETTLE,
            delivery,
            ours_worker=worker,
            to=state,
            said=receipt.reply,
            again_at=next_try,
            now=now,
        )

    def cancel(self, deliveries: Sequence[Delivery], why: str, now: datetime) -> None:
        """Drop claimed rows whose subscriber has left meanwhile."""
        for delivery in deliveries:
            self._change(_CANCEL, delivery, said=why, now=now)

    def _take(
        self, edition: EditionId, free: ColumnElement[bool], lease: Mapping[str, object], limit: int
    ) -> list[Delivery]:
        is_out = exists().where(editions.c.id == edition, editions.c.state.in_(PUBLISHED))
        rows = (
            select(deliveries.c.id)
            .where(deliveries.c.edition_id == edition, free, is_out)
            .order_by(deliveries.c.next_try, deliveries.c.id)
            .limit(limit)
        )
        # As a CTE, since PostgreSQL may run a locking subquery again for each row it joins.
        picked = skip_locked(rows).cte("picked")
        take = (
            update(deliveries)
            .where(deliveries.c.id.in_(select(picked.c.id)))
            .values(
                state=DeliveryState.CLAIMED,
                attempt=deliveries.c.attempt + 1,
                next_try=None,
                **lease,
            )
            .returning(*DELIVERY)
        )
        return [Delivery(*row) for row in self._connection.execute(take)]

    def _change(self, statement: Update, delivery: Delivery, **values: object) -> bool:
        ours = {"ours_id": delivery.id, "ours_attempt": delivery.attempt}
        return self._connection.execute(statement, {**ours, **values}).rowcount == 1
