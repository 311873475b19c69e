"""Addresses that must not be mailed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, insert, select, update

from subscribers import store
from subscribers.bulk import WANTED, Bulk, Lookup
from subscribers.model import Consent, Suppression, What
from subscribers.tables import bounces, subscribers, suppressions

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from subscribers.model import Stop


def suppression_of(connection: Connection, address_hash: bytes) -> Suppression | None:
    """Why an address must not be mailed; ``None``: it may be."""
    columns = suppressions.c
    row = connection.execute(
        select(columns.reason, columns.since, columns.how).where(
            columns.address_hash == address_hash
        )
    ).one_or_none()
    return Suppression(*row) if row else None


def suppress(
    connection: Connection, address_hash: bytes, reason: str, now: datetime, how: str
) -> None:
    """Never mail an address from now on; the first reason stays."""
    if suppression_of(connection, address_hash):
        return
    row = {"address_hash": address_hash, "reason": reason, "since": now, "how": how}
    connection.execute(insert(suppressions).values(row))
    _record(connection, address_hash, Consent("", What.SUPPRESSED, now, f"{reason}: {how}"))


def suppress_many(connection: Connection, stops: Sequence[Stop], now: datetime) -> int:
    """Never mail these from now on; the first reason of each stays; says how many are new."""
    wanted = {stop.address_hash: stop for stop in reversed(stops)}
    for (known,) in _SUPPRESSED.rows(connection, list(wanted)):
        del wanted[known]
    if not wanted:
        return 0
    rows = [(h, stop.reason, stop.how, stop.since or now) for h, stop in wanted.items()]
    _SUPPRESSIONS.add(connection, rows)
    store.record(
        connection,
        [
            (number, Consent("", What.SUPPRESSED, now, f"{wanted[h].reason}: {wanted[h].how}"))
            for h, number in _WHOSE.rows(connection, list(wanted))
        ],
    )
    return len(wanted)


def release(connection: Connection, address_hash: bytes, now: datetime, how: str) -> None:
    """Take a suppression back; what bounced before counts no more."""
    gone = delete(suppressions).where(suppressions.c.address_hash == address_hash)
    if connection.execute(gone).rowcount:
        _record(connection, address_hash, Consent("", What.RELEASED, now, how))
        whose = select(subscribers.c.id).where(subscribers.c.address_hash == address_hash)
        theirs = bounces.c.subscriber_id.in_(whose)
        connection.execute(update(bounces).where(theirs).values(counts=False))


_SUPPRESSIONS = Bulk(suppressions, "address_hash", "reason", "how", "since")
_SUPPRESSED = Lookup(
    select(suppressions.c.address_hash).where(suppressions.c.address_hash.in_(WANTED))
)
_WHOSE = Lookup(
    select(subscribers.c.address_hash, subscribers.c.id)
    .where(subscribers.c.address_hash.in_(WANTED))
    .order_by(subscribers.c.id)
    .with_for_update()
)


def _record(connection: Connection, address_hash: bytes, consent: Consent) -> None:
    number = store.lock(connection, subscribers.c.address_hash == address_hash)
    if number is not None:
        store.record(connection, [(number, consent)])
