"""Whom an edition goes to, by theme, and who is left out and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

_MOST = 50
"""Combinations of themes that are told one by one."""

NO_THEME = "follow none of its themes"
SUPPRESSED = "must not be mailed"


@dataclass(frozen=True, slots=True)
class Share:
    """So many people of one kind; ``name`` is a theme, or a reason."""

    name: str
    people: int


@dataclass(frozen=True, slots=True)
class Combination:
    """So many people who get these themes and no others."""

    themes: tuple[str, ...]
    people: int


@dataclass(frozen=True, slots=True)
class Reach:
    """The audience of an edition.

    Attributes:
        readers: how many get a letter.
        themes: readers by theme of the edition.
        combinations: readers by selection of themes, the most frequent first.
        rest: readers of the selections that are not among them.
        left_out: subscriptions that get no letter, by reason.
    """

    readers: int
    themes: tuple[Share, ...] = ()
    combinations: tuple[Combination, ...] = ()
    rest: int = 0
    left_out: tuple[Share, ...] = ()

    @property
    def subscriptions(self) -> int:
        """All there are: readers and those left out."""
        return self.readers + sum(share.people for share in self.left_out)


@dataclass(slots=True)
class Reckoning:
    """Counts an audience while it streams by; holds one number per selection of themes."""

    selections: Counter[tuple[str, ...]] = field(default_factory=Counter)
    without: int = 0

    def sees(self, themes: tuple[str, ...]) -> None:
        """Count one person who may be mailed, with the themes of the edition that they follow."""
        if themes:
            self.selections[themes] += 1
        else:
            self.without += 1

    def reach(self, states: Mapping[str, int], active: str) -> Reach:
        """What it came to.

        Args:
            states: how many subscriptions of the newsletter are in each state.
            active: the state of those who are mailed, unless something forbids it.
        """
        by_theme: Counter[str] = Counter()
        for themes, people in self.selections.items():
            by_theme.update(dict.fromkeys(themes, people))
        most = self.selections.most_common(_MOST)
        readers = self.selections.total()
        suppressed = states.get(active, 0) - readers - self.without
        reasons = {NO_THEME: self.without, SUPPRESSED: suppressed}
        reasons |= {state: people for state, people in sorted(states.items()) if state != active}
        return Reach(
            readers=readers,
            themes=tuple(Share(*pair) for pair in sorted(by_theme.items())),
            combinations=tuple(Combination(*pair) for pair in most),
            rest=readers - sum(people for _, people in most),
            left_out=tuple(Share(why, people) for why, people in reasons.items() if people > 0),
        )
