"""Pauses that end, and what is owed to those who are back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select, update

from subscribers import store
from subscribers.audience import gets_letters
from subscribers.consent import Act, decide
from subscribers.model import Recap, Recipient, Returner, State
from subscribers.tables import subscribers, subscriptions

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

_BATCH = 500


def end(connection: Connection, now: datetime) -> int:
    """Note that pauses are over; letters go out from their moment on whether it is noted or not.

    Returns:
        How many ended.
    """
    its = subscriptions.c
    over = connection.execute(
        select(its.subscriber_id, its.newsletter, its.paused_until)
        .where(its.state == State.PAUSED.value, its.paused_until <= now)
        .limit(_BATCH)
        .with_for_update(skip_locked=True)
    ).all()
    held = store.subscriptions_of(connection, [row.subscriber_id for row in over])
    steps = [
        (row.subscriber_id, step)
        for row in over
        if (
            step := decide(
                held[row.subscriber_id][row.newsletter],
                Act.RESUME,
                row.newsletter,
                row.paused_until,
                how="the pause was over",
            )
        )
    ]
    store.keep(connection, steps, {(row.subscriber_id, row.newsletter) for row in over})
    return len(steps)


def returners(connection: Connection, newsletter: str, now: datetime) -> list[Returner]:
    """Those who get letters of a newsletter (again), and are owed what came meanwhile."""
    its, who, left = subscriptions.c, subscribers.c, subscriptions.alias()
    rows = connection.execute(
        select(
            who.id, who.address, who.name, its.themes, its.since, who.language, who.handle,
            its.catch_up_from, its.moved_from,
            left.c.caught_up_from, left.c.caught_up_at, left.c.themes,
        )
        .join(subscriptions, who.id == its.subscriber_id)
        .outerjoin(
            left,
            (left.c.subscriber_id == its.subscriber_id)
            & (left.c.newsletter == its.moved_from)
            & left.c.caught_up_from.is_not(None),
        )
        .where(
            its.newsletter == newsletter,
            its.catch_up_from.is_not(None),
            gets_letters(now),
        )
        .order_by(who.id)
        .limit(_BATCH)
    )  # fmt: skip
    return [
        Returner(
            Recipient(*row[:7]),
            newsletter,
            *row[7:9],
            recap=Recap(row[9], row[10], row[11]) if row[10] else None,
        )
        for row in rows
    ]


def settle(connection: Connection, returner: Returner, now: datetime) -> None:
    """Owe somebody nothing any more, and remember what the letter to them held."""
    its = subscriptions.c
    connection.execute(
        update(subscriptions)
        .where(its.subscriber_id == returner.reader.id, its.newsletter == returner.newsletter)
        .values(
            catch_up_from=None,
            moved_from="",
            caught_up_from=returner.since,
            caught_up_at=now,
        )
    )


def any_owed(connection: Connection, now: datetime) -> bool:
    """Whether anybody is owed anything, or a pause is over that nobody has noted."""
    its = subscriptions.c
    over = (its.state == State.PAUSED.value) & (its.paused_until <= now)
    query = select(its.subscriber_id).where(its.catch_up_from.is_not(None) | over).limit(1)
    return connection.scalar(query) is not None
