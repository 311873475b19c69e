"""The record of who did what at the editors' desk."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, insert, select

from digest.core.account import Deed
from digest.storage.desk_tables import audit


class Audit:
    """Implements :class:`digest.ports.AuditStore`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, deed: Deed) -> None:
        """Keep a line."""
        values = {"at": deed.at, "who": deed.who, "act": deed.act, "about": deed.about}
        self._connection.execute(insert(audit).values(values))

    def newest(self, limit: int, *, who: str = "") -> Sequence[Deed]:
        """The newest lines, the newest first; of one account, or of all."""
        query = select(audit.c.at, audit.c.who, audit.c.act, audit.c.about)
        if who:
            query = query.where(audit.c.who == who)
        rows = self._connection.execute(query.order_by(audit.c.id.desc()).limit(limit))
        return [Deed(*row) for row in rows]
