"""Who gets a letter."""

from __future__ import annotations

import heapq
import json
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, Integer, String, Text, bindparam, column, func, or_, select
from sqlalchemy.dialects.postgresql import ARRAY

from subscribers.model import Recipient, State
from subscribers.tables import Moment, subscribers, subscriptions, suppressions
from subscribers.transaction import know_sizes, reading

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, Engine, Select

BATCH = 5_000
"""People read at once: what is in memory, and how long a read transaction lasts."""


_OWED_FIRST = subscriptions.c.catch_up_from.is_not(None) & (subscriptions.c.moved_from != "")
"""Came from another newsletter: a letter of their own brings the first edition, without what they
had from the other one."""


def stream(
    engine: Engine, newsletter: str, now: datetime, *, batch: int = BATCH
) -> Iterator[Recipient]:
    """Everybody who is to be mailed now, by number; a short transaction for every batch.

    Active ones and those whose pause is over come from two queries, each in the order of an index:
    one for both would be sorted anew for each batch, all that are left of the newsletter.
    """
    last = 0
    streams = (_stream(engine, state, newsletter, now, batch) for state in _NEXT)
    for person in heapq.merge(*streams, key=attrgetter("id")):
        if person.id > last:  # or they came back in between, and are in both
            yield person
            last = person.id


def _stream(
    engine: Engine, state: State, newsletter: str, now: datetime, batch: int
) -> Iterator[Recipient]:
    last = 0
    while True:
        asked = {"of": newsletter, "moment": now, "last": last, "most": batch}
        with reading(engine) as connection:
            found = [Recipient(*row) for row in connection.execute(_NEXT[state], asked).all()]
        yield from found
        if len(found) < batch:
            return
        if not last:
            know_sizes(engine)
        last = found[-1].id
        del found  # or two batches would be in memory while the next one is read


def among(
    engine: Engine, newsletter: str, numbers: Sequence[int], now: datetime
) -> dict[int, Recipient]:
    """Those of these people who still are to be mailed, by number."""
    found: dict[int, Recipient] = {}
    for start in range(0, len(numbers), BATCH):
        chosen = json.dumps(list(numbers[start : start + BATCH]))
        asked = {"of": newsletter, "moment": now, "chosen": chosen}
        with reading(engine) as connection:
            rows = connection.execute(_AMONG[engine.dialect.name], asked).all()
        found |= {row[0]: Recipient(*row) for row in rows}
    return found


def gets_letters(now: datetime | ColumnElement[datetime]) -> ColumnElement[bool]:
    """Active, or paused until a moment that has come, whether anybody noted that or not."""
    return or_(*_lively(now).values())


def _lively(now: datetime | ColumnElement[datetime]) -> dict[State, ColumnElement[bool]]:
    its = subscriptions.c
    return {
        State.ACTIVE: its.state == State.ACTIVE.value,
        State.PAUSED: (its.state == State.PAUSED.value) & (its.paused_until <= now),
    }


def _mailable(newsletter: ColumnElement[str], lively: ColumnElement[bool]) -> Select[Any]:
    return (
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
            lively,
            suppressions.c.address_hash.is_(None),
        )
    )


# Built once: that takes as long as reading two hundred rows, and senders ask for five hundred.
_OF, _MOMENT = bindparam("of", type_=String()), bindparam("moment", type_=Moment())
_MAILABLE = _mailable(_OF, gets_letters(_MOMENT))
_CHOSEN = bindparam("chosen", type_=Text())
_GIVEN = (
    func.unnest(func.string_to_array(func.btrim(_CHOSEN, "[]"), ",").cast(ARRAY(BigInteger)))
    .table_valued(column("value", BigInteger), name="given")
    .render_derived()
)
_AMONG = {
    "sqlite": _MAILABLE.where(
        subscriptions.c.subscriber_id.in_(
            select(func.json_each(_CHOSEN).table_valued(column("value", Integer)).c.value)
        )
    ),
    # A join and no condition: for a table of which it knows nothing yet, PostgreSQL would read
    # the whole newsletter for each five hundred people.
    "postgresql": _MAILABLE.join(_GIVEN, _GIVEN.c.value == subscriptions.c.subscriber_id),
}
"""By kind of database; one text for all the numbers, since five hundred parameters cost more
than what they ask for."""

_NEXT = {
    state: _mailable(_OF, lively)
    .where(subscriptions.c.subscriber_id > bindparam("last"), ~_OWED_FIRST)
    .order_by(subscriptions.c.subscriber_id)
    .limit(bindparam("most"))
    for state, lively in _lively(_MOMENT).items()
}
