"""What comes back from letters, and where it comes in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol


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
