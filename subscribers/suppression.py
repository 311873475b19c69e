"""Addresses that must not be mailed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, insert, select, update

from subscribers import store
from subscribers.model import Consent, Suppression, What
from subscribers.tables import bounces, subscribers, suppressions

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection


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


def release(connection: Connection, address_hash: bytes, now: datetime, how: str) -> None:
    """Take a suppression back; what bounced before counts no more."""
    gone = delete(suppressions).where(suppressions.c.address_hash == address_hash)
    if connection.execute(gone).rowcount:
        _record(connection, address_hash, Consent("", What.RELEASED, now, how))
        whose = select(subscribers.c.id).where(subscribers.c.address_hash == address_hash)
        theirs = bounces.c.subscriber_id.in_(whose)
        connection.execute(update(bounces).where(theirs).values(counts=False))


def _record(connection: Connection, address_hash: bytes, consent: Consent) -> None:
    number = store.lock(connection, subscribers.c.address_hash == address_hash)
    if number is not None:
        store.record(connection, [(number, consent)])
