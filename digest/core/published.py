"""When a source says that something was published, as exactly as it says it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import IntEnum

_EARLIEST_YEAR = 1990
_TOLERANCE = timedelta(days=1)
_ISO = re.compile(r"(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?")


class Precision(IntEnum):
    """How much of a date was said."""

    YEAR = 1
    MONTH = 2
    DAY = 3
    TIME = 4


@dataclass(frozen=True, slots=True, order=True)
class Published:
    """A moment with its precision: "March 2022" is the first of March, to the month."""

    at: datetime
    precision: Precision = Precision.TIME

    def __post_init__(self) -> None:
        if self.at.tzinfo is None:
            raise ValueError("a date of publication must know its time zone")

    def __str__(self) -> str:
        """The ISO 8601 form, as long as the precision: ``2022``, ``2022-03``, ``2022-03-14``."""
        if self.precision is Precision.TIME:
            return self.at.astimezone(UTC).isoformat().replace("+00:00", "Z")
        return self.at.strftime("%Y-%m-%d")[: (4, 7, 10)[self.precision - 1]]

    def is_before(self, moment: datetime) -> bool:
        """Surely before a moment: "2026" is not before any day of that year."""
        same_precision = Published(moment.astimezone(UTC), self.precision)
        return self.at < Published.parse(str(same_precision)).at

    @classmethod
    def parse(cls, text: str) -> Published:
        """Read the form that ``str()`` writes.

        Raises:
            ValueError: the text is not of that form.
        """
        if match := _ISO.fullmatch(text):
            year, month, day = match.groups()
            precision = Precision(1 + (month is not None) + (day is not None))
            at = datetime(int(year), int(month or 1), int(day or 1), tzinfo=UTC)
            return cls(at, precision)
        return cls(datetime.fromisoformat(text))


def plausible(claimed: Published | None, now: datetime) -> Published | None:
    """Keep a date that can be true.

    Real feeds carry year 1 and dates far ahead (5 of 200 feeds, research/feeds.md); such a date
    would break feed validity and order, so it counts as unknown.
    """
    if claimed is None or claimed.at.year < _EARLIEST_YEAR or claimed.at > now + _TOLERANCE:
        return None
    return claimed
