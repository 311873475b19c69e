"""What is said about a letter before its content: MAIL, RCPT, DATA, and their replies."""

from __future__ import annotations

from enum import Enum, auto

from digest.mailers.smtp_parcel import Offer, Parcel
from digest.mailers.smtp_replies import START_CONTENT, Reply

_COMMANDS = 3
_SENDER = 0
_RECIPIENT = 1
_DATA = 2


class Step(Enum):
    """What follows from a reply."""

    WAIT = auto()
    """More replies come."""
    SAY_NEXT = auto()
    SEND_CONTENT = auto()
    BACK_OUT = auto()
    HANG_UP = auto()


class Envelope:
    """The dialogue about one letter.

    Attributes:
        obstacle: the first reply that forbids to send the content.
        names_sender: it came to the command that names the sender, so no reader is to blame.
    """

    __slots__ = (
        *("_answered", "_commands", "_has_recipient", "_is_grouped", "_last"),
        *("names_sender", "obstacle"),
    )

    def __init__(self, parcel: Parcel, offer: Offer) -> None:
        """Prepare the commands for one server."""
        self.obstacle: Reply | None = None
        self.names_sender = False
        self._commands = parcel.commands(offer)
        self._is_grouped = offer.pipelining
        self._answered = 0
        self._has_recipient = False
        self._last = 0

    def next_words(self) -> bytes:
        """Give what can be said now: everything, to a server that takes groups."""
        return b"".join(self._commands) if self._is_grouped else self._commands[self._answered]

    @property
    def replies(self) -> int:
        """How many replies :meth:`next_words` gets."""
        return _COMMANDS if self._is_grouped else 1

    @property
    def is_open(self) -> bool:
        """Only the content is missing."""
        return self._answered == _COMMANDS and self.obstacle is None

    def hear(self, code: int, text: bytes) -> Step:
        """Take the reply to the next command."""
        number = self._answered
        self._answered = number + 1
        self._last = code
        is_wanted = code == START_CONTENT if number == _DATA else 200 <= code < 300  # noqa: PLR2004 - RFC 5321 §4.2.1
        if number == _RECIPIENT:
            self._has_recipient = is_wanted
        if not is_wanted:
            reply = Reply.read(code, text)
            self.names_sender |= number == _SENDER
            self.obstacle = self.obstacle or reply
            if reply.ends_session:
                return Step.HANG_UP
        if self._is_grouped and number < _DATA:
            return Step.WAIT
        if self.obstacle:
            return Step.BACK_OUT
        return Step.SEND_CONTENT if number == _DATA else Step.SAY_NEXT

    def way_out(self) -> tuple[bytes, ...] | None:
        """Give the commands that make ready for another letter; ``None``: only hanging up does."""
        if self._last != START_CONTENT:
            return (b"RSET\r\n",)
        if self._has_recipient:
            return None  # An empty message would reach somebody.
        # It goes on although it knows no recipient: an empty message ends that (RFC 2920 §3.1).
        return (b".\r\n", b"RSET\r\n")
