"""What a database driver says, in one clear sentence that tells what to do."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import psycopg
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from digest.errors import ConflictError, DigestError, StorageError

OLD_SCHEMA = "has an old schema or none: run `digest db upgrade`"
_LOCKED = "is locked by another process; try again or stop it"
_FULL = "cannot grow: the disk is full"

_SQLITE = {
    "SQLITE_BUSY": _LOCKED,
    "SQLITE_LOCKED": _LOCKED,
    "SQLITE_READONLY": "cannot be written: the transaction, or this user, may only read it",
    "SQLITE_CANTOPEN": "cannot be opened: its folder must be there and writable for this user",
    "SQLITE_FULL": _FULL,
    "SQLITE_IOERR": "cannot be read or written: the disk is full or reports an error",
    "SQLITE_CORRUPT": "is damaged: restore a backup",
    "SQLITE_NOTADB": "is no SQLite database: check [storage] url",
    "no such table": OLD_SCHEMA,
    "no such column": OLD_SCHEMA,
}
"""By the start of the name of the error, else of its text."""

_POSTGRESQL = {
    "25006": "cannot be written: the transaction may only read it",
    "28": "refuses the user or the password: check [storage] url",
    "3D": "is not there: create it with `createdb`",
    "40": "took the transaction back because of another one; try again",
    "42P01": OLD_SCHEMA,
    "42703": OLD_SCHEMA,
    "42501": "does not allow this user to do that: check the grants",
    "53100": _FULL,
    "53": "has no room for one more connection; try again or use fewer workers",
    "55P03": _LOCKED,
    "57": "was stopped or cut us off; try again",
}
"""By the start of the SQLSTATE."""

_REFUSALS = {"authentication failed": "28", "no password": "28", "does not exist": "3D"}
"""libpq gives no SQLSTATE when it cannot connect, only words."""


@contextmanager
def named_faults(engine: Engine) -> Iterator[None]:
    """Turn what the driver raises inside the block into errors of this program.

    Raises:
        StorageError: locked for too long, out of reach, full, or with an old schema.
        ConflictError: another process added or removed the same row.
    """
    try:
        yield
    except (DBAPIError, PoolTimeoutError) as error:
        raise _named(error, engine) from error
    except sqlite3.Error as error:  # where its own door is used, as for a backup
        raise StorageError(f"the database {_place(engine)} {_sentence(error)}") from error


def _named(error: DBAPIError | PoolTimeoutError, engine: Engine) -> DigestError:
    name = f"the database {_place(engine)}"
    if isinstance(error, PoolTimeoutError):
        return StorageError(f"{name} is busy: all connections are in use; try again")
    if isinstance(error, IntegrityError):
        return ConflictError(f"{name} refused a row that another process added or removed")
    return StorageError(f"{name} {_sentence(error.orig)}")


def _place(engine: Engine) -> str:
    """What people call the database; never with its password."""
    if engine.dialect.name == "sqlite":
        return str(engine.url.database)
    return engine.url.render_as_string(hide_password=True)


def _sentence(cause: BaseException | None) -> str:
    said = str(cause).strip().partition("\n")[0]
    if isinstance(cause, sqlite3.Error):
        name = getattr(cause, "sqlite_errorname", "")
        return _find(_SQLITE, name) or _find(_SQLITE, said) or f"failed: {said}"
    if isinstance(cause, psycopg.Error):
        return _find(_POSTGRESQL, _state(cause)) or f"cannot be reached: {said}"
    return f"failed: {said}"


def _state(cause: psycopg.Error) -> str:
    guesses = (state for words, state in _REFUSALS.items() if words in str(cause))
    return cause.sqlstate or next(guesses, "")


def _find(sentences: Mapping[str, str], text: str) -> str:
    return next((say for start, say in sentences.items() if text.startswith(start)), "")
