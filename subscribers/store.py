"""The rows of one person or many."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, select, update

from subscribers.bulk import Bulk
from subscribers.consent import standing
from subscribers.model import (
    Consent,
    Dossier,
    State,
    Subscriber,
    Subscription,
    Suppression,
    What,
)
from subscribers.tables import consents, subscribers, subscriptions, suppressions

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from sqlalchemy import ColumnElement, Connection, Row

    from subscribers.consent import Step


def load(connection: Connection, *where: ColumnElement[bool], limit: int = 1) -> list[Subscriber]:
    """People with their subscriptions, by number."""
    rows = connection.execute(
        select(subscribers, suppressions.c.reason)
        .outerjoin(suppressions, suppressions.c.address_hash == subscribers.c.address_hash)
        .where(*where)
        .order_by(subscribers.c.id)
        .limit(limit)
    ).all()
    held = subscriptions_of(connection, [row.id for row in rows])
    return [_subscriber(row, tuple(held[row.id].values())) for row in rows]


def _subscriber(row: Row[Any], held: tuple[Subscription, ...]) -> Subscriber:
    return Subscriber(
        id=row.id,
        address=row.address,
        name=row.name,
        state=standing(held, suppressed=row.reason is not None),
        language=row.language,
        created_at=row.created_at,
        subscriptions=held,
        handle=row.handle,
    )


def lock(connection: Connection, where: ColumnElement[bool]) -> int | None:
    """Hold one person until the transaction ends; their number, if they are here."""
    return connection.scalar(select(subscribers.c.id).where(where).with_for_update())


def subscriptions_of(
    connection: Connection, numbers: Sequence[int]
) -> defaultdict[int, dict[str, Subscription]]:
    """What each of these people wants, by newsletter."""
    held: defaultdict[int, dict[str, Subscription]] = defaultdict(dict)
    columns = subscriptions.c
    rows = connection.execute(
        select(subscriptions)
        .where(columns.subscriber_id.in_(numbers))
        .order_by(columns.subscriber_id, columns.newsletter)
    )
    for number, newsletter, themes, state, *rest in rows:
        held[number][newsletter] = Subscription(newsletter, themes, State(state), *rest)
    return held


def keep(
    connection: Connection, steps: Sequence[tuple[int, Step]], held: Collection[tuple[int, str]]
) -> None:
    """Write changes of subscriptions and their records.

    ``steps`` are (person's number, change) in the order they happened; ``held`` tells by person
    and newsletter which subscriptions are rows already.
    """
    last = {(number, step.after.newsletter): step.after for number, step in steps}
    new = [
        _values(number, after)
        for (number, slug), after in last.items()
        if (number, slug) not in held
    ]
    old = [_row(number, after) for (number, slug), after in last.items() if (number, slug) in held]
    _SUBSCRIPTIONS.add(connection, new)
    if old:
        connection.execute(_UPDATE, [_as_parameters(row) for row in old])
    record(connection, ((number, step.consent) for number, step in steps))


def record(connection: Connection, changes: Iterable[tuple[int, Consent]]) -> None:
    """Write records of consent: (person's number, record)."""
    rows = [
        (number, c.at, c.newsletter, c.what.value, c.themes, c.how, c.said) for number, c in changes
    ]
    _CONSENTS.add(connection, rows)


def dossier(connection: Connection, person: Subscriber) -> Dossier:
    """All that is kept about a person."""
    hashed = connection.scalar(
        select(subscribers.c.address_hash).where(subscribers.c.id == person.id)
    )
    row = connection.execute(
        select(suppressions.c.reason, suppressions.c.since, suppressions.c.how).where(
            suppressions.c.address_hash == hashed
        )
    ).one_or_none()
    suppression = Suppression(*row) if row else None
    return Dossier(person, suppression, consents_of(connection, person.id))


def consents_of(connection: Connection, number: int) -> tuple[Consent, ...]:
    """Every change of one person's consent, the first one first."""
    columns = consents.c
    rows = connection.execute(
        select(consents).where(columns.subscriber_id == number).order_by(columns.id)
    )
    return tuple(
        Consent(row.newsletter, What(row.what), row.at, row.how, row.themes, row.said)
        for row in rows
    )


_VALUES = (
    "themes", "state", "since", "changed_at", "chosen_at", "paused_until", "catch_up_from",
    "moved_from", "caught_up_from", "caught_up_at",
)  # fmt: skip
_SUBSCRIPTIONS = Bulk(subscriptions, "subscriber_id", "newsletter", *_VALUES)
_CONSENTS = Bulk(consents, "subscriber_id", "at", "newsletter", "what", "themes", "how", "said")
_UPDATE = (
    update(subscriptions)
    .where(
        subscriptions.c.subscriber_id == bindparam("its_subscriber_id"),
        subscriptions.c.newsletter == bindparam("its_newsletter"),
    )
    .values({name: bindparam(f"its_{name}") for name in _VALUES})
)


def _row(number: int, after: Subscription) -> dict[str, object]:
    names = ("subscriber_id", "newsletter", *_VALUES)
    return dict(zip(names, _values(number, after), strict=True))


def _values(number: int, of: Subscription) -> tuple[object, ...]:
    state = of.state.value
    return (
        number, of.newsletter, of.themes, state, of.since, of.changed_at, of.chosen_at,
        of.paused_until, of.catch_up_from, of.moved_from, of.caught_up_from, of.caught_up_at,
    )  # fmt: skip


def _as_parameters(row: Mapping[str, object]) -> dict[str, object]:
    return {f"its_{name}": value for name, value in row.items()}
