"""Subject and preheader: what might stand there, and whether its length does."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from digest.core.edition import Edition, Section
from digest.core.hygiene import cut, line


class Line(StrEnum):
    """The two lines that a mailbox shows of a letter."""

    SUBJECT = "subject"
    PREHEADER = "preheader"


class Fit(StrEnum):
    """How well a line fits into mailboxes."""

    EMPTY = "empty"
    SHORT = "short"
    GOOD = "good"
    LONG = "long"
    CUT = "cut"


@dataclass(frozen=True, slots=True)
class Hint:
    """What is to be said of a line's length.

    Attributes:
        length: in characters.
        advice: a sentence.
    """

    length: int
    fit: Fit
    advice: str


@dataclass(frozen=True, slots=True)
class Lengths:
    """Numbers of characters for one of the lines.

    Attributes:
        short: below it, there is room to say more.
        phone: what narrow mailboxes show.
        most: what wide ones show.
    """

    short: int
    phone: int
    most: int


LENGTHS = {Line.SUBJECT: Lengths(15, 45, 70), Line.PREHEADER: Lengths(30, 90, 130)}
"""Mailboxes on phones show 35 to 45 characters of a subject and 40 to 90 after it, wide ones up to
70 and 130; what is left over of a preheader is filled with the first words of the letter."""

_MOST = 3


def hint(kind: Line, text: str) -> Hint:
    """Judge the length of a line."""
    length, at = len(line(text)), LENGTHS[kind]
    if not length:
        return Hint(0, Fit.EMPTY, "Empty: the template writes one.")
    if length < at.short:
        return Hint(length, Fit.SHORT, "There is room to say more.")
    if length <= at.phone:
        return Hint(length, Fit.GOOD, "Fits on phones.")
    if length <= at.most:
        return Hint(length, Fit.LONG, f"Phones cut it after about {at.phone} characters.")
    return Hint(length, Fit.CUT, f"Most mailboxes cut it after about {at.most} characters.")


def suggestions(kind: Line, edition: Edition) -> tuple[str, ...]:
    """What might stand there, from what the edition holds; each fits, the best one first."""
    makes = _subjects if kind is Line.SUBJECT else _preheaders
    found = (line(text) for text in makes(edition))
    return tuple(dict.fromkeys(text for text in found if text))[:_MOST]


def _subjects(edition: Edition) -> Iterator[str]:
    titles = [entry.title for entry in edition.entries()]
    if not titles:
        return
    most = LENGTHS[Line.SUBJECT].most
    others = f", and {len(titles) - 1} more" if len(titles) > 1 else ""
    yield cut(titles[0], most - len(others)) + others
    yield cut(titles[0], most)
    yield _joined((section.title for section in _largest(edition)), most, f"{edition.title}: ")


def _preheaders(edition: Edition) -> Iterator[str]:
    titles = [entry.title for entry in edition.entries()]
    most = LENGTHS[Line.PREHEADER].most
    if titles[1:]:
        yield _joined(titles[1:4], most, "Also: ")
    counted = (f"{section.title} ({section.count})" for section in edition.sections)
    yield _joined(counted, most, "")
    if edition.letter:
        yield cut(line(edition.letter.lstrip("#*> ")), most)


def _largest(edition: Edition) -> list[Section]:
    return sorted(edition.sections, key=lambda section: -section.count)[:3]


def _joined(words: Iterable[str], most: int, before: str) -> str:
    """As many of the words as fit, the first one cut if need be."""
    first, *rest = [line(word) for word in words] or [""]
    if not first:
        return ""
    text = before + cut(first, most - len(before))
    for word in rest:
        if len(text) + len(word) + 2 > most:
            break
        text += f", {word}"
    return text
