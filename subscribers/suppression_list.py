"""The list of addresses that must not be mailed: seen, taken along, and brought in.

It knows an address by its keyed hash alone, so that it may outlive a person who asked to be erased.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, TextIO

from sqlalchemy import func, select

from subscribers import suppression_files
from subscribers.importing import BATCH, Reasons
from subscribers.model import Stop
from subscribers.suppression import suppress_many
from subscribers.suppression_files import StopReader, Suppressed
from subscribers.table_reading import Rejected
from subscribers.tables import subscribers, suppressions
from subscribers.transaction import reading, writing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection, Engine, Select


@dataclass(frozen=True, slots=True)
class SuppressionReport:
    """What an import of suppressions did, or would do.

    Attributes:
        added: addresses that get no letter any more.
        known: addresses that got none before; what was written of them stays.
        rejected: the first thousand lines that name no address.
        rejected_more: how many more there were.
    """

    added: int
    known: int
    rejected: tuple[Rejected, ...]
    rejected_more: int = 0


class Suppressions:
    """The list; a part of the front door.

    Args:
        key: the site's secret, for the hashes of addresses.
        now: the present moment, aware.
    """

    def __init__(self, engine: Engine, key: bytes, now: Callable[[], datetime]) -> None:
        self._engine = engine
        self._key = key
        self._now = now

    def listed(self, reason: str = "", limit: int = 50) -> Sequence[Suppressed]:
        """Give the newest, of one reason or all; with the address where it is a subscriber's."""
        columns = suppressions.c
        query = _shown(*([columns.reason == reason] if reason else []))
        query = query.order_by(columns.since.desc(), columns.address_hash).limit(limit)
        with reading(self._engine) as connection:
            return [Suppressed(*row) for row in connection.execute(query)]

    def tally(self) -> Mapping[str, int]:
        """Count the addresses, by reason."""
        columns = suppressions.c
        query = select(columns.reason, func.count()).group_by(columns.reason)
        with reading(self._engine) as connection:
            rows = connection.execute(query.order_by(columns.reason))
            return dict(rows.all())

    def export(self, out: TextIO) -> int:
        """Write the list as CSV for :meth:`read_csv` (open it with ``newline=""``); how many."""
        return suppression_files.write(out, self._all(), self._key)

    def read_csv(
        self,
        lines: Iterable[str],
        *,
        reason: str = "imported",
        how: str = "imported",
        dry_run: bool = False,
        progress: Callable[[int], object] | None = None,
    ) -> SuppressionReport:
        """Add to the list from a CSV file of any size; the first reason of an address stays.

        Args:
            lines: the first names the columns: address (or email) or hash, reason, since, how.
            reason: for lines that name none.
            how: for lines that do not say how it came about.
            dry_run: keep nothing.
            progress: told after each batch how many lines are done.

        Raises:
            BadFileError: the first line names a column neither for addresses nor for hashes.
        """
        entries = StopReader(lines, self._key, self._now(), reason, how).entries()
        reasons, added, known, done = Reasons(), 0, 0, 0
        while batch := list(islice(entries, BATCH)):
            stops = [one for one in batch if isinstance(one, Stop)]
            reasons.add(one for one in batch if isinstance(one, Rejected))
            new = self._keep(stops, keep=not dry_run)
            added, known, done = added + new, known + len(stops) - new, done + len(batch)
            if progress:
                progress(done)
        return SuppressionReport(added, known, tuple(reasons.told), reasons.more)

    def _keep(self, stops: Sequence[Stop], *, keep: bool) -> int:
        def act(connection: Connection) -> int:
            return suppress_many(connection, stops, self._now())

        return writing(self._engine, act, keep=keep) if stops else 0

    def _all(self) -> Iterator[Suppressed]:
        """Stream the list in the order of its hashes, memory flat."""
        column, last = suppressions.c.address_hash, b""
        while True:
            query = _shown(column > last).order_by(column).limit(BATCH)
            with reading(self._engine) as connection:
                found = [Suppressed(*row) for row in connection.execute(query)]
            yield from found
            if len(found) < BATCH:
                return
            last = found[-1].address_hash


def _shown(*where: ColumnElement[bool]) -> Select[bytes, str, datetime, str, str | None]:
    columns, theirs = suppressions.c, subscribers.c
    return (
        select(columns.address_hash, columns.reason, columns.since, columns.how, theirs.address)
        .outerjoin(subscribers, theirs.address_hash == columns.address_hash)
        .where(*where)
    )
