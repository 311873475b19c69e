"""Where editors put items among those of their theme, and the order that comes of it.

A place is kept as it was meant, not as a bare number: "third" was said of a list that changes
when something new comes in or something else is dropped, so the item that was to follow is named
as well. Places are steps, taken one after the other.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from digest.core.resource import ResourceId

_TEXT = re.compile(r"([1-9][0-9]{0,5})(?: (?:(last)|before ([1-9][0-9]{0,17})))?")
_BEHIND = 999_999


@dataclass(frozen=True, slots=True)
class Place:
    """A place among the items of a theme; as text ``3``, ``3 before 17`` or ``3 last``.

    Attributes:
        position: from 1, in the list as the editor saw it.
        before: the item that was to follow; ``None``: none was named.
        last: it was to be the last one, whatever comes.
    """

    position: int
    before: ResourceId | None = None
    last: bool = False

    @classmethod
    def parse(cls, text: str) -> Place:
        """Read a place.

        Raises:
            ValueError: it is none.
        """
        found = _TEXT.fullmatch(text)
        if found is None:
            raise ValueError(f'expected a position from 1, not "{text[:40]}"')
        before = ResourceId(int(found[3])) if found[3] else None
        return cls(int(found[1]), before, last=bool(found[2]))

    def __str__(self) -> str:
        if self.before is not None:
            return f"{self.position} before {int(self.before)}"
        return f"{self.position} last" if self.last else str(self.position)


@dataclass(frozen=True, slots=True)
class Step:
    """One item put in its place."""

    resource: ResourceId
    place: Place


def arranged(items: Iterable[ResourceId], steps: Iterable[Step]) -> list[ResourceId]:
    """Take the steps, the first one first; those of items that are not there change nothing.

    Args:
        items: in their order without steps; also those that are not shown, since others may have
            been put before them.
        steps: in the order they were made.
    """
    order = list(items)
    present = set(order)
    for step in steps:
        if step.resource in present:
            order.remove(step.resource)
            order.insert(_index(order, step.place), step.resource)
    return order


def place_at(shown: Sequence[ResourceId], resource: ResourceId, position: int) -> Place:
    """Say what is meant by a position in a list that somebody sees.

    Args:
        shown: the items of the theme in the order in which they are shown.
        resource: what is put there; it may be one of them.
        position: from 1; behind the end is the end.
    """
    others = [item for item in shown if item != resource]
    index = min(max(position, 1), len(others) + 1) - 1
    if index == 0:
        return Place(1)
    if index == len(others):
        return Place(min(position, _BEHIND), last=True)
    return Place(index + 1, before=others[index])


def _index(order: Sequence[ResourceId], place: Place) -> int:
    if place.last:
        return len(order)
    if place.before is not None and place.before in order:
        return order.index(place.before)
    return min(place.position - 1, len(order))
