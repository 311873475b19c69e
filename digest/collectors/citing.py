"""Citation lines, such as "Title - Issuer, March 2022"."""

from __future__ import annotations

import re
from dataclasses import dataclass

CITATION = re.compile(
    r"(?P<title>.+?)\s*(?:\s[-–—]|[–—]|-\s)\s*(?P<issuer>.+),\s*(?P<date>[^,]*\d{4}[^,]*)",  # noqa: RUF001 - dashes are meant
    re.DOTALL,
)
_STAND_IN = "\N{OBJECT REPLACEMENT CHARACTER}"


@dataclass(frozen=True, slots=True)
class Citation:
    """What a citation line says; empty where it says nothing."""

    title: str = ""
    issuer: str = ""
    date: str = ""


def cited(text: str, title: str, pattern: re.Pattern[str] = CITATION) -> Citation:
    """Take a citation line apart.

    Args:
        text: the line, without line breaks.
        title: the title where it is known; it may itself hold what parts title from issuer.
        pattern: with groups ``title``, ``issuer`` or ``date``, matched from the beginning.
    """
    known = bool(title) and title in text
    found = pattern.match(text.replace(title, _STAND_IN, 1) if known else text)
    if found is None:
        return Citation()
    groups = {name: (value or "").strip() for name, value in found.groupdict().items()}
    if known:
        groups = {name: value.replace(_STAND_IN, title) for name, value in groups.items()}
    return Citation(groups.get("title", ""), groups.get("issuer", ""), groups.get("date", ""))
