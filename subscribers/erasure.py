"""Forgetting somebody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, insert, select

from subscribers.model import What
from subscribers.tables import bounces, consents, subscribers, subscriptions

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection


def erase(connection: Connection, who: ColumnElement[bool], now: datetime, how: str) -> bool:
    """Delete somebody; only the record of it stays, under a keyed hash; False: nobody is there.

    That record keeps the next import of an old file from bringing them back. A suppression of
    the address stays too: it holds the same hash and no more.
    """
    query = select(subscribers.c.id, subscribers.c.address_hash).where(who).with_for_update()
    found = connection.execute(query).one_or_none()
    if found is None:
        return False
    theirs = (table.c.subscriber_id for table in (consents, subscriptions, bounces))
    for column in (*theirs, subscribers.c.id):
        connection.execute(delete(column.table).where(column == found.id))
    record = {
        "address_hash": found.address_hash,
        "at": now,
        "newsletter": "",
        "what": What.ERASED.value,
        "how": how,
    }
    connection.execute(insert(consents).values(record))
    return True
