"""Transactions: short, and with an error that can be told."""

from __future__ import annotations

import sqlite3
from contextlib import closing, contextmanager, suppress
from time import sleep
from typing import TYPE_CHECKING, TypeVar

from sqlalchemy import exc, text, update

from subscribers.errors import UnavailableError
from subscribers.tables import metadata, subscribers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy import Connection, Engine

T = TypeVar("T")

_TRIES, _PAUSE = 10, 0.05
"""Of seconds; reading transactions are short."""


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """Open a short transaction that writes nothing; the engine may hold it to that.

    Raises:
        UnavailableError: the database is locked or out of reach.
    """
    try:
        with engine.connect().execution_options(read_only=True) as connection:
            yield connection
    except (exc.OperationalError, exc.TimeoutError) as error:
        raise _unavailable(error) from error


def writing(engine: Engine, act: Callable[[Connection], T], *, keep: bool = True) -> T:
    """Do something in one transaction; once more where somebody else added the same meanwhile.

    Without ``keep`` all of it is undone in the end (a dry run).

    Raises:
        UnavailableError: the database is locked, full or out of reach.
    """
    try:
        try:
            return _once(engine, act, keep=keep)
        except exc.IntegrityError:
            return _once(engine, act, keep=keep)
    except (exc.IntegrityError, exc.OperationalError, exc.TimeoutError) as error:
        raise _unavailable(error) from error


def know_sizes(engine: Engine) -> None:
    """Let PostgreSQL look at its tables before much is read from them.

    By itself it does so a minute after an import; until then it takes them for small, and reads
    all of them again for each batch (a hundred thousand people: 2.1 instead of .6 seconds, and
    four times as long for twice as many). SQLite follows its indexes anyway.
    """
    if engine.dialect.name != "postgresql":
        return
    with suppress(exc.DBAPIError), engine.connect() as connection:
        tables = ", ".join(table.name for table in metadata.sorted_tables)
        connection.execution_options(isolation_level="AUTOCOMMIT")
        connection.execute(text(f"ANALYZE {tables}"))


def leave_nothing(engine: Engine) -> None:
    """Empty what SQLite keeps beside its file, where pages stand as they were before a deletion.

    While somebody reads it waits a little; then the next deletion, or the end of the last
    connection, does it.
    """
    if engine.dialect.name != "sqlite":
        return
    with closing(engine.raw_connection()) as connection:
        for _ in range(_TRIES):
            try:
                busy, *_ = connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            except sqlite3.OperationalError:  # another process holds the whole of it
                busy = True
            if not busy:
                return
            sleep(_PAUSE)


def _once(engine: Engine, act: Callable[[Connection], T], *, keep: bool) -> T:
    with engine.connect() as connection, connection.begin() as transaction:
        # SQLite cannot turn a read into a write while another writes; a first statement that
        # writes (nothing) waits its turn instead.
        connection.execute(update(subscribers).where(subscribers.c.id == 0).values(name=""))
        result = act(connection)
        if not keep:
            transaction.rollback()
        return result


def _unavailable(error: exc.SQLAlchemyError) -> UnavailableError:
    cause = getattr(error, "orig", None) or error
    return UnavailableError(f"The database did not answer, try again later: {cause}")
