"""The suppression list as CSV.

A hash in a file begins with a mark of the key it was made with: under another key it would match
nobody, silently, so the import refuses it.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from typing import TYPE_CHECKING, TextIO

from subscribers.addresses import address_hash, normalise
from subscribers.cells import clean, guard, unguard
from subscribers.errors import BadFileError, PeopleError
from subscribers.model import Stop
from subscribers.table_reading import Rejected, columns_of, moment_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

_HEADER = ("address", "hash", "reason", "since", "how")
_COLUMNS = {"email": "address", "e-mail": "address", "email address": "address", "date": "since"}
_HASH_SIZE = 16
_MOST_REASON = 32


@dataclass(frozen=True, slots=True)
class Suppressed:
    """One address that must not be mailed.

    Attributes:
        address: where it is a subscriber's; nobody else's is kept.
    """

    address_hash: bytes
    reason: str
    since: datetime
    how: str
    address: str | None


class StopReader:
    """Reads one file, line by line.

    Raises:
        BadFileError: the first line names a column neither for addresses nor for hashes.
    """

    def __init__(
        self, lines: Iterable[str], key: bytes, now: datetime, reason: str, how: str
    ) -> None:
        self._key = key
        self._now = now
        self._defaults = {"reason": reason, "how": how}
        rest = iter(lines)
        names, delimiter = columns_of(next(rest, ""))
        self._rows = csv.reader(rest, delimiter=delimiter)
        plain = [name.strip().casefold() for name in names]
        self._names = [_COLUMNS.get(name, name) for name in plain]
        if not {"address", "hash"}.intersection(self._names):
            raise BadFileError(
                'line 1: expected the names of the columns, one of them "address", "email" or '
                f'"hash"; found {", ".join(names)[:100]!r}'
            )

    def entries(self) -> Iterator[Stop | Rejected]:
        """Every line that is not blank."""
        for cells in self._rows:
            if not any(cell.strip() for cell in cells):
                continue
            try:
                yield self._stop(cells)
            except (PeopleError, ValueError) as error:
                yield Rejected(self._rows.line_num + 1, str(error))

    def _stop(self, cells: Sequence[str]) -> Stop:
        told = {n: unguard(c.strip()) for n, c in zip(self._names, cells, strict=False) if c}
        row = {**self._defaults, **{name: cell for name, cell in told.items() if cell}}
        reason = clean(row["reason"])
        if len(reason) > _MOST_REASON:
            raise ValueError(f"reason: expected at most {_MOST_REASON} characters; use how")
        since = moment_of(row.get("since", ""), self._now)
        return Stop(self._hash(row), reason, clean(row["how"]), since)

    def _hash(self, row: dict[str, str]) -> bytes:
        if address := row.get("address"):
            return address_hash(self._key, normalise(address))
        mark, _, digits = row.get("hash", "").partition(":")
        if not digits:
            raise ValueError("names no address and no hash")
        if mark != _mark(self._key):
            raise ValueError("hash: made with another secret key; only addresses can be imported")
        found = bytes.fromhex(digits)
        if len(found) != _HASH_SIZE:
            raise ValueError(f"hash: expected {2 * _HASH_SIZE} digits, found {len(digits)}")
        return found


def write(out: TextIO, suppressed: Iterable[Suppressed], key: bytes) -> int:
    """Write one line for each; answers how many.

    Args:
        out: opened with ``newline=""``.
        suppressed: in any order.
        key: that the hashes were made with.
    """
    table, mark, count = csv.writer(out), _mark(key), 0
    table.writerow(_HEADER)
    for one in suppressed:
        count += 1
        since = one.since.isoformat(timespec="seconds")
        hashed = f"{mark}:{one.address_hash.hex()}"
        table.writerow(map(guard, (one.address or "", hashed, one.reason, since, one.how)))
    return count


def _mark(key: bytes) -> str:
    return address_hash(key, "").hex()[:8]
