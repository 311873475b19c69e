"""Lessons: what the editor decided, and the shelf where they are kept for rehearsal."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from digest.core.filing.example import Example
from digest.core.filing.features import features
from digest.core.filing.ranking import Ranking
from digest.core.filing.vectors import Bag
from digest.core.resource import ResourceId

_REHEARSED = 8
"""Old lessons learnt again with each new one."""
_REHEARSED_YOUNG = 12
_YOUNG, _MOST_YOUNG = 800, 600
_GOLDEN, _WIDTH = 2_654_435_769, 32
"""Multiples of the golden ratio, modulo 2**32, spread evenly (Knuth, volume 3, §6.4)."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """One resource as the editor filed or confirmed it.

    Attributes:
        theme: the slug; *other* teaches when to be unsure, but is no theme to learn.
        example: what there was to learn from at that time.
        day: of the decision.
        suggested: what the filer said before; asked anew when absent.
    """

    key: ResourceId
    theme: str
    example: Example
    day: date
    suggested: Ranking | None = None


class Shelf:
    """The lessons learnt so far, one for each resource."""

    def __init__(self, lessons: Sequence[Lesson] = (), cursor: int = 0) -> None:
        """Fill it.

        Args:
            lessons: in the order they were learnt.
            cursor: how many were rehearsed so far.
        """
        self.lessons = list(lessons)
        self.cursor = cursor
        self._places = {lesson.key: place for place, lesson in enumerate(self.lessons)}
        self._bags: list[Bag | None] = [None] * len(self.lessons)

    def __len__(self) -> int:
        return len(self.lessons)

    def get(self, key: ResourceId) -> Lesson | None:
        """The lesson of a resource."""
        place = self._places.get(key)
        return None if place is None else self.lessons[place]

    def put(self, lesson: Lesson, words: Bag) -> None:
        """Keep a lesson of a resource that has none here."""
        self._places[lesson.key] = len(self.lessons)
        self.lessons.append(replace(lesson, suggested=None))
        self._bags.append(_shared(words))

    def take(self, key: ResourceId) -> None:
        """Remove a lesson; the last one takes its place."""
        place = self._places.pop(key)
        lesson, bag = self.lessons.pop(), self._bags.pop()
        if lesson.key != key:
            self.lessons[place], self._bags[place] = lesson, bag
            self._places[lesson.key] = place

    def rehearse(self, fresh: int) -> Iterator[tuple[Bag, str]]:
        """Some old lessons to learn again beside so many new ones, evenly over all.

        While there are few, more of them: each is still worth much.
        """
        wanted = _REHEARSED * fresh
        if len(self) < _YOUNG:
            wanted = max(wanted, min(_MOST_YOUNG, _REHEARSED_YOUNG * fresh))
        for _ in range(min(wanted, len(self))):
            self.cursor += 1
            spread = (self.cursor * _GOLDEN) % (1 << _WIDTH)
            place = spread * len(self) >> _WIDTH
            yield self._bag(place), self.lessons[place].theme

    def _bag(self, place: int) -> Bag:
        bag = self._bags[place]
        if bag is None:
            bag = self._bags[place] = _shared(features(self.lessons[place].example).words)
        return bag


def _shared(bag: Bag) -> Bag:
    """The same names held once, however many lessons have them."""
    return Bag(tuple(map(sys.intern, bag.names)), bag.counts)
