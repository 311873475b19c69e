"""What somebody missed, who was away or came from another newsletter: each item once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from digest.core.edition import Edition, Entry
from digest.core.outbox import Delivery, DeliveryState
from digest.core.resource import ResourceId

_STILL_OUT = timedelta(days=2)
"""An edition approved before somebody went away may have been on its way to them."""


@dataclass(frozen=True, slots=True)
class Recap:
    """A letter with what somebody had missed.

    Attributes:
        since: what came from then on was in it, or had reached them.
        until: when it was written.
        themes: that they followed; ``None``: all.
    """

    since: datetime
    until: datetime
    themes: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class Issue:
    """An edition that is out, and what became of it for one person.

    Attributes:
        delivery: theirs; ``None``: they were not in its audience.
        recap: the last letter with what they had missed of the newsletter.
    """

    edition: Edition
    approved_at: datetime
    cutoff: datetime
    delivery: Delivery | None
    recap: Recap | None = None

    @property
    def reached(self) -> bool:
        """They have it, or will, or their mailbox refused it; or what of it they lacked."""
        return self._came or self._was_told

    def had(self) -> Iterator[ResourceId]:
        """Number what of it they have."""
        if not self.reached:
            return
        themes = self.recap.themes if self.recap and not self._came else None
        if self._came and self.delivery:
            themes = self.delivery.themes
        for entry in self.edition.only(themes).entries():
            yield entry.resource

    def is_since(self, moment: datetime) -> bool:
        """Whether it came since, or was on its way to them then."""
        return self.approved_at >= (moment - _STILL_OUT if self.delivery else moment)

    @property
    def _came(self) -> bool:
        return self.delivery is not None and self.delivery.state is not DeliveryState.CANCELLED

    @property
    def _was_told(self) -> bool:
        recap = self.recap
        return recap is not None and self.is_since(recap.since) and self.approved_at <= recap.until


def beginning(since: datetime, other: Iterable[Issue]) -> datetime:
    """From when on something is owed to who came from another newsletter.

    It is when the last edition of the other one that reached them closed; ``since`` where none did.
    """
    return max((issue.cutoff for issue in other if issue.reached), default=since)


def missed(
    issues: Iterable[Issue],
    since: datetime,
    themes: tuple[str, ...] | None,
    had: Collection[int] = (),
) -> list[tuple[Edition, tuple[Entry, ...]]]:
    """Say what came since a moment and did not reach a person.

    Args:
        issues: of the newsletter.
        since: from when on.
        themes: that they follow; ``None``: all.
        had: numbers of resources that they have by another way.

    Returns:
        The editions, oldest first, with what of each they are owed.
    """
    found = []
    for issue in sorted(issues, key=lambda one: one.approved_at):
        if issue.reached or not issue.is_since(since):
            continue
        edition = issue.edition.only(themes)
        owed = tuple(entry for entry in edition.entries() if entry.resource not in had)
        if owed:
            found.append((issue.edition, owed))
    return found
