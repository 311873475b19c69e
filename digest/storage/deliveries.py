"""The ledger of deliveries: one row per edition and subscriber."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice

from sqlalchemy import exists, func, or_, select, update

from digest.core.edition import EditionId
from digest.core.outbox import Delivery, DeliveryState
from digest.storage.dialects import add_if_absent
from digest.storage.editions import PUBLISHED
from digest.storage.leases import DELIVERY, DUE, Leases, ripe
from digest.storage.tables import deliveries, editions

_BATCH = 2_000
_LEASED = deliveries.c.lease_until.is_not(None)  # the words of the index of the few such rows
_RESOLUTIONS = (DeliveryState.DUE, DeliveryState.ACCEPTED, DeliveryState.REFUSED)


class Deliveries(Leases):
    """Implements :class:`digest.ports.DeliveryStore`."""

    def enqueue(
        self,
        edition: EditionId,
        audience: Iterable[tuple[int, tuple[str, ...]]],
        now: datetime,
    ) -> int:
        """Add one due row per (subscriber, themes); rows that exist stay as they are.

        Returns:
            How many were added.
        """
        add = add_if_absent(self._connection, deliveries)
        blank = {"edition_id": edition, "state": DeliveryState.DUE, "attempt": 0, "reply": ""}
        rest, added = iter(audience), 0
        while batch := [
            {"subscriber_id": person, "themes": themes, "updated_at": now, **blank}
            for person, themes in islice(rest, _BATCH)
        ]:
            added += self._connection.execute(add, batch).rowcount
        return added

    def cancel_open(self, edition: EditionId, why: str, now: datetime) -> int:
        """Cancel every row of an edition that is due or deferred; answers how many."""
        waiting = deliveries.c.state.in_((DeliveryState.DUE, DeliveryState.DEFERRED))
        rows = update(deliveries).where(deliveries.c.edition_id == edition, waiting)
        cancelled = rows.values(
            state=DeliveryState.CANCELLED, reply=why, next_try=None, updated_at=now
        )
        return self._connection.execute(cancelled).rowcount

    def recover(
        self, now: datetime, is_alive: Callable[[str], bool] | None = None
    ) -> tuple[int, int]:
        """Free the rows of dead workers: claimed become due, at the dot become in doubt.

        Dead is whose lease is over, or of whom ``is_alive`` says no. A doubt keeps its
        worker's name, so that he may still tell the answer.

        Returns:
            How many (became due, became in doubt).
        """
        over = deliveries.c.lease_until <= now
        if is_alive and (dead := [name for name in self._workers() if not is_alive(name)]):
            over |= deliveries.c.worker.in_(dead)
        late = update(deliveries).where(_LEASED, over)
        freed = late.values(lease_until=None, updated_at=now)
        due = freed.where(deliveries.c.state == DeliveryState.CLAIMED).values(
            state=DeliveryState.DUE, worker=None
        )
        in_doubt = freed.where(deliveries.c.state == DeliveryState.AT_DOT).values(
            state=DeliveryState.IN_DOUBT
        )
        execute = self._connection.execute
        return execute(due).rowcount, execute(in_doubt).rowcount

    def _workers(self) -> Sequence[str]:
        """Who holds leases."""
        holders = select(deliveries.c.worker).where(_LEASED).distinct()
        return self._connection.scalars(holders).all()

    def resolve(self, edition: EditionId, to: DeliveryState, now: datetime) -> int:
        """Settle all doubts of an edition: to ``due`` (send again), ``accepted``, ``refused``."""
        if to not in _RESOLUTIONS:
            raise ValueError(f"a doubt cannot be settled as {to}")
        doubts = update(deliveries).where(
            deliveries.c.edition_id == edition, deliveries.c.state == DeliveryState.IN_DOUBT
        )
        settled = doubts.values(state=to, worker=None, updated_at=now)
        return self._connection.execute(settled).rowcount

    def counts(self, edition: EditionId) -> dict[DeliveryState, int]:
        """How many rows are in each state, all states named."""
        query = (
            select(deliveries.c.state, func.count().label("rows"))
            .where(deliveries.c.edition_id == edition)
            .group_by(deliveries.c.state)
        )
        found = {row.state: row.rows for row in self._connection.execute(query)}
        return {state: found.get(state, 0) for state in DeliveryState}

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
            query = query.where(deliveries.c.state == state)
        for row in self._connection.execute(query):
            yield Delivery(*row)

    def find(self, edition: EditionId, subscriber: int) -> Delivery | None:
        """The row of one person; ``None``: they were not in the audience."""
        query = select(*DELIVERY).where(
            deliveries.c.edition_id == edition, deliveries.c.subscriber_id == subscriber
        )
        found = self._connection.execute(query).first()
        return Delivery(*found) if found else None

    def open_editions(self, now: datetime) -> Sequence[EditionId]:
        """Editions that are out and have rows to send now."""
        # One look per edition at an index, instead of one at each row ever sent.
        rows = exists().where(deliveries.c.edition_id == editions.c.id)
        to_send = or_(rows.where(DUE), rows.where(ripe(now)))
        query = select(editions.c.id).where(editions.c.state.in_(PUBLISHED), to_send)
        return [
            EditionId(number) for number in self._connection.scalars(query.order_by(editions.c.id))
        ]
