"""Databases as older versions of the program left them."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, MetaData, Table, create_engine, text

from digest.storage import Database, schema

MIGRATIONS = Path(schema.__file__).parent / "migrations"


def go_back(database: Database, revision: str) -> None:
    """Take from a database what later revisions added to it; the rows of the rest stay.

    It is not for a lent database: whoever gets it next would find an old schema if the upgrade,
    which is what such a test is about, should fail.
    """
    old, new = _tables_at(revision), MetaData()
    with database.engine.begin() as connection:
        new.reflect(connection)
        new.drop_all(connection, [each for name, each in new.tables.items() if name not in old])
        for name, columns in old.items():
            _narrow(connection, new.tables[name], columns)
    pretend(database, revision)


def pretend(database: Database, version: str) -> None:
    """Have a database say that it has another schema."""
    with database.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :v"), {"v": version})


def _narrow(connection: Connection, table: Table, columns: frozenset[str]) -> None:
    for index in table.indexes:
        if not columns.issuperset(index.columns.keys()):
            index.drop(connection)
    for column in set(table.columns.keys()) - columns:
        connection.execute(text(f"ALTER TABLE {table.name} DROP COLUMN {column}"))


@cache
def _tables_at(revision: str) -> dict[str, frozenset[str]]:
    """Names of the tables that a revision ends with, and of their columns."""
    config, found = Config(), MetaData()
    config.set_main_option("script_location", str(MIGRATIONS))
    with create_engine("sqlite://").begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
        found.reflect(connection)
    return {name: frozenset(table.columns.keys()) for name, table in found.tables.items()}
