"""What the filer answers: every theme with its probability, and what may come of it."""

from __future__ import annotations

from dataclasses import dataclass

from digest.core.edition import Filing
from digest.core.filing.features import Features
from digest.core.filing.mixture import Votes
from digest.core.newsletter import OTHER
from digest.core.reason import Reason

_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Share:
    """How probable a theme is, between 0 and 1."""

    theme: str
    probability: float


@dataclass(frozen=True, slots=True)
class Ranking:
    """All themes, the likeliest first.

    Attributes:
        votes: what each member said, by theme as configured.
        shown: what they looked at.
    """

    shares: tuple[Share, ...]
    votes: Votes
    shown: Features

    @property
    def best(self) -> Share:
        """The first choice."""
        return self.shares[0]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What to do with one resource.

    Attributes:
        ranking: hand it back with the editor's decision, so that trust is learnt from it.
        automatic: it was right often enough when it was this sure: file without asking.
        terms: up to three that weighed most for the first choice, as people write them.
        reason: the sentence that people read.
    """

    ranking: Ranking
    automatic: bool
    terms: tuple[str, ...]
    reason: Reason

    @property
    def choices(self) -> tuple[Share, ...]:
        """The themes to offer to the editor."""
        return self.ranking.shares[:_SHOWN]

    @property
    def filing(self) -> Filing:
        """The place it gets while nobody says otherwise."""
        theme = self.ranking.best.theme if self.automatic else OTHER
        return Filing(theme, self.reason, by="learnt")
