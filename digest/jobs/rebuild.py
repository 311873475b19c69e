"""Learn everything again from the filings, or only see whether what is kept agrees with them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from digest.core.edition import FiledResource
from digest.core.filing.knowledge import Count, counted, counts
from digest.core.filing.meaning import Embedder
from digest.core.filing.model import Model, names, standing
from digest.core.filing.packing import packed, unpacked
from digest.core.filing.taught import FILED, Taught
from digest.core.newsletter import Theme
from digest.core.resource import ResourceId
from digest.jobs.teaching import teach
from digest.ports import Clock, Store, Work

_TOLD = 5
"""Examples of one kind of fault that are told."""


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What there is to learn from.

    Attributes:
        lessons: resources of which an editor said where they belong.
        counts: rows that this adds up to.
        added: filings by editors that had not been learnt, and are now.
    """

    lessons: int
    counts: int
    added: int = 0


@dataclass(frozen=True, slots=True)
class Rebuild:
    """The job.

    Attributes:
        themes: those of the site.
        embedder: gives a model of language, if there is one.
    """

    store: Store
    clock: Clock
    themes: Sequence[Theme]
    embedder: Callable[[], Embedder | None] = lambda: None

    def __call__(self) -> Rebuilt:
        """Teach what editors filed and nobody learnt, then learn the whole journal anew.

        Raises:
            StorageError: it cannot be kept.
        """
        added = self._catch_up()
        model = Model(self.themes, embedder=self.embedder())
        with self.store.read() as work:
            model.follow(work.lessons.after(0))
        kept = packed(model)
        with self.store.begin() as work:
            work.lessons.pack(model.number, kept)
        found = len(counts(model.filer))
        return Rebuilt(len(model.filer.shelf), found, added)

    def check(self) -> list[str]:
        """What disagrees, in sentences; nothing is written.

        Counts are compared row by row with those that the lessons add up to, and lessons with
        the filings they come from.
        """
        with self.store.read() as work:
            rows = work.lessons.after(0)
            decided = work.resources.decided()
            kept = work.lessons.packed()
        return [*self._filings(decided, standing(rows)), *self._counts(rows, kept)]

    def _catch_up(self) -> int:
        with self.store.begin() as work:
            missing = self._missing(work)
            for item, theme in missing:
                filed_at = work.resources.filings(item.resource.id)[0][1]
                teach(work, [(item, theme)], act=FILED, now=filed_at)
        return len(missing)

    def _missing(self, work: Work) -> list[tuple[FiledResource, str]]:
        decided = work.resources.decided()
        known = work.lessons.standing([item.resource.id for item in decided])
        return [(item, item.filing.theme) for item in decided if self._differs(item, known)]

    def _differs(self, item: FiledResource, known: Mapping[ResourceId, Taught]) -> bool:
        """A later move or approval may have taught another theme than the filing; that holds."""
        lesson = known.get(item.resource.id)
        if lesson is None or lesson.act != FILED:
            return lesson is None
        renamed = names(self.themes)
        now, then = item.filing.theme, lesson.theme
        return renamed.get(now, now) != renamed.get(then, then)

    def _filings(
        self, decided: Sequence[FiledResource], known: Mapping[ResourceId, Taught]
    ) -> Iterator[str]:
        wrong = [item for item in decided if self._differs(item, known)]
        for item in wrong[:_TOLD]:
            yield (
                f"resource {item.resource.id} was filed under {item.filing.theme} by "
                f"{item.filing.by}, which is not what was learnt"
            )
        if more := len(wrong[_TOLD:]):
            yield f"{more} more filings were not learnt"

    def _counts(self, rows: Sequence[Taught], kept: bytes | None) -> Iterator[str]:
        embedder = self.embedder()
        model = unpacked(self.themes, kept, embedder) if kept else None
        model = model or Model(self.themes, embedder=embedder)
        model.follow([row for row in rows if row.number > model.number])
        lessons = [model.lesson(row) for row in standing(rows).values()]
        wanted = Counter(_amounts(counted(self.themes, lessons, embedder)))
        found = Counter(_amounts(counts(model.filer)))
        wrong = sorted(key for key in wanted | found if wanted[key] != found[key])
        for kind, theme, feature in wrong[:_TOLD]:
            key = kind, theme, feature
            what = f'the {kind} "{feature}"' + (f" under {theme}" if theme else "")
            yield f"{what} counts {found[key]}, but the lessons add up to {wanted[key]}"
        if more := len(wrong[_TOLD:]):
            yield f"{more} more counts differ"


def _amounts(counts: Sequence[Count]) -> dict[tuple[str, str, str], int]:
    return {(row.kind.value, row.theme, row.feature): row.amount for row in counts}
