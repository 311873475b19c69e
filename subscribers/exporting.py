"""Writes people out as CSV that the import reads back, and that no spreadsheet runs."""

from __future__ import annotations

import csv
from collections import defaultdict
from typing import TYPE_CHECKING, TextIO

from sqlalchemy import select

from subscribers import store
from subscribers.cells import guard
from subscribers.tables import consents, subscribers
from subscribers.transaction import reading

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sqlalchemy import Connection, Engine

    from subscribers.model import Subscriber

HEADER = ("address", "name", "language", "newsletters", "themes", "state", "since", "consent")
_BATCH = 1_000


def everybody(engine: Engine) -> Iterator[tuple[Subscriber, dict[str, str]]]:
    """Stream people by number, each with how they came to each newsletter."""
    last = 0
    while True:
        with reading(engine) as connection:
            people = store.load(connection, subscribers.c.id > last, limit=_BATCH)
            how = _how(connection, [person.id for person in people])
        for person in people:
            yield person, how[person.id]
        if len(people) < _BATCH:
            return
        last = people[-1].id


def _how(connection: Connection, numbers: Sequence[int]) -> defaultdict[int, dict[str, str]]:
    columns = consents.c
    found: defaultdict[int, dict[str, str]] = defaultdict(dict)
    rows = connection.execute(
        select(columns.subscriber_id, columns.newsletter, columns.how)
        .where(columns.subscriber_id.in_(numbers))
        .order_by(columns.id)
    )
    for number, newsletter, how in rows:
        found[number][newsletter] = how
    return found


def write(out: TextIO, people: Iterable[tuple[Subscriber, dict[str, str]]]) -> int:
    """Write one line for each subscription, and one for somebody who has none.

    Args:
        out: opened with ``newline=""``.
        people: each with how they came to each newsletter.

    Returns:
        How many people were written.
    """
    table = csv.writer(out)
    table.writerow(HEADER)
    count = 0
    for person, how in people:
        count += 1
        table.writerows([guard(cell) for cell in row] for row in _rows(person, how))
    return count


def _rows(person: Subscriber, how: dict[str, str]) -> Iterator[tuple[str, ...]]:
    who = (person.address, person.name, person.language)
    for held in person.subscriptions:
        themes = "" if held.themes is None else "|".join(held.themes)
        since = held.since.isoformat(timespec="seconds")
        yield (*who, held.newsletter, themes, held.state.value, since, how.get(held.newsletter, ""))
    if not person.subscriptions:
        yield (*who, "", "", "", "", "")
