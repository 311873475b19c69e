"""What somebody missed, who was away or came from another newsletter: each item once."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from digest.core.edition import Edition, Entry
from digest.core.outbox import Delivery, DeliveryState

_STILL_OUT = timedelta(days=2)
"""An edition approved before somebody went away may have been on its way to them."""


@dataclass(frozen=True, slots=True)
class Issue:
    """An edition that is out, and what became of it for one person.

    Attributes:
        delivery: theirs; ``None``: they were not in its audience.
    """

    edition: Edition
    approved_at: datetime
    cutoff: datetime
    delivery: Delivery | None

    @property
    def reached(self) -> bool:
        """They have it, or will, or their mailbox refused it."""
        return self.delivery is not None and self.delivery.state is not DeliveryState.CANCELLED


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
        early = since - _STILL_OUT if issue.delivery else since
        if issue.reached or issue.approved_at < early:
            continue
        edition = issue.edition.only(themes)
        owed = tuple(entry for entry in edition.entries() if entry.resource not in had)
        if owed:
            found.append((issue.edition, owed))
    return found
