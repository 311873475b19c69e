"""Forgetting somebody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, func, insert, select, true

from subscribers import requests
from subscribers.model import State, What
from subscribers.tables import bounces, consents, subscribers, subscriptions

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection

    from subscribers.letters import Letters

_BATCH = 100
"""People erased in one transaction."""


def erase(
    connection: Connection, who: ColumnElement[bool], now: datetime, how: str, letters: Letters
) -> bool:
    """Delete somebody; only the record of it stays, under a keyed hash; False: nobody is there.

    That record keeps the next import of an old file from bringing them back. A suppression of
    the address stays too: it holds the same hash and no more.
    """
    columns = subscribers.c
    query = select(columns.id, columns.address_hash, columns.address).where(who).with_for_update()
    found = connection.execute(query).one_or_none()
    if found is None:
        return False
    theirs = (table.c.subscriber_id for table in (consents, subscriptions, bounces))
    for column in (*theirs, subscribers.c.id):
        connection.execute(delete(column.table).where(column == found.id))
    for address in {found.address, *requests.forget(connection, found.address_hash, found.id)}:
        letters.forget(connection, address)
    record = {
        "address_hash": found.address_hash,
        "at": now,
        "newsletter": "",
        "what": What.ERASED.value,
        "how": how,
    }
    connection.execute(insert(consents).values(record))
    return True


def gone(connection: Connection, before: datetime, among: Sequence[int] = ()) -> list[int]:
    """Some of those who follow nothing any more and left the last newsletter before.

    With ``among`` only of these people; without, all rows are read, one after the other.
    """
    its = subscriptions.c
    query = (
        select(its.subscriber_id)
        .where(its.subscriber_id.in_(among) if among else true())
        .group_by(its.subscriber_id)
        .having(
            func.max(its.changed_at) < before,
            func.count().filter(its.state != State.LEFT.value) == 0,
        )
        .limit(_BATCH)
    )
    return list(connection.scalars(query))
