"""A statement for many rows, prepared once.

SQLAlchemy makes the parameters of each row anew, with all that could be asked of it: 25 µs a row
where SQLite itself needs 15 (measured). Here the statement is still SQLAlchemy's, and so are the
conversions of the values; only the loop over the rows is ours.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Dialect, Update
from sqlalchemy.dialects import sqlite

_Process = Callable[[Any], Any]


class Prepared:
    """An UPDATE whose named parameters are partly the same for all rows."""

    def __init__(self, statement: Update, *varying: str) -> None:
        """Take the statement, and the names of what differs from row to row, in their order."""
        self._statement = statement
        self._varying = varying
        self._plan = lru_cache(maxsize=8)(self._make_plan)

    def run(
        self, connection: Connection, rows: Iterable[tuple[object, ...]], **shared: object
    ) -> int:
        """Run it for each row; answers how many rows were changed.

        Args:
            connection: where to.
            rows: their own values, in the order of the names.
            shared: the values that are the same for all.
        """
        sql, fixed, processes = self._plan(connection.dialect)
        same = {name: processes[name](value) for name, value in {**fixed, **shared}.items()}
        own = [(name, processes[name]) for name in self._varying]
        values: list[dict[str, object]] = [
            {**same, **{name: run(value) for (name, run), value in zip(own, row, strict=True)}}
            for row in rows
        ]
        return connection.exec_driver_sql(sql, values).rowcount if values else 0

    def _make_plan(
        self, dialect: Dialect
    ) -> tuple[str, Mapping[str, object], Mapping[str, _Process]]:
        # Parameters by name: SQLAlchemy gives SQLite question marks, if not told otherwise.
        named = sqlite.dialect(paramstyle="named") if dialect.name == "sqlite" else dialect
        compiled = self._statement.compile(dialect=named)
        processes = {
            name: bound.type.dialect_impl(dialect).bind_processor(dialect) or _as_it_is
            for name, bound in compiled.binds.items()
        }
        fixed = {n: value for n, value in compiled.params.items() if n not in self._varying}
        return str(compiled), fixed, processes


def _as_it_is(value: object) -> object:
    return value
