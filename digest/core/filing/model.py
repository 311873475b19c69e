"""What one process knows of the journal of lessons."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from digest.core.filing.filer import LearningFiler
from digest.core.filing.gate import Decision
from digest.core.filing.lesson import Lesson
from digest.core.filing.meaning import Embedder
from digest.core.filing.taught import Taught
from digest.core.newsletter import OTHER, Theme
from digest.core.resource import ResourceId

_AT_ONCE = 100
"""Lessons learnt together at most, so that long batches cost no more memory than short ones."""


class Model:
    """A filer that follows the journal; the same journal always makes the same of it.

    Attributes:
        filer: what was learnt.
        number: of the last row that was followed.
        judged: the decision that each resource was counted as, while it is remembered.
    """

    def __init__(
        self,
        themes: Sequence[Theme],
        filer: LearningFiler | None = None,
        embedder: Embedder | None = None,
    ) -> None:
        """Begin.

        Args:
            themes: at least one.
            filer: what is known already, of the same themes.
            embedder: a model of language, where there is no filer that has it.
        """
        self.filer = filer or LearningFiler(themes, embedder=embedder)
        self.number = 0
        self.judged: dict[ResourceId, Decision] = {}
        self._names = names(themes)

    def follow(self, rows: Sequence[Taught]) -> None:
        """Take in the next rows, in order; those of a batch must come together."""
        for batch in _batches(rows):
            if batch[0].theme:
                self._learn(batch)
            else:
                self._take_back(row.resource for row in batch)
            self.number = batch[-1].number

    def _learn(self, rows: Sequence[Taught]) -> None:
        # What is said of a resource twice at once is counted once, as it was said last.
        said = [self.lesson(row) for row in {row.resource: row for row in rows}.values()]
        known = {*self.filer.numbers, OTHER}
        # A theme that left the configuration is neither learnt nor held against the filer.
        self._take_back(lesson.key for lesson in said if lesson.theme not in known)
        lessons = [lesson for lesson in said if lesson.theme in known]
        unknown = [one.key for one in lessons if self.filer.shelf.get(one.key) is None]
        self.filer.learn(lessons)
        if unknown:
            self.judged.update(zip(unknown, self.filer.decisions[-len(unknown) :], strict=True))

    def _take_back(self, resources: Iterator[ResourceId]) -> None:
        """Of the gate too: a slip of the hand is no mistake of the filer."""
        decisions = self.filer.decisions
        for resource in resources:
            self.filer.unlearn(resource)
            slip = self.judged.pop(resource, None)
            places = (n for n in reversed(range(len(decisions))) if decisions[n] is slip)
            if (place := next(places, None)) is not None:
                del decisions[place]

    def lesson(self, row: Taught) -> Lesson:
        """A row as it is learnt: under the name that its theme has now."""
        theme = self._names.get(row.theme, row.theme)
        return Lesson(row.resource, theme, row.example, row.day)


def names(themes: Sequence[Theme]) -> Mapping[str, str]:
    """The present slug of each theme that had another one, or became part of another."""
    return {old: theme.slug for theme in themes for old in theme.formerly}


def standing(rows: Sequence[Taught]) -> dict[ResourceId, Taught]:
    """What of the journal counts: the last word on each resource, where it is not taken back."""
    last = {row.resource: row for row in rows}
    return {resource: row for resource, row in last.items() if row.theme}


def _batches(rows: Sequence[Taught]) -> Iterator[list[Taught]]:
    for _, together in groupby(rows, key=lambda row: (row.batch, not row.theme)):
        batch = list(together)
        for start in range(0, len(batch), _AT_ONCE):
            yield batch[start : start + _AT_ONCE]
