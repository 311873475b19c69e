"""Dates as people and programs write them, with the precision they are written in."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cache

from babel.dates import get_month_names

from digest.core.published import Precision, Published

_LONGEST = 100
_TIME = re.compile(r"\d{1,2}:\d{2}")
_LANGUAGES = ("en", "de", "fr", "es", "it", "pt", "nl", "sv", "pl")
_DAY, _WORD, _YEAR = r"(?P<day>\d{1,2})", r"(?P<month>[^\W\d_]{3,})", r"(?P<year>(?:19|20)\d{2})"
_NUMBER, _ORDINAL, _WEEKDAY = (
    r"(?P<month>\d{1,2})",
    r"(?:[snrte][tdhr]|\.|º)?",  # st, nd, rd, th, er  # codespell:ignore nd
    r"(?:[^\W\d_]+,? )?",
)
_FORMS = tuple(
    re.compile(form)
    for form in (
        _YEAR,
        rf"{_YEAR}[-/.]{_NUMBER}(?:[-/.]{_DAY})?",
        rf"{_WEEKDAY}(?:{_DAY}{_ORDINAL} (?:de )?)?{_WORD}[.,]* (?:de )?{_YEAR}",
        rf"{_WEEKDAY}{_WORD}\.? {_DAY}{_ORDINAL},? {_YEAR}",
        # "03/04/2022" is in April nearly everywhere; "03/14/2022" can only be American.
        rf"(?:{_DAY}[-/.])?{_NUMBER}[-/.]{_YEAR}",
        rf"{_NUMBER}/{_DAY}/{_YEAR}",
    )
)


def published(text: str) -> Published | None:
    """Read "March 2022", "2022", "14 March 2022", "2022-03-14", ISO 8601, RFC 5322.

    What was not written is not made up: "March 2022" is exact to the month. A date without a
    time zone is UTC. ``None``: this is no date that can be told for sure.
    """
    text = " ".join(text.split()).strip(" ,;()")
    if not text or len(text) > _LONGEST:
        return None
    return _moment(text) if _TIME.search(text) else _date(text.rstrip("."))


def _moment(text: str) -> Published | None:
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            at = read(text)
            return Published(at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC))
        except (ValueError, TypeError, OverflowError, IndexError):
            continue
    return None


def _date(text: str) -> Published | None:
    for form in _FORMS:
        if (found := form.fullmatch(text)) and (date := _made(**found.groupdict())):
            return date
    return None


def _made(year: str, month: str | None = None, day: str | None = None) -> Published | None:
    number = int(month) if month and month.isdigit() else _months().get((month or "").lower(), 0)
    try:
        at = datetime(int(year), number if month else 1, int(day or 1), tzinfo=UTC)
    except ValueError:
        return None
    return Published(at, Precision(1 + (month is not None) + (day is not None)))


@cache
def _months() -> dict[str, int]:
    """Names of months, long and short, in the languages above."""
    return {
        name.lower().rstrip("."): number
        for language in _LANGUAGES
        for width in ("abbreviated", "wide")
        for context in ("stand-alone", "format")
        for number, name in get_month_names(width, context, language).items()
    }
