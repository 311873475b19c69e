"""Every word that only one of the two databases understands.

The rest of the room writes the same SQL for both. What a transaction is for is said by the
execution option :data:`READ` or :data:`WRITE`, which means the right thing on both; without one
it is as the database has it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from time import monotonic, sleep
from typing import Any

from sqlalchemy import (
    JSON,
    URL,
    Connection,
    Engine,
    Select,
    Table,
    TableValuedAlias,
    Text,
    bindparam,
    cast,
    column,
    create_engine,
    event,
    func,
    make_url,
    text,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.types import TypeEngine

from digest.errors import StorageError

READ = {"access": "read"}
"""For a connection whose transactions see one state of the database and cannot write."""

WRITE = {"access": "write"}
"""For a connection whose transactions will write, and wait their turn before they read."""

_CONNECT_TIMEOUT = 10
_RANDOM_PAGE = 1.1
"""Of memory and disks without heads. For disks that turn, which PostgreSQL reckons with, it reads
tables of a hundred thousand people whole where five hundred are asked for: twice the time."""
_MOST_IDLE = 300
"""Seconds that a process may sleep in a transaction before PostgreSQL ends it and frees its locks,
which a suspended machine would keep for hours: less than a lease, so that others can take over."""
_RETRY = 0.02
_POOL_TIMEOUT = 30


def open_engine(address: str, root: Path, patience: float) -> Engine:
    """Prepare an engine; nothing is connected yet.

    Args:
        address: ``sqlite:///FILE`` or ``postgresql+psycopg://…``.
        root: the folder a relative FILE is in.
        patience: seconds to wait for a lock that another process holds.
    """
    url = make_url(address)
    is_file = url.get_backend_name() == "sqlite"
    engine = create_engine(
        _absolute(url, root) if is_file else url,
        connect_args=_sqlite_arguments(patience) if is_file else _postgresql_arguments(patience),
        hide_parameters=True,
        max_overflow=20,
        pool_timeout=_POOL_TIMEOUT,
        pool_pre_ping=not is_file,
    )
    event.listen(engine, "begin", _begin_sqlite if is_file else _begin_postgresql)
    if is_file:
        event.listen(engine, "do_connect", _before_sqlite)
        event.listen(engine, "connect", partial(_connected_sqlite, patience=patience))
    return engine


def database_file(engine: Engine) -> Path | None:
    """The file of a SQLite database."""
    is_file = engine.dialect.name == "sqlite"
    return Path(str(engine.url.database)) if is_file else None


def add_if_absent(connection: Connection, table: Table) -> postgresql.Insert | sqlite.Insert:
    """An INSERT that leaves a row alone that is already there; its ``rowcount`` is what it added.

    Bring its values as parameters of ``execute``, or with ``values()``.
    """
    counted = {"preserve_rowcount": True}
    if connection.dialect.name == "sqlite":
        return sqlite.insert(table).on_conflict_do_nothing().execution_options(**counted)
    return postgresql.insert(table).on_conflict_do_nothing().execution_options(**counted)


def skip_locked(rows: Select[Any]) -> Select[Any]:
    """Pass over rows that another worker is about to take (SQLite has one writer, so none)."""
    return rows.with_for_update(skip_locked=True)


def takes_json_rows(connection: Connection) -> bool:
    """Whether :func:`rows_of_json` can be used."""
    return connection.dialect.name == "postgresql"


def rows_of_json(parameter: str, columns: Mapping[str, TypeEngine[Any]]) -> TableValuedAlias:
    """A JSON array of objects, given as text in a parameter, as the rows of a table."""
    text = cast(bindparam(parameter, type_=Text()), JSON)
    named = (column(name, kind) for name, kind in columns.items())
    rows = func.json_to_recordset(text).table_valued(*named, name="given")
    return rows.render_derived(with_types=True)


def hold(connection: Connection, name: str) -> None:
    """Hold a name until the transaction ends; on SQLite the transaction already holds all."""
    if connection.dialect.name == "postgresql":
        lock = text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))")
        connection.execute(lock, {"name": name})


def problems_of_file(connection: Connection) -> list[str]:
    """What SQLite's own checks find; PostgreSQL checks its pages as it reads them."""
    if connection.dialect.name != "sqlite":
        return []
    damage = [str(row[0]) for row in connection.exec_driver_sql("PRAGMA integrity_check")]
    loose = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
    return [line for line in damage if line != "ok"] + [
        f"a row of {row[0]} points at a row of {row[2]} that is not there" for row in loose
    ]


def _absolute(url: URL, root: Path) -> URL:
    return url.set(database=str(root / (url.database or "digest.db")))


def _sqlite_arguments(patience: float) -> dict[str, Any]:
    # Without an isolation level the sqlite3 module opens no transactions of its own, which it
    # does too late and not before every statement (SQLAlchemy, "pysqlite transactions").
    return {"timeout": patience, "isolation_level": None}


def _postgresql_arguments(patience: float) -> dict[str, Any]:
    options = {
        "lock_timeout": int(patience * 1000),
        "idle_in_transaction_session_timeout": _MOST_IDLE * 1000,
        "random_page_cost": _RANDOM_PAGE,
    }
    return {
        "connect_timeout": _CONNECT_TIMEOUT,
        "options": " ".join(f"-c {name}={value}" for name, value in options.items()),
        "keepalives_idle": 30,
        "tcp_user_timeout": 60_000,
    }


def _before_sqlite(_dialect: object, _record: object, place: list[Any], _words: object) -> None:
    folder = Path(place[0]).parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StorageError(
            f"the folder {folder} of the database cannot be made: {error.strerror}"
        ) from error


def _connected_sqlite(connection: sqlite3.Connection, _record: object, patience: float) -> None:
    _keep_journal(connection, until=monotonic() + patience)
    # FULL: with NORMAL a loss of power takes back the last commits, and a letter that was
    # handed over would look unsent.
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    # What is deleted is overwritten: who asked to be forgotten must not stay in free pages.
    connection.execute("PRAGMA secure_delete = ON")


def _keep_journal(connection: sqlite3.Connection, until: float) -> None:
    """Turn on the write-ahead log, which the file then keeps.

    SQLite does not wait for this lock by itself: of six threads that open a new file at once,
    one in a hundred is refused (measured, SQLite 3.40).
    """
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError:
            if monotonic() > until:
                raise
            sleep(_RETRY)
        else:
            return


def _begin_sqlite(connection: Connection) -> None:
    access = _access(connection)
    connection.exec_driver_sql(f"PRAGMA query_only = {int(access == READ)}")
    # IMMEDIATE: a transaction that reads first and wants to write later is refused at once, with
    # no waiting, when another process wrote in between.
    connection.exec_driver_sql("BEGIN IMMEDIATE" if access == WRITE else "BEGIN")


def _begin_postgresql(connection: Connection) -> None:
    if _access(connection) == READ:
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")


def _access(connection: Connection) -> dict[str, str]:
    return {"access": connection.get_execution_options().get("access", "")}
