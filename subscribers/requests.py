"""What people ask for before they have shown that an address is theirs.

What is asked is only written down, so the page that takes it does the same for every address: it
cannot tell, by its answer or its speed, who is here. :mod:`subscribers.reception` answers later.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, insert, select, update

from subscribers.tables import requests

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection, Row

    from subscribers.model import Themes


class Kind(StrEnum):
    """What is asked for."""

    SUBSCRIBE = "subscribe"
    LINK = "link"
    """A fresh link to the preferences."""
    ADDRESS = "address"
    """Letters to another address."""


@dataclass(frozen=True, slots=True)
class Request:
    """Something asked for.

    Attributes:
        handle: 8 random bytes that stand for it in links.
        wanted: the themes of each newsletter (``None``: all).
        how: where it was asked.
        subscriber: whose address is to change, or who was made of it.
    """

    id: int
    handle: bytes
    kind: Kind
    address_hash: bytes
    address: str
    name: str
    language: str
    wanted: Mapping[str, Themes]
    how: str
    subscriber: int | None
    asked_at: datetime
    confirmed_at: datetime | None


_COLUMNS = (
    requests.c.id, requests.c.handle, requests.c.kind, requests.c.address_hash,
    requests.c.address, requests.c.name, requests.c.language, requests.c.wanted, requests.c.how,
    requests.c.subscriber_id, requests.c.asked_at, requests.c.confirmed_at,
)  # fmt: skip


def write_down(connection: Connection, asked: Request) -> None:
    """Keep a request; its number is given now."""
    connection.execute(
        insert(requests).values(
            handle=asked.handle,
            kind=asked.kind.value,
            address_hash=asked.address_hash,
            address=asked.address,
            name=asked.name,
            language=asked.language,
            wanted=dict(asked.wanted),
            how=asked.how,
            subscriber_id=asked.subscriber,
            asked_at=asked.asked_at,
        )
    )


def unanswered(connection: Connection, limit: int) -> list[Request]:
    """Take what nobody has answered yet, the first one first."""
    query = _select(requests.c.answered_at.is_(None)).order_by(requests.c.id).limit(limit)
    return [_request(row) for row in connection.execute(query.with_for_update(skip_locked=True))]


def any_unanswered(connection: Connection) -> bool:
    """Whether somebody waits."""
    query = select(requests.c.id).where(requests.c.answered_at.is_(None)).limit(1)
    return connection.scalar(query) is not None


def by_handle(connection: Connection, handle: bytes, *, held: bool = False) -> Request | None:
    """The request that a link stands for; ``held`` until the transaction ends."""
    query = _select(requests.c.handle == handle)
    row = connection.execute(query.with_for_update() if held else query).one_or_none()
    return _request(row) if row else None


def answered_before(connection: Connection, asked: Request, since: datetime) -> Request | None:
    """The one of its kind for the same address that was answered since, and waits."""
    query = _select(
        requests.c.kind == asked.kind.value,
        requests.c.address_hash == asked.address_hash,
        requests.c.answered_at > since,
        requests.c.confirmed_at.is_(None),
    ).order_by(requests.c.id.desc())
    row = connection.execute(query.limit(1)).one_or_none()
    return _request(row) if row else None


def answered(connection: Connection, asked: Request, now: datetime) -> None:
    """Note that its letter is on its way."""
    _change(connection, asked.id, answered_at=now)


def widen(connection: Connection, number: int, wanted: Mapping[str, Themes]) -> None:
    """Let a request that waits speak for what was asked after it."""
    _change(connection, number, wanted=dict(wanted))


def confirmed(connection: Connection, asked: Request, subscriber: int, now: datetime) -> None:
    """Note that it was; its row names nobody any more."""
    _change(connection, asked.id, confirmed_at=now, subscriber_id=subscriber, address="", name="")


def drop(connection: Connection, *numbers: int) -> None:
    """Delete requests."""
    connection.execute(delete(requests).where(requests.c.id.in_(numbers)))


def forget(connection: Connection, address_hash: bytes, subscriber: int | None) -> set[str]:
    """Delete everything that one address or person asked for.

    Returns:
        The addresses it named: where somebody wanted to move, a letter may wait as well.
    """
    theirs = requests.c.address_hash == address_hash
    if subscriber is not None:
        theirs |= requests.c.subscriber_id == subscriber
    named = set(connection.scalars(select(requests.c.address).where(theirs)))
    connection.execute(delete(requests).where(theirs))
    return named - {""}


def purge(connection: Connection, before: datetime) -> int:
    """Delete what was asked until then; answers how many."""
    old = delete(requests).where(requests.c.asked_at <= before)
    return connection.execute(old).rowcount


def of(connection: Connection, address_hash: bytes) -> Sequence[Request]:
    """What an address asked for."""
    query = _select(requests.c.address_hash == address_hash).order_by(requests.c.id)
    return [_request(row) for row in connection.execute(query)]


def _select(*where: ColumnElement[bool]) -> Any:
    return select(*_COLUMNS).where(*where)


def _change(connection: Connection, number: int, **values: object) -> None:
    connection.execute(update(requests).where(requests.c.id == number).values(**values))


def _request(row: Row[Any]) -> Request:
    return Request(
        id=row.id,
        handle=row.handle,
        kind=Kind(row.kind),
        address_hash=row.address_hash,
        address=row.address,
        name=row.name,
        language=row.language,
        wanted=row.wanted,
        how=row.how,
        subscriber=row.subscriber_id,
        asked_at=row.asked_at,
        confirmed_at=row.confirmed_at,
    )
