"""Who gets a letter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import or_, select

from subscribers.model import Recipient, State
from subscribers.tables import subscribers, subscriptions, suppressions
from subscribers.transaction import reading

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection, Engine

BATCH = 5_000
"""People read at once: what is in memory, and how long a read transaction lasts."""


_OWED_FIRST = subscriptions.c.catch_up_from.is_not(None) & (subscriptions.c.moved_from != "")
"""Came from another newsletter: a letter of their own brings the first edition, without what they
had from the other one."""


def stream(
    engine: Engine, newsletter: str, now: datetime, *, batch: int = BATCH
) -> Iterator[Recipient]:
    """Everybody who is to be mailed now, by number; a short transaction for every batch."""
    last = 0
    while True:
        with reading(engine) as connection:
            chosen = (subscriptions.c.subscriber_id > last) & ~_OWED_FIRST
            found = _mailable(connection, newsletter, now, chosen, limit=batch)
        yield from found
        if len(found) < batch:
            return
        last = found[-1].id
        del found  # or two batches would be in memory while the next one is read


def among(
    engine: Engine, newsletter: str, numbers: Sequence[int], now: datetime
) -> dict[int, Recipient]:
    """Those of these people who still are to be mailed, by number."""
    found: dict[int, Recipient] = {}
    for start in range(0, len(numbers), BATCH):
        chosen = subscriptions.c.subscriber_id.in_(numbers[start : start + BATCH])
        with reading(engine) as connection:
            rows = _mailable(connection, newsletter, now, chosen, limit=BATCH)
        found.update((recipient.id, recipient) for recipient in rows)
    return found


def gets_letters(now: datetime) -> ColumnElement[bool]:
    """Active, or paused until a moment that has come, whether anybody noted that or not."""
    its = subscriptions.c
    back = (its.state == State.PAUSED.value) & (its.paused_until <= now)
    return or_(its.state == State.ACTIVE.value, back)


def _mailable(
    connection: Connection,
    newsletter: str,
    now: datetime,
    which: ColumnElement[bool],
    *,
    limit: int,
) -> list[Recipient]:
    rows = connection.execute(
        select(
            subscribers.c.id,
            subscribers.c.address,
            subscribers.c.name,
            subscriptions.c.themes,
            subscriptions.c.since,
            subscribers.c.language,
            subscribers.c.handle,
        )
        .join(subscribers, subscribers.c.id == subscriptions.c.subscriber_id)
        .outerjoin(suppressions, suppressions.c.address_hash == subscribers.c.address_hash)
        .where(
            subscriptions.c.newsletter == newsletter,
            gets_letters(now),
            suppressions.c.address_hash.is_(None),
            which,
        )
        .order_by(subscriptions.c.subscriber_id)
        .limit(limit)
    )
    return [Recipient(*row) for row in rows]
