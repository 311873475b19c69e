"""What reports of providers have in common: who may send them, and how JSON is looked into."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from digest.core.bounce import Evidence, Failure, Permanence, Report, Sort
from digest.errors import ForgedError, ParseError

MOST_AGE = timedelta(days=2)
"""How old a signature may be: providers try again for a day. An event that comes twice changes
nothing, so this only keeps what was recorded long ago from being sent again."""
_MOST_AHEAD = timedelta(minutes=10)


def document(body: bytes) -> Any:
    """Read JSON.

    Raises:
        ParseError: it is none.
    """
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise ParseError(f"the report is no JSON: {error}") from None


def at(value: object, *path: str) -> Any:
    """Go down into JSON; an empty text where there is no such way."""
    for name in path:
        value = value.get(name, "") if isinstance(value, Mapping) else ""
    return value


def text(value: object, *path: str) -> str:
    """Read a text in JSON; empty where there is none."""
    found = at(value, *path)
    return found if isinstance(found, str) else str(found) if isinstance(found, int) else ""


def check_age(moment: datetime, now: datetime) -> None:
    """Refuse what was signed long ago.

    Raises:
        ForgedError: it was, or it comes from the future.
    """
    if not -_MOST_AHEAD < now - moment < MOST_AGE:
        raise ForgedError("the report was signed at another time")


def moment_of(seconds: str) -> datetime:
    """Read seconds since 1970.

    Raises:
        ForgedError: they are none.
    """
    try:
        return datetime.fromtimestamp(int(seconds), UTC)
    except (ValueError, OverflowError, OSError):
        raise ForgedError("the report has no time of its signature") from None


@dataclass(frozen=True, slots=True)
class About:
    """Which letter a provider speaks of.

    Attributes:
        name: the provider's own for the event or the letter.
        envelope: the address the letter was sent from; empty where it is not told.
        message_id: as we gave it; empty where it is not told.
    """

    name: str
    envelope: str = ""
    message_id: str = ""


def event(
    sort: Sort,
    address: str,
    about: About,
    *,
    is_permanent: bool = False,
    status: str = "",
    said: str = "",
) -> Report:
    """Make a report of what a provider says.

    Args:
        sort: bounce or complaint.
        address: whom it is about.
        about: which letter.
        is_permanent: whether the provider gave up.
        status: of RFC 3463.
        said: by the other server.
    """
    permanence = Permanence.PERMANENT if is_permanent else Permanence.TEMPORARY
    ids = (f"<{about.message_id.strip('<> ')}>",) if about.message_id else ()
    return Report(
        sort,
        (Failure(address, permanence, status, said[:500]),),
        Evidence((about.envelope,) if about.envelope else (), ids, ()),
        name=about.name,
    )
