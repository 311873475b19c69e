"""Count whom an edition goes to; nothing is written, and nobody is kept in memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from digest.core.edition import Edition
from digest.core.reach import Reach, Reckoning
from subscribers import Recipient, State


class Audience(Protocol):
    """Who is to be mailed."""

    def audience(self, newsletter: str) -> Iterable[Recipient]:
        """Stream the readers of a newsletter."""
        ...

    def tally(self) -> Mapping[tuple[str, str], int]:
        """Count the subscriptions, by newsletter and state."""
        ...


@dataclass(frozen=True, slots=True)
class Reckon:
    """The job."""

    people: Audience

    def __call__(self, edition: Edition) -> Reach:
        """Count."""
        count = Reckoning()
        for _ in self.readers(edition, count):
            pass
        return self.reach(edition, count)

    def readers(
        self, edition: Edition, count: Reckoning
    ) -> Iterator[tuple[Recipient, tuple[str, ...]]]:
        """Who gets it, with the themes of it that each follows; the others are only counted."""
        present = edition.themes
        everything = tuple(sorted(present))
        for recipient in self.people.audience(edition.newsletter):
            themes = everything
            if recipient.themes is not None:
                themes = tuple(sorted(present.intersection(recipient.themes)))
            count.sees(themes)
            if themes:
                yield recipient, themes

    def reach(self, edition: Edition, count: Reckoning) -> Reach:
        """What a count came to, with those who are no readers by their state."""
        states = {
            state: people
            for (newsletter, state), people in self.people.tally().items()
            if newsletter == edition.newsletter
        }
        return count.reach(states, State.ACTIVE.value)
