"""Keep what a source showed: merge each sighting into its resource, file what is new."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice

from digest.core.address import canonical
from digest.core.composition import NOT_CARRIED
from digest.core.edition import FiledResource
from digest.core.resource import Facts, ResourceId, merge, tag_uri
from digest.core.source import BY_HAND, Reject, Sighting
from digest.errors import ConflictError, StorageError
from digest.ports import Filer, Store, Work

log = logging.getLogger(__name__)

_BATCH = 100
"""Sightings a transaction: small enough that a collection never holds the database for long."""


@dataclass(frozen=True, slots=True)
class Keeping:
    """What one collection brought, on its way into the store.

    Attributes:
        host: authority of the ``tag:`` URIs minted for new resources.
        backlog: keys of what was there before we came.
        moment: of the collection.
    """

    store: Store
    filer: Filer
    host: str
    backlog: Collection[str]
    moment: datetime

    def all(self, sightings: Sequence[Sighting]) -> list[str | Reject]:
        """Keep what one source showed, told apart.

        Returns:
            Of each: "new", "changed" or "unchanged", or why it cannot be kept.

        Raises:
            StorageError: nothing can be kept now.
        """
        return [outcome for batch in _batches(sightings) for outcome in self._batch(batch)]

    def _batch(self, batch: Sequence[Sighting]) -> list[str | Reject]:
        try:
            return [*self._together(batch)]
        except StorageError:
            raise
        except Exception:  # noqa: BLE001 - whatever it is, it comes again below, and is told there
            # Another process added the same resource between our look and our write, or one of
            # them cannot be kept: one by one, that costs no other.
            return [self._alone(sighting) for sighting in batch]

    def _alone(self, sighting: Sighting) -> str | Reject:
        try:
            return self._together([sighting])[0]
        except (StorageError, ConflictError):
            raise
        except Exception as error:
            log.exception("%s: %s cannot be kept", sighting.source, sighting.key)
            reason = f"it cannot be kept: {type(error).__name__}: {error}"
            return Reject(sighting.source, sighting.key, reason, sighting.raw)

    def _together(self, batch: Sequence[Sighting]) -> list[str]:
        with self.store.begin() as work:
            return [self._one(work, sighting) for sighting in batch]

    def _one(self, work: Work, sighting: Sighting) -> str:
        known = self._known(work, sighting)
        if known is None:
            facts = merge([sighting])
            resource = work.resources.add(
                facts,
                tag=tag_uri(self.host, self.moment, facts.canonical),
                now=self.moment,
                backlog=sighting.key in self.backlog,
                filing=self.filer.file(facts),
            )
            work.sources.add_sighting(sighting, resource.id)
            return "new"
        if not work.sources.add_sighting(sighting, known):
            return "unchanged"
        self._admit(work, known, sighting)
        return "changed" if self._merge(work, known) else "unchanged"

    def _known(self, work: Work, sighting: Sighting) -> ResourceId | None:
        if found := work.resources.find(canonical(sighting.url)):
            return found.id
        last = work.sources.last_sighting(sighting.source, sighting.key)
        # A source that changes an item's address keeps its key. But some feeds give one key to
        # all they ever show; where the title is another one as well, it is another item.
        return last[1] if last and last[0].title == sighting.title else None

    def _admit(self, work: Work, known: ResourceId, sighting: Sighting) -> None:
        """What editors brought into one draft is new to the others when a source shows it."""
        found = work.resources.get(known)
        only_by_hand = found and found.resource.facts.sources == (BY_HAND,)
        if only_by_hand and sighting.key not in self.backlog:
            work.resources.admit(known)

    def _merge(self, work: Work, known: ResourceId) -> bool:
        before = work.resources.get(known)
        if before is None:
            return False
        facts = merge(work.sources.sightings_of(known))
        facts = replace(facts, canonical=before.resource.facts.canonical)
        if facts == before.resource.facts:
            return False
        work.resources.change(known, facts, self.moment)
        self._file_again(work, before, facts)
        return _differs(facts, before.resource.facts)

    def _file_again(self, work: Work, before: FiledResource, facts: Facts) -> None:
        """File by what is said now, unless an editor did; newsletters may want it now."""
        filing = self.filer.file(facts)
        if not before.filing.is_decided and before.filing != filing:
            work.resources.file(before.resource.id, filing, self.moment)
            if before.filing.theme != filing.theme:
                work.editions.reconsider(before.resource.id, NOT_CARRIED)


def told_apart(sightings: Sequence[Sighting]) -> tuple[Sighting, ...]:
    """Make keys of their own for items that share one, as some feeds have it."""
    places: dict[str, set[str]] = {}
    for sighting in sightings:
        places.setdefault(sighting.key, set()).add(canonical(sighting.url))
    return tuple(
        replace(sighting, key=f"{sighting.key} {canonical(sighting.url)}")
        if len(places[sighting.key]) > 1
        else sighting
        for sighting in sightings
    )


def _batches(sightings: Sequence[Sighting]) -> Iterator[list[Sighting]]:
    rest = iter(sightings)
    while batch := list(islice(rest, _BATCH)):
        yield batch


def _differs(after: Facts, before: Facts) -> bool:
    """Readers would notice; another source showing the same is no change."""
    return (after.title, after.summary, after.url) != (before.title, before.summary, before.url)
