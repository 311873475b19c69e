"""What findings do, as a newsletter wants it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """What a finding does to an approval."""

    BLOCK = "block"
    ADVISE = "advise"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class Policy:
    """What a newsletter makes of the checks.

    Attributes:
        block: names of those that stop an approval.
        off: names of those that are not made; all others advise.
    """

    block: frozenset[str] = frozenset()
    off: frozenset[str] = frozenset()

    def level(self, name: str) -> Level:
        """What a finding of this check does."""
        if name in self.off:
            return Level.OFF
        return Level.BLOCK if name in self.block else Level.ADVISE
