"""Sources added at the desk, those that rest, and how each one was."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from digest.errors import ConflictError
from digest.ports import Addition, Mute, Spell
from digest.storage.desk_tables import added_sources, muted_sources, source_spells
from digest.storage.dialects import add_if_absent

_ADDITION = [column for column in added_sources.c if column.name != "id"]
_SPELL = [column for column in source_spells.c if column.name != "id"]
_KEPT = 400
"""Spells of a source: a year of one a day."""


class Roster:
    """Implements :class:`digest.ports.RosterStore`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def additions(self) -> Sequence[Addition]:
        """All of them, the first one first."""
        query = select(*_ADDITION).order_by(added_sources.c.id)
        return [Addition(*row) for row in self._connection.execute(query)]

    def add(self, addition: Addition) -> None:
        """Keep one.

        Raises:
            ConflictError: there is one of that name; the transaction goes on.
        """
        values = {column.name: getattr(addition, column.name) for column in _ADDITION}
        new = add_if_absent(self._connection, added_sources)
        if not self._connection.execute(new, values).rowcount:
            raise ConflictError(f'there is a source "{addition.name}" already')

    def drop(self, name: str) -> bool:
        """Forget an addition and its mute; False: there was none."""
        gone = delete(added_sources).where(added_sources.c.name == name)
        if not self._connection.execute(gone).rowcount:
            return False
        self.unmute(name)
        return True

    def mutes(self) -> Mapping[str, Mute]:
        """The sources that rest, by name."""
        rows = self._connection.execute(select(muted_sources))
        return {row.name: Mute(row.muted_at, row.muted_by) for row in rows}

    def mute(self, name: str, mute: Mute) -> None:
        """Let a source rest; one that rests already stays as it is."""
        values = {"name": name, "muted_at": mute.at, "muted_by": mute.by}
        self._connection.execute(add_if_absent(self._connection, muted_sources), values)

    def unmute(self, name: str) -> None:
        """Have it read again."""
        self._connection.execute(delete(muted_sources).where(muted_sources.c.name == name))

    def note(self, look: Spell) -> None:
        """Add one look at a source to its history.

        The newest spell is prolonged when it had the same error and began on the same day.
        """
        last = self._newest(look.source)
        same_day = last is not None and last.since.date() == look.since.date()
        if last is None or not same_day or last.error != look.error:
            values = {column.name: getattr(look, column.name) for column in _SPELL}
            self._connection.execute(insert(source_spells).values(values))
            self._forget(look.source)
            return
        columns = source_spells.c
        prolonged = update(source_spells).where(columns.id == last.id)
        self._connection.execute(
            prolonged.values(
                until=look.until,
                times=columns.times + look.times,
                new=columns.new + look.new,
                changed=columns.changed + look.changed,
                rejected=columns.rejected + look.rejected,
            )
        )

    def history(self, source: str, limit: int) -> Sequence[Spell]:
        """The newest spells of a source, the newest first."""
        query = (
            select(*_SPELL)
            .where(source_spells.c.source == source)
            .order_by(source_spells.c.id.desc())
            .limit(limit)
        )
        return [Spell(*row) for row in self._connection.execute(query)]

    def _newest(self, source: str) -> Row[*tuple[Any, ...]] | None:
        query = select(source_spells).where(source_spells.c.source == source)
        return self._connection.execute(query.order_by(source_spells.c.id.desc()).limit(1)).first()

    def _forget(self, source: str) -> None:
        """Let go of what is older than anybody asks for."""
        columns = source_spells.c
        newest = select(columns.id).where(columns.source == source).order_by(columns.id.desc())
        oldest = self._connection.scalar(newest.offset(_KEPT).limit(1))
        if oldest is not None:
            old = delete(source_spells).where(columns.source == source, columns.id <= oldest)
            self._connection.execute(old)
