"""Copies of the whole database at one moment."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

from psycopg.conninfo import make_conninfo
from sqlalchemy import Engine

from digest.errors import StorageError
from digest.storage import dialects

_DUMP_TIMEOUT = 6 * 3600
_PRIVATE = 0o600


def write(engine: Engine, to: Path) -> None:
    """Write a copy beside its place, then move it there, so that no half copy is ever found.

    Only the owner may read it: it holds people's addresses and the site's key.

    Raises:
        StorageError: it cannot be written, or ``pg_dump`` is missing or failed.
    """
    unfinished = to.with_name(f".{to.name}.part")
    try:
        to.parent.mkdir(parents=True, exist_ok=True)
        unfinished.unlink(missing_ok=True)
        unfinished.touch(mode=_PRIVATE)
        try:
            _copy(engine, unfinished)
            _keep(unfinished)
            unfinished.replace(to)
        finally:
            unfinished.unlink(missing_ok=True)
    except OSError as error:
        raise StorageError(f"the backup {to} cannot be written: {error.strerror}") from error


def _copy(engine: Engine, to: Path) -> None:
    if file := dialects.database_file(engine):
        _copy_file(file, to)
    else:
        _dump(engine, to)


def _copy_file(file: Path, to: Path) -> None:
    if not file.exists():
        raise StorageError(f"there is no database {file} to back up")
    with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(to)) as copy:
        source.backup(copy)
        # One file without a journal beside it, which a plain copy could leave behind.
        copy.execute("PRAGMA journal_mode = DELETE")


def _dump(engine: Engine, to: Path) -> None:
    program = shutil.which("pg_dump")
    if program is None:
        raise StorageError(
            "a backup of PostgreSQL needs pg_dump: install it with "
            "`apt-get install postgresql-client`"
        )
    words = engine.dialect.create_connect_args(engine.url)[1]
    # The password goes by the environment: arguments can be seen by every user of the machine.
    password = {"PGPASSWORD": words["password"]} if "password" in words else {}
    place = make_conninfo(
        "", **{k: v for k, v in words.items() if k not in {"password", "context"}}
    )
    done = subprocess.run(  # noqa: S603 - the program by its full path, no shell
        [program, "--format=custom", f"--file={to}", "--no-password", f"--dbname={place}"],
        env=os.environ | password,
        capture_output=True,
        text=True,
        timeout=_DUMP_TIMEOUT,
        check=False,
    )
    if done.returncode:
        raise StorageError(f"pg_dump failed: {done.stderr.strip()}")


def _keep(file: Path) -> None:
    with file.open("rb") as handle:
        os.fsync(handle.fileno())
