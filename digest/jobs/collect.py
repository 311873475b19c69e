"""Collect a source: look, keep what was seen, merge it into resources, file what is new."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice

from digest.core.address import canonical
from digest.core.published import plausible
from digest.core.resource import Facts, ResourceId, merge, tag_uri
from digest.core.source import Bookmark, Harvest, Health, Sighting, Source
from digest.errors import ConflictError, DigestError
from digest.ports import Clock, Collector, Filer, SourceRecord, Store, Work

log = logging.getLogger(__name__)

_TURN = timedelta(minutes=30)
"""For how long a collection under way keeps other processes from the same source."""
_BATCH = 100
"""Sightings a transaction: small enough that a collection never holds the database for long."""
_BACKOFF_LIMIT = timedelta(days=1)
_UNDATED_AT_FIRST = 10


@dataclass(frozen=True, slots=True)
class CollectReport:
    """What one collection came to.

    Attributes:
        error: why the source as a whole failed; empty when it did not.
        skipped: it is not due, or another process has its turn.
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
        """
        moment = self.clock.now()
        with self.store.begin() as work:
            record = work.sources.record(name)
            if now:
                work.sources.save(replace(record, due=moment))
            if not work.sources.claim(name, moment, moment + _TURN):
                return CollectReport(name, skipped=True)
        source, collector = self.sources[name]
        try:
            harvest = collector.collect(record.bookmark, moment)
            report = self._keep(source, harvest, record, moment)
        except DigestError as error:
            return self._failed(source, record, error, moment)
        log.info("collected %s: %s new, %s changed", name, report.new, report.changed)
        return report

    def _keep(
        self, source: Source, harvest: Harvest, record: SourceRecord, moment: datetime
    ) -> CollectReport:
        first = record.first_collected is None
        backlog = _backlog(harvest.sightings, source, moment) if first else frozenset()
        outcomes = [
            outcome
            for batch in _batches(harvest.sightings)
            for outcome in self._keep_batch(batch, backlog, moment)
        ]
        with self.store.begin() as work:
            rejected = sum(work.sources.add_reject(reject, moment) for reject in harvest.rejects)
            work.sources.save(_well(work.sources.record(source.name), source, harvest, moment))
        return CollectReport(
            source.name,
            new=outcomes.count("new"),
            changed=outcomes.count("changed"),
            unchanged=outcomes.count("unchanged"),
            rejected=rejected,
        )

    def _keep_batch(
        self, batch: Sequence[Sighting], backlog: frozenset[str], moment: datetime
    ) -> list[str]:
        try:
            return self._keep_all(batch, backlog, moment)
        except ConflictError:
            # Another process added the same resource between our look and our write; now the
            # look finds it.
            return self._keep_all(batch, backlog, moment)

    def _keep_all(
        self, batch: Sequence[Sighting], backlog: frozenset[str], moment: datetime
    ) -> list[str]:
        with self.store.begin() as work:
            return [self._keep_one(work, s, s.key in backlog, moment) for s in batch]

    def _keep_one(self, work: Work, sighting: Sighting, old: bool, moment: datetime) -> str:  # noqa: FBT001 - private, called once
        known = self._known(work, sighting)
        if known is None:
            facts = merge([sighting])
            resource = work.resources.add(
                facts,
                tag=tag_uri(self.host, moment, facts.canonical),
                now=moment,
                backlog=old,
                filing=self.filer.file(facts),
            )
            work.sources.add_sighting(sighting, resource.id)
            return "new"
        if not work.sources.add_sighting(sighting, known):
            return "unchanged"
        return "changed" if self._merge(work, known, moment) else "unchanged"

    def _known(self, work: Work, sighting: Sighting) -> ResourceId | None:
        if found := work.resources.find(canonical(sighting.url)):
            return found.id
        # A source that changes an item's address keeps its key.
        last = work.sources.last_sighting(sighting.source, sighting.key)
        return last[1] if last else None

    def _merge(self, work: Work, known: ResourceId, moment: datetime) -> bool:
        before = work.resources.get(known)
        if before is None:
            return False
        facts = merge(work.sources.sightings_of(known))
        facts = replace(facts, canonical=before.resource.facts.canonical)
        if facts == before.resource.facts:
            return False
        work.resources.change(known, facts, moment)
        filing = self.filer.file(facts)
        if before.filing.by == filing.by and before.filing != filing:
            work.resources.file(known, filing, moment)
        return _differs(facts, before.resource.facts)

    def _failed(
        self, source: Source, record: SourceRecord, error: DigestError, moment: datetime
    ) -> CollectReport:
        failures = record.failures + 1
        wait = min(source.every * 2 ** min(failures - 1, 10), max(_BACKOFF_LIMIT, source.every))
        log.warning("source %s failed (%s in a row): %s", source.name, failures, error)
        with self.store.begin() as work:
            work.sources.save(
                replace(
                    record,
                    health=Health.GONE if error.permanent else Health.FAILING,
                    failures=failures,
                    error=str(error),
                    last_tried=moment,
                    due=moment + wait,
                )
            )
        return CollectReport(source.name, error=str(error))


def _well(record: SourceRecord, source: Source, harvest: Harvest, moment: datetime) -> SourceRecord:
    wait = max(source.every, min(harvest.wait or timedelta(0), _BACKOFF_LIMIT))
    return replace(
        record,
        bookmark=record.bookmark if harvest.bookmark == Bookmark() else harvest.bookmark,
        health=Health.WELL,
        first_collected=record.first_collected or moment,
        last_tried=moment,
        last_ok=moment,
        failures=0,
        error="",
        due=moment + wait,
    )


def _backlog(sightings: Iterable[Sighting], source: Source, moment: datetime) -> frozenset[str]:
    """Keys of what was there before we came: known from now on, but never sent.

    Dated items older than ``first_days``; of undated ones all but the first few that the source
    lists, since nobody knows how old they are.
    """
    since = moment - timedelta(days=source.first_days)
    undated = 0
    old = set()
    for sighting in sightings:
        if published := plausible(sighting.published, moment):
            late = published.at < since
        else:
            undated += 1
            late = undated > _UNDATED_AT_FIRST
        if late:
            old.add(sighting.key)
    return frozenset(old)


def _batches(sightings: Sequence[Sighting]) -> Iterator[list[Sighting]]:
    rest = iter(sightings)
    while batch := list(islice(rest, _BATCH)):
        yield batch


def _differs(after: Facts, before: Facts) -> bool:
    """Readers would notice; another source showing the same is no change."""
    return (after.title, after.summary, after.url) != (before.title, before.summary, before.url)
