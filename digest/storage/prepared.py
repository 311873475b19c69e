"""A statement for many rows, prepared once.

SQLAlchemy makes the parameters of each row anew, with all that could be asked of it: 25 µs a row
where SQLite itself needs 15 (measured). Here the statement is still SQLAlchemy's, and so are the
conversions of the values; only the loop over the rows is ours.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import repeat
from typing import Any

from sqlalchemy import Connection, Dialect, Insert, Update

_Process = Callable[[Any], Any]
_Plan = tuple[str, tuple[str, ...], Mapping[str, object], Mapping[str, _Process]]
"""The SQL, the names of its parameters in their order, values that never change, conversions."""


class Prepared:
    """An UPDATE or INSERT whose named parameters are partly the same for all rows.

    For drivers that take parameters by position, as SQLite's does.
    """

    def __init__(self, statement: Update | Insert, *varying: str) -> None:
        """Take the statement, and the names of what differs from row to row, in their order."""
        self._statement = statement
        self._varying = varying
        self._plan = lru_cache(maxsize=8)(self._make_plan)

    def run(
        self, connection: Connection, rows: Sequence[tuple[object, ...]], **shared: object
    ) -> int:
        """Run it for each row; answers how many rows were changed.

        Args:
            connection: where to.
            rows: their own values, in the order of the names.
            shared: the values that are the same for all.
        """
        if not rows:
            return 0
        columns = dict(zip(self._varying, zip(*rows, strict=True), strict=True))
        sql, order, fixed, processes = self._plan(connection.dialect)
        same = {name: processes[name](value) for name, value in {**fixed, **shared}.items()}
        values: list[Iterable[object]] = [
            map(processes[name], columns[name]) if name in columns else repeat(same[name])
            for name in order
        ]
        return connection.exec_driver_sql(sql, list(zip(*values, strict=False))).rowcount

    def _make_plan(self, dialect: Dialect) -> _Plan:
        compiled = self._statement.compile(dialect=dialect)
        processes = {
            name: bound.type.dialect_impl(dialect).bind_processor(dialect) or _as_it_is
            for name, bound in compiled.binds.items()
        }
        fixed = {n: value for n, value in compiled.params.items() if n not in self._varying}
        return str(compiled), tuple(compiled.positiontup or ()), fixed, processes


def _as_it_is(value: object) -> object:
    return value
