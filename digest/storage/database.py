"""The database as a whole: transactions, the schema, the site's key, backups."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import select

from digest.errors import StorageError
from digest.storage import backups, dialects, schema
from digest.storage.faults import named_faults
from digest.storage.tables import keys
from digest.storage.work import Transaction

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from digest.ports import Queue

PATIENCE = 5.0
"""Seconds to wait for a lock that another process holds."""

_KEY_BYTES = 32


class Database:
    """Where everything is kept (:class:`digest.ports.Store`).

    Attributes:
        engine: for another house that keeps its tables in the same database.
    """

    def __init__(
        self, url: str, root: Path, *, patience: float = PATIENCE, queue: Queue | None = None
    ) -> None:
        """Prepare; nothing is opened before the first use.

        Args:
            url: ``sqlite:///FILE`` or ``postgresql+psycopg://…``.
            root: the site's folder, which a relative FILE is in.
            patience: seconds to wait for a lock that another process holds.
            queue: takes the jobs that transactions make due; ``None``: a sweep finds them.
        """
        self.engine = dialects.open_engine(url, root, patience)
        self._queue = queue
        self._key = b""

    @contextmanager
    def begin(self) -> Iterator[Transaction]:
        """Open a transaction for writing; kept when the block ends well.

        Raises:
            StorageError: locked for too long, out of reach, full.
            ConflictError: another process added or removed the same row.
        """
        with self._connected(dialects.WRITE) as connection:
            work = Transaction(connection)
            yield work
            if self._queue and work.calls:
                # Last of all: what waits here for another transaction holds nobody up for long.
                self._queue.enlist(_drivers_own(connection), work.calls)
        if self._queue and work.calls:
            self._queue.kept(work.calls)

    @contextmanager
    def read(self) -> Iterator[Transaction]:
        """Open a transaction that sees one state of the database and cannot write."""
        with self._connected(dialects.READ) as connection:
            yield Transaction(connection)

    def key(self) -> bytes:
        """The site's secret key, 32 bytes, made at the first call and kept."""
        if not self._key:
            self._key = self._read_key() or self._make_key()
        return self._key

    def upgrade(self) -> None:
        """Bring the schema up to date; of several processes one does it, the others wait.

        Raises:
            StorageError: a newer version of this program made the schema.
        """
        with named_faults(self.engine):
            schema.upgrade(self.engine)
        if self._queue and self._queue.shared:
            with self._connected(dialects.WRITE) as connection:
                dialects.hold(connection, "queue")
                self._queue.prepare(_drivers_own(connection))

    def check(self) -> list[str]:
        """What is wrong with the schema or the file, in sentences; empty when all is well."""
        try:
            with self._connected(dialects.READ) as connection:
                return schema.problems(connection) + dialects.problems_of_file(connection)
        except StorageError as error:
            return [str(error)]

    @property
    def exists(self) -> bool:
        """Something was kept before; it may have an old schema."""
        file = dialects.database_file(self.engine)
        return file is None or file.exists()

    def backup(self, to: Path) -> None:
        """Write a whole copy of one moment into a file that is put in place when it is done.

        SQLite: a database file. PostgreSQL: a dump for ``pg_restore``.

        Raises:
            StorageError: it cannot be written, or ``pg_dump`` is not there.
        """
        with named_faults(self.engine):
            backups.write(self.engine, to)

    def close(self) -> None:
        """Close all connections; the next use opens new ones."""
        self.engine.dispose()

    @contextmanager
    def _connected(self, access: Mapping[str, str]) -> Iterator[Connection]:
        with named_faults(self.engine), self.engine.connect() as connection:
            connection.execution_options(**access)
            with connection.begin():
                yield connection

    def _read_key(self) -> bytes:
        with self._connected(dialects.READ) as connection:
            return _find_key(connection)

    def _make_key(self) -> bytes:
        made = {"name": "site", "value": secrets.token_bytes(_KEY_BYTES)}
        with self._connected(dialects.WRITE) as connection:
            connection.execute(dialects.add_if_absent(connection, keys), made)
            return _find_key(connection)


def _drivers_own(connection: Connection) -> object:
    return connection.connection.driver_connection


def _find_key(connection: Connection) -> bytes:
    found = connection.scalar(select(keys.c.value).where(keys.c.name == "site"))
    return bytes(found or b"")
