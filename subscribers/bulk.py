"""Many new rows at once, in the way that each database does fastest.

SQLAlchemy makes the parameters of each row anew, with all that could be asked of it: that is half
of the time of an import into SQLite (measured), where a thousand rows need one prepared statement.
The statement and the conversions of values are still SQLAlchemy's.
"""

from __future__ import annotations

import gc
from contextlib import contextmanager
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import BindParameter, LargeBinary, bindparam, insert

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from sqlalchemy import Column, Connection, Dialect, Select, Table

_ROOM = 32_768
"""KiB of pages that SQLite keeps while rows are added in bulk; it has 2,000 by default."""
_SELDOM = 1_000_000
"""New objects before the garbage collector looks at all; 700 by default."""


@contextmanager
def rarely_collecting() -> Iterator[None]:
    """Look for garbage less often while thousands of objects are made that are no part of cycles.

    Looking through all of them again and again took a quarter of an import (measured).
    """
    usual = gc.get_threshold()
    gc.set_threshold(max(usual[0], _SELDOM), *usual[1:])
    try:
        yield
    finally:
        gc.set_threshold(*usual)


def make_room(connection: Connection) -> None:
    """Let SQLite keep the pages of indexes whose keys are random."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(f"PRAGMA cache_size = -{_ROOM}")


class Bulk:
    """Adds rows to a table.

    Args:
        table: where to.
        columns: names of the columns, in the order of the values of a row, which is that of
            the table: the statement names them so.
    """

    def __init__(self, table: Table, *columns: str) -> None:
        self._table = table
        assert columns == tuple(one.name for one in table.c if one.name in columns)
        self._columns = columns
        self._plan = lru_cache(maxsize=8)(self._make_plan)

    def add(self, connection: Connection, rows: Sequence[tuple[Any, ...]]) -> None:
        """Add rows; their values in the order of the columns."""
        if not rows:
            return
        if connection.dialect.name != "sqlite":
            named = [dict(zip(self._columns, row, strict=True)) for row in rows]
            connection.execute(insert(self._table), named)
            return
        statement, converters = self._plan(connection.dialect)
        columns: list[Sequence[Any]] = list(zip(*rows, strict=True))
        for position, convert in converters:
            columns[position] = [convert(value) for value in columns[position]]
        connection.exec_driver_sql(statement, list(zip(*columns, strict=True)))

    def _make_plan(
        self, dialect: Dialect
    ) -> tuple[str, Sequence[tuple[int, Callable[[Any], Any]]]]:
        found = insert(self._table).values(dict.fromkeys(self._columns))
        statement = str(found.compile(dialect=dialect, column_keys=list(self._columns)))
        converters = [
            (position, convert)
            for position, name in enumerate(self._columns)
            if (convert := _converter(self._table.c[name], dialect))
        ]
        return statement, converters


class Lookup:
    """Finds rows by many bytes at once.

    Args:
        statement: selects where a column is ``in_(WANTED)``.
    """

    def __init__(self, statement: Select[Any]) -> None:
        self._statement = statement
        self._text = lru_cache(maxsize=8)(self._make_text)

    def rows(self, connection: Connection, wanted: Sequence[bytes]) -> Sequence[Any]:
        """Give the rows whose column is one of these; tuples, as the database has them."""
        if connection.dialect.name != "sqlite":
            return connection.execute(self._statement, {"wanted": list(wanted)}).all()
        places = ", ".join("?" * len(wanted))
        statement = self._text(connection.dialect).replace(_PLACES, places)
        return connection.exec_driver_sql(statement, tuple(wanted)).all()

    def _make_text(self, dialect: Dialect) -> str:
        return str(self._statement.compile(dialect=dialect))


WANTED: BindParameter[Any] = bindparam("wanted", expanding=True)
_PLACES = "__[POSTCOMPILE_wanted]"


def _converter(column: Column[Any], dialect: Dialect) -> Callable[[Any], Any] | None:
    if isinstance(column.type, LargeBinary):
        return None  # the driver takes bytes as they are
    return column.type.dialect_impl(dialect).bind_processor(dialect)
