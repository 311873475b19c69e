"""What comes back from letters, and where it comes in."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from digest.core.bounce import Report


@dataclass(frozen=True, slots=True)
class Returned:
    """A message that came back.

    Attributes:
        content: its bytes, at most as many as the reader of bounces looks at.
        recipients: of its envelope, where that is known; the surest of all proofs is in there.
    """

    content: bytes
    recipients: tuple[str, ...] = ()


Keep = Callable[[Sequence[Returned]], object]
"""Takes messages; when it has returned, what they say is kept for good."""


Fetch = Callable[[str], bytes]
"""Brings what stands at an address of the web, politely and not from inside our network."""


class Mailbox(Protocol):
    """A place that is looked into from time to time."""

    def empty(self, keep: Keep) -> int:
        """Give what is there to ``keep``, some at a time, and then take it away.

        A message is taken away (or marked as seen) only after ``keep`` took it without an error,
        so a crash in between makes it come twice and never be lost.

        Returns:
            How many messages there were.

        Raises:
            DigestError: it cannot be reached, or refuses us.
        """
        ...


class Listener(Protocol):
    """A place that takes messages at any time."""

    def start(self, keep: Keep) -> None:
        """Begin to take messages, each given to ``keep`` before its sender is told so.

        Raises:
            DeliveryError: the address cannot be listened on.
        """
        ...

    def stop(self) -> None:
        """Take no more; again, or before the start, nothing."""
        ...


class Webhook(Protocol):
    """Reads what a provider posts to us."""

    def reports(self, headers: Mapping[str, str], body: bytes, now: datetime) -> Sequence[Report]:
        """Check that the provider sent it, and read it; no report where it is about nothing here.

        Args:
            headers: with names in lower case.
            body: as it came.
            now: what its signature may not be older than by days.

        Raises:
            ForgedError: somebody else sent it, or it was signed long ago.
            ParseError: it cannot be read.
            FetchError: what proves its signature cannot be had now.
        """
        ...
