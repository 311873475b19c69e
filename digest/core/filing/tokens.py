"""Cut text into words and pieces of words, in languages with spaces and without.

Chinese, Japanese, Thai, Lao, Khmer and Burmese do not part their words: overlapping pairs of
characters stand for them (as in Lucene's CJKBigramFilter). Inflected languages are served by
pieces: four characters long, they are common to the forms of a word.
"""

from __future__ import annotations

import re
import unicodedata

_MARKS = "\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0670"
"""Accents and vowel signs stand within words, but :mod:`re` takes them for no letters."""
_INDIC = "\u0900-\u0dff\u0f00-\u0fff"
_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uf900-\ufaff\U00020000-\U0003ffff"
)
_SYLLABLES = f"{_UNSPACED}\uac00-\ud7af"
"""Scripts where two characters say as much as four letters elsewhere."""
_LETTER = rf"(?:[^\W\d_]|[{_MARKS}{_INDIC}])"
_TOKEN = re.compile(
    rf"[{_UNSPACED}]+|(?:(?![{_UNSPACED}]){_LETTER})+"
    rf"(?:['\u2019](?:(?![{_UNSPACED}]){_LETTER})+)*|\d+(?:\.\d+)*|[?!]"
)
_UNSPACED_RUN = re.compile(f"[{_UNSPACED}]+")
_SYLLABIC_RUN = re.compile(f"[{_SYLLABLES}]+")
_HUMP = re.compile(r"[A-Z]{2,}(?![a-z])|[A-Z][a-z]+|[a-z]+")
_PIECE = 4
_LEAST_HUMP = 3
_NUMBER = 4


def words(text: str) -> list[str]:
    """The words in their order, without case, plural and the value of numbers.

    ``org-mode`` is two words, ``don't`` is one; 7 is ``#``, 2025 ``####``, 0.5.1 ``#.#``: that it
    is a year or a version tells more than which one. *?* and *!* count as words.
    """
    found: list[str] = []
    for token in _TOKEN.findall(_composed(text).lower()):
        if token[0].isdecimal():
            found.append("#.#" if "." in token else "#" * min(len(token), _NUMBER))
        elif not token.isascii() and _UNSPACED_RUN.match(token):
            found += _pairs(token)
        else:
            found.append(_singular(token))
    return found


def spelled(text: str) -> dict[str, str]:
    """How each word is written where it first stands."""
    found: dict[str, str] = {}
    for token in _TOKEN.findall(_composed(text)):
        found.setdefault(_singular(token.lower()), token)
    return found


def humps(text: str) -> list[str]:
    """The parts of names written as ``CamelCase``, each a word."""
    mixed = (
        token
        for token in _TOKEN.findall(text)
        if token.isascii() and not (token.islower() or token.isupper() or token.istitle())
    )
    return [
        _singular(part.lower())
        for token in mixed
        for part in _HUMP.findall(token)
        if len(part) >= _LEAST_HUMP
    ]


def pieces(text: str) -> list[str]:
    """Runs of four characters of each word, its borders marked by spaces.

    Of scripts whose characters are syllables or words: each character and each pair.
    """
    found: list[str] = []
    for token in _TOKEN.findall(_composed(text).lower()):
        if token[0].isdecimal():
            continue
        if not token.isascii() and _SYLLABIC_RUN.match(token):
            found += [*token, *_pairs(token)]
        else:
            word = f" {token} "
            starts = range(max(1, len(word) - _PIECE + 1))
            found += [word[start : start + _PIECE] for start in starts]
    return found


def _pairs(run: str) -> list[str]:
    return [run[start : start + 2] for start in range(len(run) - 1)] or [run]


def _singular(word: str) -> str:
    """English plurals; in other languages a wrong cut does little harm, it is always the same."""
    if len(word) > _PIECE and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) >= _PIECE and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


def _composed(text: str) -> str:
    return text if text.isascii() else unicodedata.normalize("NFKC", text)
