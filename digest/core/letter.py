"""One person's letter."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Letter:
    """Finished bytes for one recipient.

    Attributes:
        sender: envelope sender (bounces go there).
        recipient: envelope recipient.
        message_id: with its angle brackets; the same for each attempt.
        content: the whole message, CRLF line ends, not dot-stuffed.
    """

    delivery: int
    sender: str
    recipient: str
    message_id: str
    content: bytes
