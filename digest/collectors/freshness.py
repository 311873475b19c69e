"""How long an answer says to stay away."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

LONGEST = timedelta(days=31)
_MAX_AGE = re.compile(r"\bmax-age\s*=\s*\"?(\d{1,12})")


def wait(headers: Mapping[str, str], now: datetime) -> timedelta | None:
    """Read ``Retry-After``, else ``Cache-Control: max-age``, else ``Expires``.

    Args:
        headers: names in lower case.
        now: where the answer has no ``Date`` of its own to count from.

    Returns:
        At most a month (a server once said "in ten years"); ``None``: as you like.
    """
    now = _date(headers.get("date", "")) or now
    for found in (
        _after(headers.get("retry-after", ""), now),
        _age(headers.get("cache-control", "").lower()),
        _until(headers, now),
    ):
        if found is not None:
            return min(found, LONGEST) if found > timedelta() else None
    return None


def _after(value: str, now: datetime) -> timedelta | None:
    if re.fullmatch(r"\d{1,12}", value.strip()):
        return _seconds(value)
    date = _date(value)
    return date - now if date else None


def _age(value: str) -> timedelta | None:
    if "no-cache" in value or "no-store" in value:
        return timedelta()
    found = _MAX_AGE.search(value)
    return _seconds(found[1]) if found else None


def _until(headers: Mapping[str, str], now: datetime) -> timedelta | None:
    date = _date(headers.get("expires", ""))
    return date - now if date else None


def _seconds(digits: str) -> timedelta:
    return min(timedelta(seconds=min(int(digits), 10**9)), LONGEST)


def _date(value: str) -> datetime | None:
    try:
        date = parsedate_to_datetime(value)
        return date.astimezone(UTC) if date.tzinfo else date.replace(tzinfo=UTC)
    except (TypeError, ValueError, OverflowError, IndexError):
        return None
