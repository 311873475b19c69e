"""Open a message of any kind: which parts speak of the failure, and which are the letter itself.

Whatever the bytes are, opening them raises nothing: what is no MIME is read as plain text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, message_from_string
from email.header import decode_header
from email.message import Message

MOST = 262_144
"""Octets that are looked at: a report of a failure is short, and what it returns comes last."""

_MOST_PARTS = 100
_MOST_TEXT = 65_536
_MOST_FIELD = 8_192
_RETURNED = frozenset({"message/rfc822", "text/rfc822-headers", "message/rfc822-headers"})
_STATUS = frozenset({"message/delivery-status", "message/global-delivery-status"})
_NAMES = "return-path|received|message-id|date|from|to|subject|mime-version|content-type|sender"
_HEADER = re.compile(rf"(?:{_NAMES}|dkim-signature|reply-to|x-[\w-]+) ?:", re.IGNORECASE)
_OF_HEADER = re.compile(r"[A-Za-z][\w-]* ?:|[ \t]+\S")
_TELLING = re.compile(rf"(?:{_NAMES}) ?:", re.IGNORECASE)
_RECIPIENT = re.compile(r"(?:final|original)-recipient:", re.IGNORECASE)
_QUOTE = re.compile(r"^[ \t>|]+(?=[A-Za-z-]+ ?:)")
_LEAST_HEADERS = 3
_TAG = re.compile(r"<(?:style|script)\b[^<]*</(?:style|script)>|<!--[^<]*-->", re.IGNORECASE)
_BREAK = re.compile(r"<(?:br|/p|/div|/tr|/td|/li|/h\d)\b[^>]*>", re.IGNORECASE)
_MARKUP = re.compile(r"</?[A-Za-z][^@>]*>")
_ENTITIES = {"&lt;": "<", "&gt;": ">", "&quot;": '"', "&nbsp;": " ", "&#64;": "@", "&amp;": "&"}


@dataclass(frozen=True, slots=True)
class Opened:
    """A message, laid open.

    Attributes:
        head: its header fields.
        text: what it says to people, without the letter it returns.
        status: the machine-readable report (RFC 3464), block by block; empty: there is none.
        feedback: the machine-readable complaint (RFC 5965); empty: there is none.
        returned: header fields of the letter it returns, as far as it does.
    """

    head: Message
    text: str
    status: str
    feedback: str
    returned: Message


def open_message(raw: bytes) -> Opened:
    """Lay a message open; line ends of DOS and of the old Mac are as good as others."""
    clean = raw[:MOST].replace(b"\r\n", b"\n").replace(b"\r", b"\n").lstrip(b"\n")
    try:
        return _opened(message_from_bytes(clean), clean)
    except Exception:  # noqa: BLE001 - a hundred ways lead here through MIME that was made to hurt
        return _plain(clean)


def field(message: Message, name: str) -> str:
    """Read a header field in one line, encoded words decoded; empty where it is not there."""
    return " ".join(_decoded(str(message.get(name) or "")[:_MOST_FIELD]).split())


def fields(message: Message, name: str) -> tuple[str, ...]:
    """Read all header fields of a name."""
    found = (str(value)[:_MOST_FIELD] for value in message.get_all(name) or ())
    return tuple(" ".join(value.split()) for value in found)


def _decoded(text: str) -> str:
    if "=?" not in text:
        return text
    try:
        pieces = decode_header(text)
        return "".join(
            piece if isinstance(piece, str) else piece.decode(charset or "latin-1", "replace")
            for piece, charset in pieces
        )
    except (ValueError, LookupError):
        return text


def _plain(clean: bytes) -> Opened:
    head = clean.partition(b"\n\n")[0].decode("utf-8", "replace")
    text, returned = _split(_body(clean))
    return Opened(message_from_string(head + "\n\n"), text, "", "", returned)


def _body(clean: bytes) -> str:
    """Read what follows the header as text: what it is parted by is not what it says it is."""
    return clean.partition(b"\n\n")[2][:_MOST_TEXT].decode("utf-8", "replace")


def _opened(message: Message, clean: bytes) -> Opened:
    found: dict[str, list[str]] = {"text": [], "html": [], "status": [], "feedback": []}
    returned: Message | None = None
    for part in _parts(message):
        kind = part.get_content_type()
        if kind in _RETURNED:
            returned = returned or _letter(part)
        elif kind in _STATUS:
            found["status"].append(_blocks(part))
        elif kind == "message/feedback-report":
            found["feedback"].append(_blocks(part))
        elif kind in {"text/plain", "text/html"} and returned is None:
            found["html" if kind == "text/html" else "text"].append(_words(part))
    said = _joined(found["text"]).strip() or _without_markup(_joined(found["html"])).strip()
    if not (said or found["status"] or returned):
        said = _body(clean)
    text, quoted = _split(said)
    return Opened(
        head=message,
        text=text,
        status=_joined(found["status"]),
        feedback=_joined(found["feedback"]),
        returned=quoted if returned is None else returned,
    )


def _parts(message: Message) -> Iterator[Message]:
    """Walk through the parts, but not into a letter that is returned."""
    waiting, count = [message], 0
    while waiting and count < _MOST_PARTS:
        part = waiting.pop()
        count += 1
        kind = part.get_content_type()
        is_container = part.is_multipart() and not kind.startswith("message/")
        if is_container:
            waiting += reversed([one for one in part.get_payload() if isinstance(one, Message)])
        else:
            yield part


def _letter(part: Message) -> Message:
    payload = part.get_payload()
    if isinstance(payload, list):
        inner = payload[0] if payload else None
        if isinstance(inner, Message):
            return inner if inner.keys() else message_from_string(_words(inner).lstrip("\n"))
    return message_from_string(_words(part).lstrip("\n"))


def _blocks(part: Message) -> str:
    """Give the text of a part of fields, one block a paragraph."""
    payload = part.get_payload()
    if not isinstance(payload, list):
        return _words(part)
    blocks = [
        "\n".join(f"{name}: {value}" for name, value in block.items()) or str(block.get_payload())
        for block in payload
        if isinstance(block, Message)
    ]
    return "\n\n".join(blocks)


def _words(part: Message) -> str:
    raw = part.get_payload(decode=True)
    if not isinstance(raw, bytes):
        return str(part.get_payload())
    raw = raw[:_MOST_TEXT]
    try:
        return raw.decode(part.get_content_charset() or "utf-8", "replace")
    except (LookupError, ValueError):
        return raw.decode("latin-1")


def _joined(texts: list[str]) -> str:
    return "\n\n".join(text.replace("\r\n", "\n") for text in texts)[:_MOST_TEXT]


def _without_markup(html: str) -> str:
    text = _MARKUP.sub("", _BREAK.sub("\n", _TAG.sub("", html)))
    for entity, character in _ENTITIES.items():
        text = text.replace(entity, character)
    return text


def _split(text: str) -> tuple[str, Message]:
    """Part what is said from the header fields that it quotes, as mail before MIME does."""
    lines = [_QUOTE.sub("", line) for line in text.split("\n")]
    number = 0
    while number < len(lines):
        block = _block(lines, number)
        told = {found[0].lower().rstrip(" :") for one in block if (found := _TELLING.match(one))}
        if len(told) >= _LEAST_HEADERS:
            rest = lines[number + len(block) :]
            return "\n".join([*lines[:number], "", *_after(rest)]), _as_headers(block)
        number += len(block) or 1
    return "\n".join(lines), Message()


def _block(lines: list[str], start: int) -> list[str]:
    """Take the header fields that begin here, folded lines included."""
    end = start
    if _HEADER.match(lines[start]):
        while end < len(lines) and _OF_HEADER.match(lines[end]):
            end += 1
    return lines[start:end]


def _after(lines: list[str]) -> list[str]:
    """Keep what follows only if it tells of a failure: the rest is the letter's own text."""
    return lines if any(_RECIPIENT.match(line) for line in lines) else []


def _as_headers(block: list[str]) -> Message:
    return message_from_string("\n".join(block) + "\n\n")
