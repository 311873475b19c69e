"""What came back from letters: kept once, weighed, and answered by striking addresses off."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, insert, select, update

from subscribers.addresses import address_hash, normalise
from subscribers.cells import clean, unnamed
from subscribers.errors import BadAddressError, BadTokenError
from subscribers.scoring import SLOW_WITHIN, BounceKind, Past, verdict
from subscribers.suppression import suppress
from subscribers.tables import bounces, subscribers, suppressions
from subscribers.tokens import Mint, Scope
from subscribers.transaction import reading, writing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Connection, Engine

MOST_RAW = 16_384
"""Octets of a message that are kept: enough to see what it says."""
_MOST_SAID = 200


@dataclass(frozen=True, slots=True)
class Bounced:
    """One thing that came back, its subscriber proven.

    Attributes:
        identity: what makes it the same as one that came before, in the sender's words.
        mailing: the sender's number of what was sent; ``None``: not known.
        source: where it was read.
        is_certain: the recipient's own server said, at the hand-over, that nobody has the mailbox.
        raw: the message as it came.
    """

    subscriber: int
    kind: BounceKind
    identity: str
    status: str = ""
    said: str = ""
    newsletter: str = ""
    mailing: int | None = None
    source: str = ""
    is_certain: bool = False
    raw: bytes = b""


@dataclass(frozen=True, slots=True)
class Noted:
    """What became of what was noted.

    Attributes:
        new: how many were not known yet.
        suppressed: the numbers of the people who get no letter any more.
    """

    new: int = 0
    suppressed: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Bounce:
    """One that is kept; ``said`` comes from outside."""

    id: int
    subscriber: int
    address: str
    kind: BounceKind
    status: str
    said: str
    at: datetime
    newsletter: str
    mailing: int | None
    source: str
    suppressed: bool


class Bounces:
    """Keeps what came back; a part of the front door.

    Args:
        now: the present moment, aware.
    """

    def __init__(self, engine: Engine, key: bytes, now: Callable[[], datetime]) -> None:
        self._engine = engine
        self._key = key
        self._now = now
        self._unsubscribe = Mint(key, Scope.UNSUBSCRIBE)

    def opened(self, token: str) -> tuple[int, str] | None:
        """Say whose unsubscribe link this is, and of which newsletter; ``None``: nobody's."""
        try:
            capability = self._unsubscribe.open(token)
        except BadTokenError:
            return None
        with reading(self._engine) as connection:
            mine = subscribers.c.handle == capability.handle
            number = connection.scalar(select(subscribers.c.id).where(mine))
        return (number, capability.newsletter) if number else None

    def number_of(self, address: str) -> int | None:
        """The number of the subscriber with an address, which may be any text."""
        try:
            found = address_hash(self._key, normalise(address))
        except BadAddressError:
            return None
        with reading(self._engine) as connection:
            mine = subscribers.c.address_hash == found
            return connection.scalar(select(subscribers.c.id).where(mine))

    def note(self, came: Sequence[Bounced]) -> Noted:
        """Keep what is new, and suppress whom the rules strike off; all of it or nothing.

        The same once more changes nothing; nor does what is about somebody who is not here.

        Raises:
            UnavailableError: the database does not answer.
        """
        if not came:
            return Noted()
        return writing(self._engine, lambda connection: self._note(connection, came))

    def listed(
        self, *, kind: BounceKind | None = None, mailing: int | None = None,
        newsletter: str = "", subscriber: int | None = None, before: int = 0, limit: int = 50,
    ) -> Sequence[Bounce]:  # fmt: skip
        """Give the newest that came back, or those before one of them."""
        wanted = {
            bounces.c.kind: kind.value if kind else None,
            bounces.c.mailing: mailing,
            bounces.c.newsletter: newsletter or None,
            bounces.c.subscriber_id: subscriber,
        }
        where = [column == value for column, value in wanted.items() if value is not None]
        if before:
            where.append(bounces.c.id < before)
        query = (
            select(*_SHOWN, suppressions.c.reason.is_not(None).label("suppressed"))
            .join(subscribers, subscribers.c.id == bounces.c.subscriber_id)
            .outerjoin(suppressions, suppressions.c.address_hash == subscribers.c.address_hash)
            .where(*where)
            .order_by(bounces.c.id.desc())
            .limit(limit)
        )
        with reading(self._engine) as connection:
            rows = connection.execute(query).all()
        return [_bounce(row) for row in rows]

    def tally(self, mailing: int | None = None) -> Mapping[BounceKind, int]:
        """Count what came back, by kind, all kinds named; of one mailing, or all."""
        query = select(bounces.c.kind, func.count().label("rows")).group_by(bounces.c.kind)
        if mailing is not None:
            query = query.where(bounces.c.mailing == mailing)
        with reading(self._engine) as connection:
            found = {row.kind: row.rows for row in connection.execute(query)}
        return {kind: found.get(kind.value, 0) for kind in BounceKind}

    def forget_messages(self, before: datetime) -> int:
        """Drop the messages that came before, as they name people; answers how many.

        What they said of the address stays with it.
        """
        old = bounces.c.at < before, bounces.c.raw.is_not(None)
        with reading(self._engine) as connection:
            if connection.scalar(select(bounces.c.id).where(*old).limit(1)) is None:
                return 0
        drop = update(bounces).where(*old).values(raw=None)
        return writing(self._engine, lambda connection: connection.execute(drop).rowcount)

    def _note(self, connection: Connection, came: Sequence[Bounced]) -> Noted:
        now = self._now()
        people = _people(connection, {one.subscriber for one in came})
        fresh = {_identity(one): one for one in came if one.subscriber in people}
        for known in _known(connection, list(fresh)):
            del fresh[known]
        if not fresh:
            return Noted()
        connection.execute(insert(bounces), [_row(i, one, now) for i, one in fresh.items()])
        past = _past(connection, {one.subscriber for one in fresh.values()}, now)
        struck = {}
        for one in fresh.values():
            history = [*past[one.subscriber], Past(one.kind, now)]
            if one.subscriber not in struck and (
                found := verdict(history, is_certain=one.is_certain)
            ):
                how = clean(f"{found.why}: {unnamed(one.said) or one.status}".rstrip(": "))
                suppress(connection, people[one.subscriber], found.reason, now, how)
                struck[one.subscriber] = found
        return Noted(len(fresh), tuple(struck))


_SHOWN = (
    bounces.c.id,
    bounces.c.subscriber_id.label("subscriber"),
    subscribers.c.address,
    bounces.c.kind,
    bounces.c.status,
    bounces.c.said,
    bounces.c.at,
    bounces.c.newsletter,
    bounces.c.mailing,
    bounces.c.source,
)


def _bounce(row: Any) -> Bounce:
    values = {name: getattr(row, name) for name in Bounce.__slots__}
    return Bounce(**{**values, "kind": BounceKind(row.kind)})


def _people(connection: Connection, numbers: Iterable[int]) -> dict[int, bytes]:
    """The hashes of the addresses of those who are here, held until the transaction ends."""
    rows = connection.execute(
        select(subscribers.c.id, subscribers.c.address_hash)
        .where(subscribers.c.id.in_(sorted(numbers)))
        .order_by(subscribers.c.id)
        .with_for_update()
    )
    return {row.id: row.address_hash for row in rows}


def _known(connection: Connection, identities: Sequence[bytes]) -> Sequence[bytes]:
    query = select(bounces.c.identity).where(bounces.c.identity.in_(identities))
    return connection.scalars(query).all()


def _past(
    connection: Connection, numbers: Iterable[int], now: datetime
) -> defaultdict[int, list[Past]]:
    """What counts of each of these people, the oldest first."""
    found: defaultdict[int, list[Past]] = defaultdict(list)
    rows = connection.execute(
        select(bounces.c.subscriber_id, bounces.c.kind, bounces.c.at)
        .where(
            bounces.c.subscriber_id.in_(sorted(numbers)),
            bounces.c.at > now - SLOW_WITHIN,
            bounces.c.counts.is_(True),
        )
        .order_by(bounces.c.at, bounces.c.id)
    )
    for number, kind, at in rows:
        found[number].append(Past(BounceKind(kind), at))
    return found


def _identity(one: Bounced) -> bytes:
    words = f"{one.subscriber} {one.kind} {one.identity}".encode("utf-8", "replace")
    return blake2b(words, digest_size=16, person=b"bounce").digest()


def _row(identity: bytes, one: Bounced, now: datetime) -> dict[str, object]:
    return {
        "subscriber_id": one.subscriber,
        "identity": identity,
        "kind": one.kind.value,
        "status": one.status[:16],
        "said": clean(one.said)[:_MOST_SAID],
        "at": now,
        "newsletter": one.newsletter,
        "mailing": one.mailing,
        "source": one.source,
        "counts": True,
        "raw": one.raw[:MOST_RAW] or None,
    }
