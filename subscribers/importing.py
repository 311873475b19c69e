"""Brings people in from a file of any size: ten thousand lines a transaction, memory flat."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from subscribers.bulk import make_room, rarely_collecting
from subscribers.enrolment import Outcome
from subscribers.table_reading import Entry, Rejected
from subscribers.transaction import writing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

    from sqlalchemy import Connection, Engine

    from subscribers.enrolment import Enrolment
    from subscribers.table_reading import TableReader

BATCH = 10_000
"""Lines of one transaction. Handles and hashes are random, so that each changes most pages of their
indexes, and few large ones write less than many small ones (measured on SQLite: half as long).
Others wait to write while one lasts, which is less than half a second."""

_MAX_REASONS = 1_000
"""Rejected lines told one by one; a file that is wrong all through is only counted from there."""


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did, or would do.

    Attributes:
        rejected: the first thousand lines that brought nobody.
        rejected_more: how many more there were.
        warnings: what was passed over, in sentences.
    """

    added: int
    changed: int
    unchanged: int
    rejected: tuple[Rejected, ...]
    rejected_more: int = 0
    warnings: tuple[str, ...] = ()
    suppressed: int = 0
    """Lines of people who must not be mailed; they are counted above as well."""


class Reasons:
    """Why lines were rejected: the first ones told, the others counted."""

    def __init__(self) -> None:
        self.told: list[Rejected] = []
        self.more = 0

    def add(self, rejected: Iterator[Rejected]) -> None:
        """Take more of them."""
        self.told.extend(islice(rejected, _MAX_REASONS - len(self.told)))
        self.more += sum(1 for _ in rejected)


class Import:
    """One run over one file.

    Args:
        dry_run: find out everything, keep nothing.
        progress: told after each batch how many lines are done.
    """

    def __init__(
        self,
        engine: Engine,
        enrolment: Enrolment,
        *,
        dry_run: bool = False,
        progress: Callable[[int], object] | None = None,
    ) -> None:
        self._engine = engine
        self._enrolment = enrolment
        self._keep = not dry_run
        self._progress = progress
        self._outcomes: Counter[Outcome] = Counter()
        self._reasons = Reasons()
        self._suppressed = 0

    def run(self, reader: TableReader, now: datetime) -> ImportReport:
        """Read it all; every batch is kept whole or not at all.

        Run again after a crash, it finds what it had added and adds the rest.
        """
        with rarely_collecting():
            self._take_all(reader, now)
        return ImportReport(
            added=self._outcomes[Outcome.ADDED],
            changed=self._outcomes[Outcome.CHANGED],
            unchanged=self._outcomes[Outcome.UNCHANGED],
            rejected=tuple(sorted(self._reasons.told, key=lambda rejected: rejected.line)),
            rejected_more=self._reasons.more,
            warnings=_warnings(reader),
            suppressed=self._suppressed,
        )

    def _take_all(self, reader: TableReader, now: datetime) -> None:
        entries = reader.entries()
        done = 0
        while batch := list(islice(entries, BATCH)):
            self._take([entry for entry in batch if isinstance(entry, Entry)], now)
            self._reasons.add(entry for entry in batch if isinstance(entry, Rejected))
            done += len(batch)
            if self._progress:
                self._progress(done)

    def _take(self, entries: Sequence[Entry], now: datetime) -> None:
        wishes = [entry.wish for entry in entries]
        self._suppressed += sum(bool(wish.suppressed) for wish in wishes)

        def enrol(connection: Connection) -> list[tuple[Outcome, int]]:
            make_room(connection)
            return self._enrolment.enrol(connection, wishes, now)

        outcomes = [outcome for outcome, _ in writing(self._engine, enrol, keep=self._keep)]
        self._outcomes.update(outcomes)
        self._reasons.add(
            Rejected(entry.line, f"{entry.wish.address} asked to be forgotten and stays out")
            for entry, outcome in zip(entries, outcomes, strict=True)
            if outcome is Outcome.ERASED
        )


def _warnings(reader: TableReader) -> tuple[str, ...]:
    found = []
    if reader.foreign:
        found.append(f"Read as an export of {reader.foreign.program}")
    if reader.unknown:
        listed = ", ".join(reader.unknown)
        found.append(f"Columns passed over, as nothing here is called so: {listed}")
    return tuple(found)
