"""Which sources there are beside those of the configuration, which rest, and how they were."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Addition:
    """A source that was added at the desk.

    Attributes:
        entry: its table as it would stand in the configuration, as JSON text.
    """

    name: str
    entry: str
    added_at: datetime
    added_by: str


@dataclass(frozen=True, slots=True)
class Mute:
    """A source that is not read until somebody takes this back."""

    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class Spell:
    """A time in which a source was the same way: read well, or failing for one reason.

    Attributes:
        times: how often it was looked at.
        error: empty: it was read well.
    """

    source: str
    since: datetime
    until: datetime
    times: int
    new: int
    changed: int
    rejected: int
    error: str


class RosterStore(Protocol):
    """Additions, mutes, and the history of every source."""

    def additions(self) -> Sequence[Addition]:
        """All of them, the first one first."""
        ...

    def add(self, addition: Addition) -> None:
        """Keep one.

        Raises:
            ConflictError: there is one of that name; the transaction goes on.
        """
        ...

    def drop(self, name: str) -> bool:
        """Forget an addition and its mute; False: there was none."""
        ...

    def mutes(self) -> Mapping[str, Mute]:
        """The sources that rest, by name."""
        ...

    def mute(self, name: str, mute: Mute) -> None:
        """Let a source rest; one that rests already stays as it is."""
        ...

    def unmute(self, name: str) -> None:
        """Have it read again."""
        ...

    def note(self, look: Spell) -> None:
        """Add one look at a source to its history.

        The newest spell is prolonged when it had the same error and began on the same day.
        """
        ...

    def history(self, source: str, limit: int) -> Sequence[Spell]:
        """The newest spells of a source, the newest first."""
        ...
