"""A letter made ready for the wire, while the server is busy with the one before."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from digest.core.letter import Letter

_UNSAFE = re.compile(r"[\x00-\x20<>\x7f]")
_DOTTED = re.compile(rb"\r\n\.")
END = b".\r\n"


@dataclass(frozen=True, slots=True)
class Offer:
    """What a server said that it can do.

    Attributes:
        size: the largest message it takes in bytes; 0: it does not say; -1: it knows no SIZE.
    """

    pipelining: bool = False
    smtputf8: bool = False
    size: int = -1

    @classmethod
    def of(cls, extensions: Mapping[str, str]) -> Offer:
        """Read the answer to EHLO: lower-case names and their parameters."""
        size = extensions.get("size")
        return cls(
            pipelining="pipelining" in extensions,
            smtputf8="smtputf8" in extensions,
            size=-1 if size is None else int(size) if size.isdecimal() else 0,
        )


class Parcel:
    """A letter and its octets.

    Attributes:
        content: dot-stuffed (RFC 5321 §4.5.2); :data:`END` follows it.
        losses: how many connections broke under it before the server could have it.
    """

    __slots__ = ("content", "letter", "losses")

    def __init__(self, letter: Letter) -> None:
        """Prepare the content, which is the same for every server."""
        self.letter = letter
        # To look for dots in 30 KB takes 20 µs, a tenth of all that a letter costs.
        content = _stuffed(letter.content) if letter.has_dots else letter.content
        self.content = content if content.endswith(b"\r\n") else content + b"\r\n"
        self.losses = 0

    def misfit(self, offer: Offer) -> str:
        """Why this server can never take this letter; empty: it may."""
        letter = self.letter
        if _UNSAFE.search(letter.sender) or _UNSAFE.search(letter.recipient):
            return "the address holds characters that cannot stand in a command; correct it"
        if letter.needs_smtputf8 and not offer.smtputf8:
            return "needs SMTPUTF8, which the mail server does not offer"
        if 0 < offer.size < len(letter.content):
            return f"{len(letter.content)} bytes, of which the mail server takes {offer.size}"
        return ""

    def commands(self, offer: Offer) -> tuple[bytes, bytes, bytes]:
        """Give MAIL, RCPT and DATA."""
        letter = self.letter
        options = f" SIZE={len(letter.content)}" if offer.size >= 0 else ""
        if letter.needs_smtputf8:
            options += " BODY=8BITMIME SMTPUTF8"
        return (
            f"MAIL FROM:<{letter.sender}>{options}\r\n".encode(),
            f"RCPT TO:<{letter.recipient}>\r\n".encode(),
            b"DATA\r\n",
        )


def _stuffed(content: bytes) -> bytes:
    """Double the dots that begin lines; measured: the pattern finds them in half the time of in."""
    if content.startswith(b".") or _DOTTED.search(content):
        content = (b"\r\n" + content).replace(b"\r\n.", b"\r\n..")[2:]
    return content
