"""The journal of lessons: what editors said, in the order they said it.

It is the truth that everything learnt is made from. A row is kept in the transaction of the act
itself; :class:`digest.core.filing.model.Model` follows the journal, and comes to the same
knowledge wherever and whenever it does.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from digest.core.filing.example import Example
from digest.core.resource import ResourceId

FILED = "filed"
"""An editor filed the resource."""


def moved(edition: int) -> str:
    """An editor moved it within a draft."""
    return f"moved in {edition}"


def approved(edition: int) -> str:
    """An editor saw it there, and approved the edition."""
    return f"approved in {edition}"


@dataclass(frozen=True, slots=True)
class Taught:
    """One row.

    Attributes:
        act: what taught it: :data:`FILED`, :func:`moved` or :func:`approved`.
        theme: the slug it had then; empty: what was taught of the resource before is taken back.
        number: of the row, growing; 0 before it is kept.
        batch: rows of one number were said at once, and are learnt together.
    """

    resource: ResourceId
    theme: str
    day: date
    example: Example
    act: str
    number: int = 0
    batch: int = 0

    def says_the_same(self, other: Taught | None) -> bool:
        """It adds nothing to the other one, which stands."""
        return other is not None and (self.theme, self.example) == (other.theme, other.example)
