"""Sums of whole amounts by feature and theme, in little memory."""

from __future__ import annotations

from collections.abc import Iterator, Mapping


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
