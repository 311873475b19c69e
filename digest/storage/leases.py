"""Who may send which delivery now.

A claim is a lease. Whoever writes about a row must still be the worker, at the attempt, that
claimed it, so a worker that slept past its lease can spoil nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Text,
    Update,
    bindparam,
    exists,
    func,
    select,
    true,
    type_coerce,
    update,
)
from sqlalchemy.sql.dml import ReturningUpdate

from digest.core.edition import EditionId
from digest.core.outbox import Delivery, DeliveryId, DeliveryState, Settlement
from digest.core.throttle import UNLIMITED, Throttling
from digest.ports import Claim
from digest.storage.codec import decode
from digest.storage.columns import Moment, Number
from digest.storage.dialects import skip_locked
from digest.storage.editions import SENDING
from digest.storage.settling import settle
from digest.storage.tables import deliveries, editions
from digest.storage.throttles import Permits

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

_MOST_SELECTIONS = 4096
"""Selections of themes that are kept as values."""


def stands(*states: DeliveryState) -> ColumnElement[bool]:
    """Whether a row is in one of these states, which stand in the statement itself.

    As parameters they would let PostgreSQL prepare a plan for any state, and that cannot use the
    index of the queue, which leaves out the states that most rows are in.
    """
    given = bindparam(
        None, states, type_=deliveries.c.state.type, expanding=True, literal_execute=True
    )
    return deliveries.c.state.in_(given)


# A due row has no time of its next try; said, it lets the index give the rows in their order.
DUE = stands(DeliveryState.DUE) & deliveries.c.next_try.is_(None)


def ripe(now: datetime | ColumnElement[datetime]) -> ColumnElement[bool]:
    """Deferred, and its time has come."""
    return stands(DeliveryState.DEFERRED) & (deliveries.c.next_try <= now)


_RIPE = ripe(bindparam("now", type_=Moment()))
_CLAIMED = (DeliveryState.CLAIMED, DeliveryState.AT_DOT)
_OURS = (deliveries.c.id == bindparam("ours_id")) & (
    deliveries.c.attempt == bindparam("ours_attempt")
)
# Only rows that wait for what their worker knows have its name on them.
_BY_WORKER = deliveries.c.worker == bindparam("ours_worker")
_IS_CLAIMED = deliveries.c.state == DeliveryState.CLAIMED

_WAIT = (
    update(deliveries)
    .where(_OURS, _BY_WORKER, _IS_CLAIMED)
    .values(state=DeliveryState.AT_DOT, updated_at=bindparam("now"))
)
_CANCEL = (
    update(deliveries)
    .where(_OURS, _IS_CLAIMED)
    .values(
        state=DeliveryState.CANCELLED,
        reply=bindparam("said"),
        updated_at=bindparam("now"),
        worker=None,
        lease_until=None,
    )
)
_CLAIM = (
    deliveries.c.id,
    deliveries.c.subscriber_id,
    # As text: a claim has few selections of themes, and reading JSON costs more than the row.
    type_coerce(deliveries.c.themes, Text),
    deliveries.c.attempt,
    deliveries.c.reply,
)


@dataclass(frozen=True, slots=True)
class _Lease:
    edition: EditionId
    worker: str
    now: datetime
    until: datetime


class Leases:
    """The part of :class:`digest.ports.DeliveryStore` that senders use, letter by letter."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def claim(
        self,
        edition: EditionId,
        worker: str,
        now: datetime,
        lease_until: datetime,
        limit: int,
        throttling: Throttling = UNLIMITED,
    ) -> Claim:
        """Take up to ``limit`` due rows, or deferred ones whose time has come.

        First attempts go before later ones; equal themes come together. An edition that is not
        out (cancelled while it was being sent) or is paused gives nothing. Rows of a provider that
        gets no more now stay due, and hold back no others.
        """
        permits = Permits(self._connection, throttling, now)
        lease = _Lease(edition, worker, now, lease_until)
        limit = permits.limit(limit)
        taken: list[Delivery] = []
        for free in _TAKE:
            for name, rows, most in permits.lanes(limit):
                if most > 0:
                    found = self._take(lease, free, rows, most)
                    permits.spend(name, len(found))
                    taken += found
        permits.keep()
        taken.sort(key=lambda delivery: (delivery.themes, delivery.id))
        wait = None if taken else self._wait(edition, permits, now)
        return Claim(worker, tuple(taken), lease_until, wait)

    def wait_at_dot(self, deliveries: Sequence[Delivery], worker: str, now: datetime) -> None:
        """Show that the server lets these letters wait; what decides is the journal."""
        self._change(_WAIT, [_ours_of(one, ours_worker=worker, now=now) for one in deliveries])

    def settle(self, worker: str, settlements: Sequence[Settlement], now: datetime) -> int:
        """Keep what became of attempts; answers how many still were this worker's.

        A row that became in doubt while its worker waited for the answer is settled too.
        """
        return settle(self._connection, worker, settlements, now)

    def doubt(self, worker: str, why: str, now: datetime) -> int:
        """Put in doubt what a worker holds; answers how many.

        They keep its name, so that it, or who finds its journal, may still tell the answer.
        """
        held = update(deliveries).where(
            deliveries.c.worker == worker, deliveries.c.state.in_(_CLAIMED)
        )
        doubtful = held.values(
            state=DeliveryState.IN_DOUBT, reply=why, lease_until=None, updated_at=now
        )
        return self._connection.execute(doubtful).rowcount

    def claimed_by(self, worker: str) -> dict[DeliveryId, int]:
        """The attempts that wait for what this worker knows: claimed, or in doubt because of it."""
        query = select(deliveries.c.id, deliveries.c.attempt).where(deliveries.c.worker == worker)
        return {DeliveryId(row.id): row.attempt for row in self._connection.execute(query)}

    def lease_of(self, worker: str) -> datetime | None:
        """When the last lease of a worker ends; ``None``: it has none."""
        query = select(func.max(deliveries.c.lease_until)).where(deliveries.c.worker == worker)
        last: datetime | None = self._connection.scalar(query)
        return last

    def overdue(self, now: datetime) -> Sequence[str]:
        """Name the workers that have a lease which is over."""
        over = select(deliveries.c.worker).where(
            deliveries.c.worker.is_not(None), deliveries.c.lease_until <= now
        )
        return self._connection.scalars(over.distinct()).all()

    def cancel(self, deliveries: Sequence[Delivery], why: str, now: datetime) -> None:
        """Drop claimed rows whose subscriber has left meanwhile."""
        self._change(_CANCEL, [_ours_of(one, said=why, now=now) for one in deliveries])

    def _wait(self, edition: EditionId, permits: Permits, now: datetime) -> timedelta | None:
        """How long until something that is held back may go."""
        of_edition = (deliveries.c.edition_id == edition) & _is_sent_now(edition)
        waits = [
            wait
            for rows, wait in permits.closed()
            if self._connection.scalar(
                select(
                    exists().where(of_edition, DUE, rows)
                    | exists().where(of_edition, ripe(now), rows)
                )
            )
        ]
        return min(waits, default=None)

    def _take(
        self, lease: _Lease, free: ColumnElement[bool], rows: ColumnElement[bool], limit: int
    ) -> list[Delivery]:
        statement = _TAKE[free] if rows is true() else _taking(free & rows)
        asked = {
            "of_edition": lease.edition,
            "by": lease.worker,
            "now": lease.now,
            "until": lease.until,
            "most": limit,
        }
        edition, now, state = lease.edition, lease.now, DeliveryState.CLAIMED
        return [
            Delivery(number, edition, reader, _themes(text), state, attempt, None, now, reply)
            for number, reader, text, attempt, reply in self._connection.execute(
                statement, asked
            ).all()
        ]

    def _change(self, statement: Update, rows: Sequence[Mapping[str, object]]) -> int:
        return self._connection.execute(statement, rows).rowcount if rows else 0


def _is_sent_now(edition: EditionId | ColumnElement[int]) -> ColumnElement[bool]:
    return exists().where(editions.c.id == edition, SENDING)


def _taking(free: ColumnElement[bool]) -> ReturningUpdate[Any]:
    edition = bindparam("of_edition", type_=Number)
    rows = (
        select(deliveries.c.id)
        .where(deliveries.c.edition_id == edition, free, _is_sent_now(edition))
        .order_by(deliveries.c.next_try, deliveries.c.provider, deliveries.c.id)
        .limit(bindparam("most"))
    )
    # As a CTE, since PostgreSQL may run a locking subquery again for each row it joins.
    picked = skip_locked(rows).cte("picked")
    return (
        update(deliveries)
        .where(deliveries.c.id.in_(select(picked.c.id)))
        .values(
            state=DeliveryState.CLAIMED,
            attempt=deliveries.c.attempt + 1,
            worker=bindparam("by"),
            lease_until=bindparam("until"),
            next_try=None,
            updated_at=bindparam("now"),
        )
        .returning(*_CLAIM)
    )


# Built once, for claims that no throttle parts; building it takes longer than SQLite runs it.
_TAKE = {free: _taking(free) for free in (DUE, _RIPE)}


def _ours_of(delivery: Delivery, **values: object) -> dict[str, object]:
    return {"ours_id": delivery.id, "ours_attempt": delivery.attempt, **values}


@lru_cache(maxsize=_MOST_SELECTIONS)
def _themes(text: str) -> tuple[str, ...]:
    """Read a selection of themes."""
    return decode(tuple[str, ...], text)
