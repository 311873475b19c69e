"""What editors taught, and where it is kept."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from digest.core.filing.taught import Taught
from digest.core.resource import ResourceId


class LessonStore(Protocol):
    """The journal of lessons, what was made of it, and what was refused."""

    def append(self, rows: Sequence[Taught]) -> None:
        """Keep what was said at once; whoever else teaches waits until this transaction ends.

        So rows are kept in the order of their numbers, and who read up to one has missed none.
        """
        ...

    def last(self) -> int:
        """The number of the last row; 0 when nothing was taught yet."""
        ...

    def after(self, number: int) -> Sequence[Taught]:
        """The rows after one, in order."""
        ...

    def of(self, resource: ResourceId) -> Sequence[Taught]:
        """The rows of a resource, the newest first."""
        ...

    def standing(self, resources: Collection[ResourceId]) -> Mapping[ResourceId, Taught]:
        """The last row of each of these resources, where it was not taken back."""
        ...

    def tally(self) -> Mapping[str, int]:
        """How many resources were last said to belong under each theme."""
        ...

    def packed(self) -> bytes | None:
        """What was learnt up to some row, as it was kept last."""
        ...

    def pack(self, number: int, packed: bytes) -> None:
        """Keep what was learnt up to a row in place of what was kept before."""
        ...

    def reject(self, terms: tuple[str, ...], *, by: str, now: datetime) -> None:
        """Remember that a theme which these terms tell is not wanted."""
        ...

    def rejected(self) -> Sequence[tuple[str, ...]]:
        """The terms of every theme that is not wanted, the oldest first."""
        ...
