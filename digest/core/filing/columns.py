"""Columns of names and numbers as bytes: quick to write, and quick to read when a process starts.

Each name is kept once, however many columns hold it. Columns are read in the order they were
written.
"""

from __future__ import annotations

import json
import sys
import zlib
from array import array
from collections.abc import Iterable
from typing import Any, TypeAlias

_FAST = 1
Numbers: TypeAlias = "array[Any]"
"""Of one type code of :mod:`array`: whole numbers or floating-point ones."""


class ColumnWriter:
    """Takes columns one after the other."""

    def __init__(self) -> None:
        self._places: dict[str, int] = {}
        self._columns: list[Numbers] = []

    def names(self, names: Iterable[str]) -> None:
        """Write a column of names."""
        places = self._places
        self.numbers(array("I", [places.setdefault(name, len(places)) for name in names]))

    def numbers(self, column: Numbers) -> None:
        """Write a column of numbers."""
        self._columns.append(column)

    def written(self, plain: Any) -> bytes:
        """All of it, and something that JSON can say."""
        head = {
            "byte order": sys.byteorder,
            "names": list(self._places),
            "columns": [(column.typecode, len(column)) for column in self._columns],
            "plain": plain,
        }
        told = json.dumps(head, separators=(",", ":")).encode()
        numbers = b"".join(column.tobytes() for column in self._columns)
        return zlib.compress(told + b"\n" + numbers, _FAST)


class ColumnReader:
    """Gives what was written, in that order.

    Attributes:
        plain: what was said beside the columns.
    """

    def __init__(self, data: bytes) -> None:
        """Begin.

        Raises:
            ValueError: this was written by a machine of another kind, or is none of it.
        """
        told, _, rest = _open(data).partition(b"\n")
        head = json.loads(told)
        if head["byte order"] != sys.byteorder:
            raise ValueError("the numbers were written by a machine with another byte order")
        self.plain: Any = head["plain"]
        # Interned, so that what is learnt later shares these names.
        self._names = list(map(sys.intern, head["names"]))
        self._columns = iter(_columns(head["columns"], memoryview(rest)))

    def names(self) -> Iterable[str]:
        """Read a column of names."""
        return map(self._names.__getitem__, self.numbers())

    def numbers(self) -> Numbers:
        """Read a column of numbers."""
        return next(self._columns)


def _open(data: bytes) -> bytes:
    try:
        return zlib.decompress(data)
    except zlib.error as error:
        raise ValueError(f"this holds no columns: {error}") from error


def _columns(kinds: list[tuple[str, int]], data: memoryview) -> Iterable[Numbers]:
    start = 0
    for typecode, length in kinds:
        column: Numbers = array(typecode)
        end = start + length * column.itemsize
        column.frombytes(data[start:end])
        yield column
        start = end
