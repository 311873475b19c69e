"""Sums of whole amounts by feature and theme, in little memory."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice

from digest.core.filing.columns import ColumnReader, ColumnWriter


class Tally:
    """How much of each feature was filed under each theme.

    Three of four features occur under one theme only: those need no table of their own.
    Amounts are whole numbers, so sums do not depend on the order, and what is taken back leaves
    nothing behind.
    """

    def __init__(self) -> None:
        self._single: dict[str, tuple[int, int]] = {}
        self._many: dict[str, dict[int, int]] = {}

    def __len__(self) -> int:
        return len(self._single) + len(self._many)

    def add(self, feature: str, theme: int, amount: int) -> int:
        """Add an amount, which may be negative; gives what stood there before."""
        if (row := self._many.get(feature)) is not None:
            return self._add_to(row, feature, theme, amount)
        if (only := self._single.get(feature)) is None:
            if amount:
                self._single[feature] = theme, amount
            return 0
        if only[0] != theme:
            if amount:
                del self._single[feature]
                self._many[feature] = {only[0]: only[1], theme: amount}
            return 0
        if total := only[1] + amount:
            self._single[feature] = theme, total
        else:
            del self._single[feature]
        return only[1]

    def _add_to(self, row: dict[int, int], feature: str, theme: int, amount: int) -> int:
        before = row.get(theme, 0)
        if total := before + amount:
            row[theme] = total
        elif before:
            del row[theme]
            if len(row) == 1:
                self._single[feature] = next(iter(row.items()))
                del self._many[feature]
        return before

    def row(self, feature: str) -> Mapping[int, int]:
        """The amounts of a feature by theme; empty when it is unknown."""
        if (row := self._many.get(feature)) is not None:
            return row
        only = self._single.get(feature)
        return {only[0]: only[1]} if only else {}

    def rows(self) -> Iterator[tuple[str, int, int]]:
        """Each feature, theme and amount."""
        for feature, (theme, amount) in self._single.items():
            yield feature, theme, amount
        for feature, row in self._many.items():
            for theme, amount in row.items():
                yield feature, theme, amount

    def write(self, out: ColumnWriter) -> None:
        """Write all sums: first the features of one theme, then those of many."""
        out.names(self._single)
        out.numbers(array("I", [theme for theme, _ in self._single.values()]))
        out.numbers(array("q", [amount for _, amount in self._single.values()]))
        out.names(self._many)
        out.numbers(array("I", map(len, self._many.values())))
        out.numbers(array("I", [theme for row in self._many.values() for theme in row]))
        out.numbers(array("q", [amount for row in self._many.values() for amount in row.values()]))

    def read(self, kept: ColumnReader, themes: Sequence[int]) -> None:
        """Take what was written in place of all sums."""
        names, numbers = kept.names(), [themes[number] for number in kept.numbers()]
        self._single = dict(zip(names, zip(numbers, kept.numbers(), strict=True), strict=True))
        names, lengths = kept.names(), kept.numbers()
        numbers = [themes[number] for number in kept.numbers()]
        cells = zip(numbers, kept.numbers(), strict=True)
        self._many = {
            name: dict(islice(cells, length)) for name, length in zip(names, lengths, strict=True)
        }
