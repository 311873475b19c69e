"""Collect a source: look when it is due, keep what was seen, and note how the source is."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from digest.core.published import plausible
from digest.core.source import Bookmark, Harvest, Health, Reject, Sighting, Source
from digest.errors import DigestError, FetchError, ParseError, UsageError
from digest.jobs.keeping import Keeping, told_apart
from digest.ports import Clock, Collector, Filer, SourceRecord, Spell, Store

log = logging.getLogger(__name__)

_TURN = timedelta(minutes=30)
"""For how long a collection under way keeps other processes from the same source."""
_BACKOFF_LIMIT = timedelta(days=1)
_UNDATED_AT_FIRST = 10


@dataclass(frozen=True, slots=True)
class CollectReport:
    """What one collection came to.

    Attributes:
        error: why the source as a whole failed; empty when it did not.
        skipped: it is not due, it rests, or another process has its turn.
    """

    source: str
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    rejected: int = 0
    error: str = ""
    skipped: bool = False


@dataclass(frozen=True, slots=True)
class Collect:
    """The job.

    Attributes:
        sources: each with its collector, by name.
        host: authority of the ``tag:`` URIs minted for new resources.
    """

    store: Store
    clock: Clock
    filer: Filer
    sources: Mapping[str, tuple[Source, Collector]]
    host: str

    def __call__(self, name: str, *, now: bool = False) -> CollectReport:
        """Collect one source if it is due.

        Args:
            name: of the source.
            now: whether or not it is due.

        Raises:
            UsageError: no source has that name.
            StorageError: what it brought cannot be kept; that is no fault of the source.
        """
        source, collector = self._source(name)
        moment = self.clock.now()
        record = self._turn(name, moment, now=now)
        if record is None:
            return CollectReport(name, skipped=True)
        try:
            harvest = _harvest(collector, record, moment)
        except DigestError as error:
            return self._failed(source, record, error, moment)
        report = self._keep(source, harvest, record, moment)
        log.info("collected %s: %s new, %s changed", name, report.new, report.changed)
        return report

    def _source(self, name: str) -> tuple[Source, Collector]:
        if name not in self.sources:
            known = ", ".join(self.sources) or "(none is configured)"
            raise UsageError(f'no source "{name}"; expected one of {known}')
        return self.sources[name]

    def _turn(self, name: str, moment: datetime, *, now: bool) -> SourceRecord | None:
        """What is known of the source, if it is our turn to collect it."""
        with self.store.read() as work:
            record = work.sources.record(name)
            if name in work.roster.mutes():
                return None
        if record.due and record.due > moment and not now:
            return None  # found by reading alone: most sources are not due most of the time
        with self.store.begin() as work:
            record = work.sources.record(name)
            if now:
                work.sources.save(replace(record, due=moment))
            return record if work.sources.claim(name, moment, moment + _TURN) else None

    def _keep(
        self, source: Source, harvest: Harvest, record: SourceRecord, moment: datetime
    ) -> CollectReport:
        first = record.first_collected is None
        sightings = told_apart(harvest.sightings)
        backlog = _backlog(sightings, source, moment) if first else frozenset()
        if sightings:
            self.filer.refresh()
        keeping = Keeping(self.store, self.filer, self.host, backlog, moment)
        outcomes = keeping.all(sightings)
        rejects = (*harvest.rejects, *(bad for bad in outcomes if isinstance(bad, Reject)))
        with self.store.begin() as work:
            rejected = sum(work.sources.add_reject(reject, moment) for reject in rejects)
            work.sources.save(_well(work.sources.record(source.name), source, harvest, moment))
            report = CollectReport(
                source.name,
                new=outcomes.count("new"),
                changed=outcomes.count("changed"),
                unchanged=outcomes.count("unchanged"),
                rejected=rejected,
            )
            work.roster.note(_look(report, moment))
        return report

    def _failed(
        self, source: Source, record: SourceRecord, error: DigestError, moment: datetime
    ) -> CollectReport:
        failures = record.failures + 1
        back_off = min(source.every * 2 ** min(failures - 1, 10), max(_BACKOFF_LIMIT, source.every))
        asked = error.wait if isinstance(error, FetchError) else None
        log.warning("source %s failed (%s in a row): %s", source.name, failures, error)
        report = CollectReport(source.name, error=str(error))
        with self.store.begin() as work:
            work.roster.note(_look(report, moment))
            work.sources.save(
                replace(
                    record,
                    health=_health(error),
                    failures=failures,
                    error=str(error),
                    last_tried=moment,
                    due=moment + max(back_off, _granted(asked)),
                )
            )
        return report


def _harvest(collector: Collector, record: SourceRecord, moment: datetime) -> Harvest:
    try:
        return collector.collect(record.bookmark, moment)
    except DigestError:
        raise
    except Exception as error:
        # What a source sends must stop no other source, not even by a fault of ours.
        log.exception("source %s: its collector failed", record.name)
        raise ParseError(f"its collector failed: {type(error).__name__}: {error}") from error


def _look(report: CollectReport, moment: datetime) -> Spell:
    """One collection as the history of the source tells it."""
    found = (report.new, report.changed, report.rejected)
    return Spell(report.source, moment, moment, 1, *found, report.error)


def _health(error: DigestError) -> Health:
    """Gone is what said so itself; what cannot be read today may be mended tomorrow."""
    is_gone = isinstance(error, FetchError) and error.permanent
    return Health.GONE if is_gone else Health.FAILING


def _well(record: SourceRecord, source: Source, harvest: Harvest, moment: datetime) -> SourceRecord:
    return replace(
        record,
        bookmark=record.bookmark if harvest.bookmark == Bookmark() else harvest.bookmark,
        health=Health.WELL,
        first_collected=record.first_collected or moment,
        last_tried=moment,
        last_ok=moment,
        failures=0,
        error="",
        due=moment + max(source.every, _granted(harvest.wait)),
    )


def _granted(wait: timedelta | None) -> timedelta:
    """How long we stay away because a source asked for it: not longer than a day."""
    return min(wait or timedelta(0), _BACKOFF_LIMIT)


def _backlog(sightings: Iterable[Sighting], source: Source, moment: datetime) -> frozenset[str]:
    """Keys of what was there before we came: known from now on, but never sent.

    Dated items surely older than ``first_days``; of undated ones all but the first few that the
    source lists, since nobody knows how old they are.
    """
    since = moment - timedelta(days=source.first_days)
    undated = 0
    old = set()
    for sighting in sightings:
        if published := plausible(sighting.published, moment):
            late = published.is_before(since)
        else:
            undated += 1
            late = undated > _UNDATED_AT_FIRST
        if late:
            old.add(sighting.key)
    return frozenset(old)
