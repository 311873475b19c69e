"""Addresses that must not be mailed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, insert, select

from subscribers import store
from subscribers.model import Consent, Suppression, What
from subscribers.tables import subscribers, suppressions

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
    """Take a suppression back."""
    gone = delete(suppressions).where(suppressions.c.address_hash == address_hash)
    if connection.execute(gone).rowcount:
        _record(connection, address_hash, Consent("", What.RELEASED, now, how))


def _record(connection: Connection, address_hash: bytes, consent: Consent) -> None:
    number = store.lock(connection, subscribers.c.address_hash == address_hash)
    if number is not None:
        store.record(connection, [(number, consent)])
