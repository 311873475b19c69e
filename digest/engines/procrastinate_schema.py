"""The tables of Procrastinate: made once, and moved on with the package.

The package brings its whole schema and a row of migrations, but nothing that tells which of them
a database has. We keep the name of the last one as the comment of its main table.
"""

from __future__ import annotations

from pathlib import Path

import psycopg
from procrastinate.schema import SchemaManager, migrations_path
from psycopg import sql

from digest.errors import StorageError

_FOUND = """
SELECT to_regclass('procrastinate_jobs') IS NOT NULL,
       obj_description(to_regclass('procrastinate_jobs'), 'pg_class')
"""


def upgrade(connection: psycopg.Connection) -> None:
    """Bring the tables to the version of the package, as a part of the caller's transaction.

    Raises:
        StorageError: a newer package made them, or the database refuses.
    """
    try:
        _upgrade(connection)
    except psycopg.Error as error:
        raise StorageError(f"the tables of the queue cannot be made: {error}") from error


def _upgrade(connection: psycopg.Connection) -> None:
    migrations = sorted(migrations_path.glob("*.sql"))
    newest = migrations[-1].stem
    there, last = connection.execute(_FOUND).fetchone() or (False, None)
    if there and last == newest:
        return
    if not there:
        connection.execute(SchemaManager.get_schema())
    else:
        for migration in _after(last, migrations):
            connection.execute(migration.read_text("utf-8"))
    note = sql.SQL("COMMENT ON TABLE procrastinate_jobs IS {}")
    connection.execute(note.format(sql.Literal(newest)))


def _after(last: str | None, migrations: list[Path]) -> list[Path]:
    names = [migration.stem for migration in migrations]
    if last not in names:
        raise StorageError(
            f"the tables of the queue have version {last or 'unknown'}, and the newest that this "
            f"installation knows is {names[-1]}: install the version of Procrastinate that made "
            "them, or, with no worker running, drop the tables procrastinate_* (work is found "
            "again in the other tables)"
        )
    return migrations[names.index(last) + 1 :]
