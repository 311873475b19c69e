"""Dates as people and programs write them, with the precision they are written in."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from dateutil import parser

from digest.core.published import Precision, Published

_LONGEST = 100
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d{2}(?!\d)")
_ISO_MONTH = re.compile(r"((?:19|20)\d{2})-(\d{1,2})")
_TIME = re.compile(r"\d{1,2}:\d{2}")
_ISO_START = re.compile(r"\d{4}-\d{2}-\d{2}")
# Two defaults that differ in month and day: what comes out alike was written.
_ONE, _OTHER = datetime(2000, 1, 1, tzinfo=UTC), datetime(2000, 2, 2, tzinfo=UTC)


def published(text: str) -> Published | None:
    """Read "March 2022", "2022", "14 March 2022", "2022-03-14", ISO 8601, RFC 5322.

    What was not written is not made up: "March 2022" is exact to the month. A date without a
    time zone is UTC. ``None``: this is no date, or one without a year.
    """
    text = " ".join(text.split()).strip(" .,;()")
    if not text or len(text) > _LONGEST or not _YEAR.search(text):
        return None
    if match := _ISO_MONTH.fullmatch(text):
        return _made(int(match[1]), int(match[2]))
    if _YEAR.fullmatch(text):
        return _made(int(text))
    return _exact(text) if _TIME.search(text) else _rough(text)


def _made(year: int, month: int | None = None) -> Published | None:
    try:
        at = datetime(year, month or 1, 1, tzinfo=UTC)
    except ValueError:
        return None
    return Published(at, Precision.MONTH if month else Precision.YEAR)


def _exact(text: str) -> Published | None:
    for read in (datetime.fromisoformat, parsedate_to_datetime, parser.parse):
        try:
            at = read(text)
            at = at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
        except (ValueError, TypeError, OverflowError, ArithmeticError):
            continue
        return Published(at, Precision.TIME)
    return None


def _rough(text: str) -> Published | None:
    # "14/03/2022" is the fourteenth nearly everywhere; ISO dates are read year first anyway.
    dayfirst = not _ISO_START.match(text)
    try:
        one, other = (parser.parse(text, default=d, dayfirst=dayfirst) for d in (_ONE, _OTHER))
    except (ValueError, TypeError, OverflowError, ArithmeticError):
        return None
    if one.month != other.month:
        return _made(one.year)
    if one.day != other.day:
        return _made(one.year, one.month)
    return Published(datetime(one.year, one.month, one.day, tzinfo=UTC), Precision.DAY)
