"""Text from outside, made safe to print, store and send.

What leaves here holds only characters that XML 1.0 and a mail header can carry: no control
characters, no lone surrogates, no characters that turn the reading direction of what follows.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

ELLIPSIS = "…"

# Outside XML 1.0 (§2.2), or C1 controls, or invisible: soft hyphen, zero-width space and no-break
# space, bidirectional embeddings, overrides and isolates (Unicode UAX 9).
_UNWANTED = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u200b\u202a-\u202e\u2060\u2066-\u2069"
    "\ud800-\udfff\ufdd0-\ufdef\ufeff\ufffe\uffff]"
    "|[\U0001fffe\U0001ffff\U0002fffe\U0002ffff\U0003fffe\U0003ffff]"
)
_ODD_SPACE = re.compile("[\x0b\x0c\x1c-\x1f\x85\u2028\u2029]")
_PARAGRAPH = re.compile(r"\n\s*\n|\u2029")
_SENTENCE_END = re.compile(
    r"[.!?…]+[\"'”’»)\]]*(?=\s+[^\sa-z])|[。！？]+[」』”]?"  # noqa: RUF001 - these signs are meant
)
_ABBREVIATION = re.compile(
    r"(?:^|[\s(])(?:\w|Dr|Mr|Mrs|Ms|Prof|St|No|Nos|vs|cf|ca|al|Art|Fig|Sec|Ch|Vol|pp|ed|eds|Inc"
    r"|Ltd|Co|Corp|Jr|Sr|approx|e\.g|i\.e|z\.B|d\.h|U\.S|U\.K|U\.N)\.$"
)
_LOOSE_END = " ,;:–—-([«“„&/"  # noqa: RUF001 - these signs are meant

_MORE = (
    r"(?:Read|Learn|See|Find out) (?:more|More)|(?:Continue|Keep) [Rr]eading|Weiterlesen|Mehr lesen"
    r"|Lire la suite|En savoir plus|Leer más|Seguir leyendo|Leia mais|Lees meer|Leggi tutto"
)
_CUT_OFF = r"(?:\.{3,}|…|\[\s?(?:\.{3}|…)\s?\]|\(\s?(?:\.{3}|…)\s?\))"

_LEADS_ON = re.compile(rf"[\s.…\[(]*(?:{_MORE})[\s.…\])»\u203a→>]*")

REMAINS = tuple(
    re.compile(pattern)
    for pattern in (
        r"\s*The post .{1,300}? (?:first appeared|appeared first) on .{1,200}$",
        rf"\s*{_CUT_OFF}\s*(?:{_MORE})\b.{{0,200}}$",
        rf"(?:^|(?<=[.!?…»”\])]))\s*(?:{_MORE})\s*[.…»\u203a→>]*$",
        rf"\s*{_CUT_OFF}$",
    )
)
"""What sites leave at the end of a text that they cut off: "...Read More", "[…]" and the like."""


def printable(text: str) -> str:
    """Drop what XML 1.0 cannot carry or what nobody can see; white space stays."""
    return _UNWANTED.sub("", _ODD_SPACE.sub(" ", text))


def line(text: str) -> str:
    """Make one clean line of plain text: NFC, white space collapsed, nothing unprintable."""
    return " ".join(unicodedata.normalize("NFC", _UNWANTED.sub("", text)).split())


def prose(text: str) -> str:
    """Make clean plain text whose paragraphs are parted by one empty line."""
    paragraphs = _PARAGRAPH.split(text.replace("\r\n", "\n").replace("\r", "\n"))
    return "\n\n".join(filter(None, map(line, paragraphs)))


def cut(text: str, limit: int) -> str:
    """Shorten to at most ``limit`` characters, at a word, with an ellipsis.

    A text of one long word is cut inside it.
    """
    if len(text) <= limit:
        return text
    room = text[: max(limit - 1, 0)]
    if text[len(room)] not in _LOOSE_END:
        room = room[: room.rfind(" ")] if " " in room.strip() else room
    return (room.rstrip(_LOOSE_END) + ELLIPSIS)[: max(limit, 0)]


def first_sentence(text: str, limit: int) -> str:
    """Give the first sentence of a text as one line, cut at ``limit`` characters."""
    whole = line(text)
    for end in _SENTENCE_END.finditer(whole):
        sentence = whole[: end.end()]
        if not _ABBREVIATION.search(sentence):
            return cut(sentence, limit)
    return cut(whole, limit)


def without(text: str, patterns: Iterable[re.Pattern[str]] = REMAINS) -> str:
    """Take away every match of the patterns, again and again until none is left."""
    patterns = tuple(patterns)
    before = None
    while text != before:
        before = text
        for pattern in patterns:
            text = pattern.sub("", text).strip()
    return text


def leads_on(text: str) -> bool:
    """Tell whether a link's text only says that there is more, such as "Read More »"."""
    return _LEADS_ON.fullmatch(text) is not None
