"""Header fields of a message, safe whatever the text in them (RFC 5322, RFC 2047).

Written by hand because the standard library's ``email`` cannot be trusted with text from
outside: up to 3.12.4 a title that holds an encoded word with a line break in it adds a header
(CVE-2024-6923, CVE-2026-1299), and a long ``List-Unsubscribe`` becomes an encoded word, which
breaks one-click (measured on 3.8 to 3.13).
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import lru_cache

import idna

from digest.core.hygiene import line
from digest.errors import RenderError

_MOST_BYTES = 560
"""Of text in a field; as encoded words it then stays under the 998 octets of RFC 5322 §2.1.1."""
_LINE = 76
_ENCODED_WORD = 75
_FRAME = len("=?utf-8?q??=")
_QUOTABLE = 60
_Q_SAFE = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!*+-/")
_PLAIN_ADDRESS = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,253})"
)
_LOCAL_PART = re.compile(r"[^\s\x00-\x20\"(),:;<>@\[\\\]\x7f]+")
_MOST_LOCAL = 64
_URL = re.compile(r"https?://[!#-;=?-~]{1,900}")


def safe(text: str) -> str:
    """Make text from outside fit for a field: one clean line, no encoded word, not too long."""
    whole = line(text).replace("=?", "= ?").encode()[:_MOST_BYTES]
    return whole.decode(errors="ignore").strip()


@lru_cache(maxsize=256)
def unstructured(name: str, text: str) -> str:
    """Make a field of free text, such as Subject; folded, without its last line break."""
    text = safe(text)
    if text.isascii() and all(len(word) < _QUOTABLE for word in text.split()):
        return "\r\n ".join(_wrapped(f"{name}: {text}"))
    return f"{name}: " + "\r\n ".join(_encoded_words(text, _LINE - len(name) - 2))


def named(name: str, phrase: str, address: str) -> str:
    """Make a field of a phrase and an address in angle brackets, such as From or List-Id."""
    phrase = safe(phrase)
    if not phrase.isascii() or len(phrase) > _QUOTABLE:
        words = _encoded_words(phrase, _LINE - len(name) - 2)
        return f"{name}: " + "\r\n ".join((*words, f"<{address}>"))
    quoted = phrase.replace("\\", r"\\").replace('"', r"\"")
    start = f'{name}: "{quoted}"' if phrase else f"{name}:"
    space = " " if len(start) + len(address) < _LINE else "\r\n "
    return f"{start}{space}<{address}>"


def address_of(text: str) -> str:
    """Check an address and give it the form for the wire, with the domain in A-labels.

    The local part may be outside ASCII: such a letter needs SMTPUTF8 (RFC 6531).

    Raises:
        RenderError: it cannot stand in a header or an envelope.
    """
    if _PLAIN_ADDRESS.fullmatch(text):
        return text
    local, at, domain = text.rpartition("@")
    if not at or not _LOCAL_PART.fullmatch(local) or line(local) != local:
        raise RenderError(f"{text!r} is no address that mail can be sent to; correct or remove it")
    if len(local.encode()) > _MOST_LOCAL:
        raise RenderError(f"{text!r} has more than {_MOST_LOCAL} octets before the @; correct it")
    return f"{local}@{_a_label(domain)}"


def url_of(text: str) -> str:
    """Check an address of the web for ``<…>`` in a field, on one line (RFC 2369, RFC 8058).

    Raises:
        RenderError: it is not an absolute one in ASCII, or too long for a line.
    """
    if not _URL.fullmatch(text):
        raise RenderError(f"{text[:80]!r} cannot be a link in a header; check the site's url")
    return text


def masked(text: str, address: str) -> str:
    """Take an address out of what somebody said, in any spelling of its letters."""
    if "@" not in text:
        return text  # most answers; each letter of an edition is asked
    return re.sub(re.escape(address), "(the address)", text, flags=re.IGNORECASE)


@lru_cache(maxsize=16)
def date(second: int) -> str:
    """Make the Date field of a moment in seconds since 1970; letters of one second share it."""
    return f"Date: {format_datetime(datetime.fromtimestamp(second, UTC))}"


@lru_cache(maxsize=1024)
def _a_label(domain: str) -> str:
    try:
        return idna.encode(domain, uts46=True).decode()
    except idna.IDNAError as error:
        raise RenderError(f"{domain!r} is no domain that mail can be sent to: {error}") from None


def _wrapped(text: str) -> Iterator[str]:
    """Cut at spaces into lines of at most 76 characters; a line break stands for the space."""
    current, *words = text.split(" ")
    for word in words:
        if len(current) + 1 + len(word) > _LINE:
            yield current
            current = word
        else:
            current += " " + word
    yield current


def _encoded_words(text: str, room: int) -> list[str]:
    """Cut into encoded words, each of whole characters, in the shorter of the two encodings."""
    return min(
        (list(_cut(text, room, *encoding)) for encoding in (("q", _q), ("b", _b))),
        key=lambda words: sum(map(len, words)),
    )


def _cut(text: str, room: int, mark: str, encode: Callable[[str], str]) -> Iterator[str]:
    piece = ""
    for character in text:
        if piece and len(encode(piece + character)) + _FRAME > min(room, _ENCODED_WORD):
            yield f"=?utf-8?{mark}?{encode(piece)}?="
            piece, room = "", _ENCODED_WORD
        piece += character
    yield f"=?utf-8?{mark}?{encode(piece)}?="


def _q(text: str) -> str:
    return "".join(
        chr(byte) if byte in _Q_SAFE else "_" if byte == ord(" ") else f"={byte:02X}"
        for byte in text.encode()
    )


def _b(text: str) -> str:
    return base64.b64encode(text.encode()).decode()
