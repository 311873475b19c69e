"""The ledger of letters to single people."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, delete, exists, func, or_, select, update

from digest.core.note import NewNote, Note, NoteSettlement
from digest.core.outbox import FINAL, DeliveryState
from digest.core.throttle import UNLIMITED, Throttling
from digest.ports import NoteClaim
from digest.storage.dialects import add_if_absent, skip_locked
from digest.storage.tables import notes
from digest.storage.throttles import Permits

_MAY_HAVE_GONE = "the sender died while a server may have had it; sent again under the same name"
_FREED = "the sender died before it was its turn"
_FORGOTTEN = "the address was forgotten"
_HELD = (DeliveryState.CLAIMED, DeliveryState.AT_DOT)
_BLANK = {"address": "", "body": None, "next_try": None, "worker": None, "lease_until": None}
_FREE = {"next_try": None, "worker": None, "lease_until": None}


class Notes:
    """Implements :class:`digest.ports.NoteStore`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, note: NewNote, provider: str, now: datetime) -> bool:
        """Add a note that is due at once; False: there was one of this kind and occasion."""
        row = {
            "kind": note.kind,
            "occasion": note.occasion,
            "address": note.address,
            "body": note.body,
            "provider": provider,
            "state": DeliveryState.DUE,
            "attempt": 0,
            "created_at": now,
            "updated_at": now,
            "reply": "",
        }
        return bool(self._connection.execute(add_if_absent(self._connection, notes), row).rowcount)

    def any_due(self, now: datetime) -> bool:
        """Whether something is to be sent, or was claimed by a sender that died."""
        query = select(or_(exists().where(_due(now)), exists().where(_overdue(now))))
        return bool(self._connection.scalar(query))

    def free(self, now: datetime) -> int:
        """Make due again what senders held whose leases are over; answers how many."""
        freed = 0
        for state, why in zip(_HELD, (_FREED, _MAY_HAVE_GONE), strict=True):
            rows = update(notes).where(notes.c.state == state, _overdue(now))
            due = rows.values(state=DeliveryState.DUE, reply=why, updated_at=now, **_FREE)
            freed += self._connection.execute(due).rowcount
        return freed

    def claim(
        self,
        worker: str,
        now: datetime,
        lease_until: datetime,
        limit: int,
        throttling: Throttling = UNLIMITED,
    ) -> NoteClaim:
        """Take up to ``limit`` notes that are due, the oldest first."""
        permits = Permits(
            self._connection, throttling, now, provider=notes.c.provider, goes_first=True
        )
        taken: list[Note] = []
        for name, rows, most in permits.lanes(permits.limit(limit)):
            if most > 0:
                found = self._take(worker, now, lease_until, rows & _due(now), most)
                permits.spend(name, len(found))
                taken += found
        permits.keep()
        if taken:
            return NoteClaim(tuple(sorted(taken, key=lambda note: note.id)))
        waits = [
            wait
            for rows, wait in permits.closed()
            if self._connection.scalar(select(exists().where(_due(now), rows)))
        ]
        return NoteClaim((), min(waits, default=None))

    def mark(self, worker: str, notes_: Sequence[tuple[int, int]], now: datetime) -> list[int]:
        """Keep that a server may have these (number, attempt) from now on; answers which may go."""
        may_go = []
        for number, attempt in notes_:
            marked = (
                update(notes)
                .where(_of(worker, number, attempt), notes.c.lease_until > now)
                .values(state=DeliveryState.AT_DOT, updated_at=now)
            )
            if self._connection.execute(marked).rowcount:
                may_go.append(number)
        return may_go

    def settle(self, worker: str, settlement: NoteSettlement, now: datetime) -> bool:
        """Keep what became of an attempt; False: it is not this sender's any more."""
        is_final = settlement.state in FINAL
        values: dict[str, Any] = dict(_BLANK if is_final else _FREE)
        values["next_try"] = None if is_final else settlement.next_try
        settled = (
            update(notes)
            .where(_of(worker, settlement.note, settlement.attempt))
            .values(state=settlement.state, reply=settlement.reply, updated_at=now, **values)
        )
        return bool(self._connection.execute(settled).rowcount)

    def forget(self, address: str, now: datetime) -> int:
        """Cancel what is not sent to an address, and forget it; answers how many."""
        # Compared here, not by the database: SQLite folds the case of ASCII alone. They are few.
        query = select(notes.c.id, notes.c.address).where(notes.c.address != "")
        folded = address.casefold()
        theirs = [n for n, held in self._connection.execute(query) if held.casefold() == folded]
        gone = (
            update(notes)
            .where(notes.c.id.in_(theirs))
            .values(state=DeliveryState.CANCELLED, reply=_FORGOTTEN, updated_at=now, **_BLANK)
        )
        return self._connection.execute(gone).rowcount if theirs else 0

    def purge(self, before: datetime) -> int:
        """Delete what was settled for good before a moment; answers how many."""
        old = delete(notes).where(notes.c.state.in_(FINAL), notes.c.updated_at < before)
        return self._connection.execute(old).rowcount

    def tally(self) -> dict[tuple[str, DeliveryState], int]:
        """Count the rows, by kind and state."""
        query = select(notes.c.kind, notes.c.state, func.count()).group_by(
            notes.c.kind, notes.c.state
        )
        return {(kind, state): count for kind, state, count in self._connection.execute(query)}

    def _take(
        self,
        worker: str,
        now: datetime,
        lease_until: datetime,
        rows: ColumnElement[bool],
        limit: int,
    ) -> list[Note]:
        free = select(notes.c.id).where(rows).order_by(notes.c.id).limit(limit)
        picked = skip_locked(free).cte("picked")
        take = (
            update(notes)
            .where(notes.c.id.in_(select(picked.c.id)))
            .values(
                state=DeliveryState.CLAIMED,
                attempt=notes.c.attempt + 1,
                worker=worker,
                lease_until=lease_until,
                next_try=None,
                updated_at=now,
            )
            .returning(
                notes.c.id, notes.c.kind, notes.c.address, notes.c.body, notes.c.attempt,
                notes.c.created_at,
            )
        )  # fmt: skip
        return [_note(row) for row in self._connection.execute(take)]


def _note(row: Row[Any]) -> Note:
    return Note(row.id, row.kind, row.address, row.body, row.attempt, row.created_at)


def _due(now: datetime) -> ColumnElement[bool]:
    ripe = (notes.c.state == DeliveryState.DEFERRED) & (notes.c.next_try <= now)
    return or_(notes.c.state == DeliveryState.DUE, ripe)


def _overdue(now: datetime) -> ColumnElement[bool]:
    return notes.c.state.in_(_HELD) & (notes.c.lease_until <= now)


def _of(worker: str, number: int, attempt: int) -> ColumnElement[bool]:
    return (
        (notes.c.id == number)
        & (notes.c.attempt == attempt)
        & (notes.c.worker == worker)
        & notes.c.state.in_(_HELD)
    )
