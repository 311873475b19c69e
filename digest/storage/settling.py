"""Write what became of many letters at once, in the way that each database does fastest.

Five hundred answers, on one core: SQLite runs a prepared statement for each row in 15 µs, and
SQLAlchemy's loop around it would cost 25 µs more. PostgreSQL takes them all as arrays in one
statement, in half to two thirds of the time of five hundred statements (measured).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Connection, Integer, String, bindparam, update
from sqlalchemy.sql.type_api import TypeEngine

from digest.core.outbox import Settlement
from digest.storage.columns import Moment, Words, holdable
from digest.storage.dialects import rows_of_json, takes_json_rows
from digest.storage.prepared import Prepared
from digest.storage.tables import deliveries

_WORKER = deliveries.c.worker == bindparam("of_worker")
_FREE: dict[str, Any] = {"updated_at": bindparam("now"), "worker": None, "lease_until": None}
_VARYING: dict[str, TypeEngine[Any]] = {
    "of_id": BigInteger(),
    "of_attempt": Integer(),
    "to": String(20),
    "said": Words(),
    "again_at": Moment(),
}

_EACH = Prepared(
    update(deliveries)
    .where(
        deliveries.c.id == bindparam("of_id"),
        deliveries.c.attempt == bindparam("of_attempt"),
        _WORKER,
    )
    .values(
        state=bindparam("to"), reply=bindparam("said"), next_try=bindparam("again_at"), **_FREE
    ),
    *_VARYING,
)

_ROWS = rows_of_json("rows", _VARYING)
_ALL = (
    update(deliveries)
    .where(
        deliveries.c.id == _ROWS.c.of_id,
        deliveries.c.attempt == _ROWS.c.of_attempt,
        # In words that no index serves: that of the workers still holds all that this one ever
        # claimed, until the next vacuum, and would be read whole each time.
        deliveries.c.worker.is_not_distinct_from(bindparam("of_worker")),
    )
    .values(state=_ROWS.c["to"], reply=_ROWS.c.said, next_try=_ROWS.c.again_at, **_FREE)
)


def settle(
    connection: Connection, worker: str, settlements: Sequence[Settlement], now: datetime
) -> int:
    """Keep what became of a worker's attempts; answers how many still were its own.

    Only rows that wait for what their worker knows have its name on them.
    """
    if not settlements:
        return 0
    if not takes_json_rows(connection):
        rows = [(s.delivery, s.attempt, s.state.value, s.reply, s.next_try) for s in settlements]
        return _EACH.run(connection, rows, of_worker=worker, now=now)
    text = json.dumps(
        [
            {
                "of_id": s.delivery,
                "of_attempt": s.attempt,
                "to": s.state,
                "said": holdable(s.reply),
                "again_at": s.next_try and s.next_try.isoformat(),
            }
            for s in settlements
        ]
    )
    return connection.execute(_ALL, {"rows": text, "of_worker": worker, "now": now}).rowcount
