"""One person's letter, put together from parts that were encoded once.

::

    LetterPress   one per edition: what all its letters share, and every part, encoded
     └ LetterForm one per selection of themes: those parts in order, with gaps for a person
        └ Letter  one per person: the gaps filled

Making a message anew per person costs milliseconds; filling the gaps costs microseconds
(``benchmarks/personalise.py``).
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from html import escape

from digest.core import header
from digest.core.artifact import PERSONAL, EmailBody, PersonalTokens
from digest.core.quoted_printable import encode
from digest.core.sender import Sender
from digest.errors import RenderError

_MOST_PARTS = 4096
KIND = "digest"
"""Of letter; part of what names it."""


@dataclass(frozen=True, slots=True)
class Letter:
    """Finished bytes for one recipient.

    Attributes:
        sender: envelope sender (bounces go there).
        recipient: envelope recipient.
        message_id: with its angle brackets; the same for each attempt.
        content: the whole message, CRLF line ends, not dot-stuffed.
        has_dots: a line of it may begin with a dot, which transports must double.
    """

    delivery: int
    sender: str
    recipient: str
    message_id: str
    content: bytes
    has_dots: bool = True

    @property
    def needs_smtputf8(self) -> bool:
        """The local part is outside ASCII, which only some servers take (RFC 6531)."""
        return not self.recipient.isascii()

    @property
    def domain(self) -> str:
        """The recipient's domain, in lower case."""
        return self.recipient.rpartition("@")[2].lower()


@dataclass(frozen=True, slots=True)
class Mailing:
    """What all letters of an edition have in common, beside its text.

    Attributes:
        edition: number of the edition's row.
        newsletter: slug of the newsletter.
        title: of the newsletter.
        issue: slug of the edition.
        archive: address of the newsletter's page on the web.
        kind: of its letters; part of what names them.
        occasion: tells tests of one edition apart.
    """

    edition: int
    newsletter: str
    title: str
    issue: str
    archive: str
    kind: str = KIND
    occasion: str = ""


@dataclass(frozen=True, slots=True)
class Addressee:
    """The person a letter goes to; holds one field per name in :data:`PERSONAL`."""

    delivery: int
    subscriber: int
    email: str
    since: str
    preferences_url: str
    unsubscribe_url: str


def personal_tokens(key: bytes, edition: str) -> PersonalTokens:
    """Make the stand-ins of an edition: always the same, and unknown to who has not the key."""
    return PersonalTokens(hmac.digest(key, f"personal {edition}".encode(), "sha256").hex()[:32])


@dataclass(frozen=True, slots=True)
class _Gap:
    """A place for a personal value, in text or in HTML."""

    name: str
    is_html: bool


class LetterPress:
    """Makes the forms of one edition."""

    def __init__(self, sender: Sender, mailing: Mailing, personal: PersonalTokens) -> None:
        self.sender = sender
        self.edition = mailing.edition
        self._name = f"{mailing.kind} {mailing.occasion}".strip()
        self._stand_in = re.compile(f"N{re.escape(personal.nonce)}({'|'.join(PERSONAL)})N")
        self._segments = lru_cache(maxsize=_MOST_PARTS)(self._cut)
        # An "=" is followed by two hexadecimal digits or a line break wherever it stands in
        # quoted-printable text, so "=_" can be in no body (RFC 2045 §6.7).
        self._boundary = "=_" + sender.message_id("boundary", mailing.edition, 0)[1:33]
        self._head = _shared_head(sender, mailing)

    def form(self, body: EmailBody) -> LetterForm:
        """Prepare the letters of everybody who reads the same themes.

        Raises:
            RenderError: the subject holds a personal value, or a body lacks the link that
                unsubscribes.
        """
        if self._stand_in.search(body.subject):
            raise RenderError("the subject holds a personal value; use none in subject.txt")
        subject = header.unstructured("Subject", body.subject)
        content_type = f'Content-Type: multipart/alternative;\r\n boundary="{self._boundary}"'
        segments: list[bytes | _Gap] = [
            f"{self._head}\r\n{subject}\r\n{content_type}\r\n".encode(),
            opening(self._boundary, "plain"),
            *self._whole(body.text, is_html=False),
            opening(self._boundary, "html"),
            *self._whole(body.html, is_html=True),
            f"\r\n--{self._boundary}--\r\n".encode(),
        ]
        return LetterForm(self.sender, self.edition, segments, self._name)

    def _whole(self, parts: tuple[str, ...], *, is_html: bool) -> list[bytes | _Gap]:
        """Give the segments of a body, which ends in a line break."""
        if not parts or not parts[-1].endswith("\n"):
            parts += ("\n",)
        segments = [segment for part in parts for segment in self._segments(part, is_html=is_html)]
        if not any(isinstance(one, _Gap) and one.name == "unsubscribe_url" for one in segments):
            raise RenderError("the email lacks personal.unsubscribe_url in its text or its html")
        return segments

    def _cut(self, part: str, *, is_html: bool) -> tuple[bytes | _Gap, ...]:
        """Cut a part at its stand-ins; every other piece of the split is a name."""
        pieces = self._stand_in.split(part)
        return tuple(
            _Gap(piece, is_html=is_html) if position % 2 else encode(piece)
            for position, piece in enumerate(pieces)
            if piece
        )


class LetterForm:
    """A letter with gaps for one person."""

    def __init__(
        self, sender: Sender, edition: int, segments: list[bytes | _Gap], name: str
    ) -> None:
        self._sender = sender
        self._name = name
        self._edition = edition
        self._pieces, gaps = _pieces(segments)
        # Segments begin in column 0, and what is encoded for a gap has no dot there either.
        self._has_dots = any(piece.startswith(b".") or b"\n." in piece for piece in self._pieces)
        self._gaps = [
            (name, gaps.get(_Gap(name, is_html=False), []), gaps.get(_Gap(name, is_html=True), []))
            for name in dict.fromkeys(gap.name for gap in gaps)
        ]

    def letter(self, to: Addressee, now: datetime) -> Letter:
        """Fill the gaps for one person.

        Raises:
            RenderError: the person's address or links cannot stand in a message.
        """
        recipient = header.address_of(to.email)
        message_id = self._sender.message_id(self._name, self._edition, to.subscriber)
        pieces = self._pieces.copy()
        pieces[0] = (
            f"To: <{recipient}>\r\n"
            f"{header.date(int(now.timestamp()))}\r\n"
            f"Message-ID: {message_id}\r\n"
            f"{self._sender.ways_out(to.unsubscribe_url)}\r\n"
        ).encode()
        for name, in_text, in_html in self._gaps:
            value = getattr(to, name)
            encoded = encode(value)
            for position in in_text:
                pieces[position] = encoded
            if in_html and (escaped := escape(value)) != value:
                encoded = encode(escaped)
            for position in in_html:
                pieces[position] = encoded
        envelope = self._sender.envelope(to.delivery)
        content = b"".join(pieces)
        return Letter(to.delivery, envelope, recipient, message_id, content, self._has_dots)


def _pieces(
    segments: Iterable[bytes | _Gap],
) -> tuple[list[bytes], dict[_Gap, list[int]]]:
    """Give the pieces of a letter, the first left for its head, and where each gap stands.

    Pieces are not joined: equal parts of two forms stay one object, and forms are many.
    """
    pieces, gaps = [b""], dict[_Gap, list[int]]()
    for segment in segments:
        if isinstance(segment, _Gap):
            gaps.setdefault(segment, []).append(len(pieces))
            pieces.append(b"")
        else:
            pieces.append(segment)
    return pieces, gaps


def opening(boundary: str, subtype: str) -> bytes:
    """Begin a part of a message that holds text."""
    return (
        f"\r\n--{boundary}\r\nContent-Type: text/{subtype}; charset=utf-8\r\n"
        "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
    ).encode()


def _shared_head(sender: Sender, mailing: Mailing) -> str:
    """Make the fields that are the same in every letter of an edition."""
    issue = f"{mailing.newsletter}:{mailing.issue}:{mailing.kind}:{sender.feedback_name}"
    fields = (
        header.named("From", sender.name, header.address_of(sender.address)),
        header.named("List-Id", mailing.title, f"{mailing.newsletter}.{sender.domain}"),
        "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
        f"List-Archive: <{header.url_of(mailing.archive)}>",
        "Auto-Submitted: auto-generated",
        "Precedence: list",
        f"Feedback-ID: {issue}",
        "MIME-Version: 1.0",
    )
    return "\r\n".join(fields)
