"""Adding people, one or a thousand at a time, in the same way."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, insert, select, update

from subscribers import store
from subscribers.addresses import address_hash
from subscribers.consent import Act, Step, decide, widen
from subscribers.tables import consents, subscribers
from subscribers.tokens import HANDLE_SIZE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from subscribers.model import Subscription, Themes


@dataclass(frozen=True, slots=True)
class Follow:
    """A newsletter that somebody is to follow, and the acts that bring them there."""

    newsletter: str
    themes: Themes
    acts: tuple[Act, ...]
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Wish:
    """One person to add, or to add to."""

    address: str
    follows: tuple[Follow, ...]
    how: str
    name: str = ""
    language: str = ""


class Outcome(Enum):
    """What became of a wish."""

    ADDED = auto()
    CHANGED = auto()
    UNCHANGED = auto()
    ERASED = auto()
    """Refused: the person asked to be forgotten, and nothing says that they came back."""


@dataclass(frozen=True, slots=True)
class _Known:
    number: int
    name: str


class Enrolment:
    """Carries out wishes.

    Args:
        key: the site's secret, for the hashes of addresses.
        random: gives so many random bytes, for the handles.
    """

    def __init__(self, key: bytes, random: Callable[[int], bytes]) -> None:
        self._key = key
        self._random = random

    def enrol(
        self, connection: Connection, wishes: Sequence[Wish], now: datetime
    ) -> list[tuple[Outcome, int]]:
        """Carry out wishes in their order.

        Returns:
            For each wish what became of it and the person's number (0 where refused).
        """
        hashed = [(address_hash(self._key, wish.address), wish) for wish in wishes]
        known = _known(connection, [found for found, _ in hashed])
        strangers = [(found, wish) for found, wish in hashed if found not in known]
        refused = _erased(connection, [found for found, wish in strangers if not _returns(wish)])
        new = self._add(connection, ((h, wish) for h, wish in strangers if h not in refused), now)
        batch = _Batch(connection, [person.number for person in known.values()], now)
        outcomes = []
        for found, wish in hashed:
            if found in refused:
                outcomes.append((Outcome.ERASED, 0))
                continue
            fresh = new.pop(found, None)
            person = known.setdefault(found, fresh) if fresh else known[found]
            changed = batch.carry_out(wish, person)
            outcomes.append((_outcome(fresh=bool(fresh), changed=changed), person.number))
        batch.write()
        return outcomes

    def _add(
        self, connection: Connection, strangers: Iterable[tuple[bytes, Wish]], now: datetime
    ) -> dict[bytes, _Known]:
        rows = {
            found: {
                "handle": self._random(HANDLE_SIZE),
                "address_hash": found,
                "address": wish.address,
                "name": wish.name,
                "language": wish.language,
                "created_at": now,
            }
            for found, wish in strangers
        }
        if not rows:
            return {}
        connection.execute(insert(subscribers), list(rows.values()))
        return _known(connection, list(rows))


class _Batch:
    """Gathers the changes of many wishes and writes them together."""

    def __init__(self, connection: Connection, numbers: Sequence[int], now: datetime) -> None:
        self._connection = connection
        self._now = now
        self._current = store.subscriptions_of(connection, numbers)
        self._rows = {(n, slug) for n, held in self._current.items() for slug in held}
        self._steps: list[tuple[int, Step]] = []
        self._names: dict[int, str] = {}

    def carry_out(self, wish: Wish, person: _Known) -> bool:
        """Take one wish in; says whether it changed anything."""
        before = len(self._steps)
        for follow in wish.follows:
            self._follow(person.number, follow, wish.how)
        named = bool(wish.name) and not person.name and person.number not in self._names
        if named:
            self._names[person.number] = wish.name
        return named or len(self._steps) > before

    def write(self) -> None:
        """Put everything gathered into the database."""
        store.keep(self._connection, self._steps, self._rows)
        if self._names:
            rows = [{"its_id": number, "its_name": name} for number, name in self._names.items()]
            self._connection.execute(_NAME, rows)

    def _follow(self, number: int, follow: Follow, how: str) -> None:
        held = self._current[number]
        moved = False
        for act in follow.acts:
            step = decide(
                held.get(follow.newsletter), act, follow.newsletter, self._now,
                how=how, themes=follow.themes, since=follow.since,
            )  # fmt: skip
            if step:
                moved = True
                self._take(number, held, step)
        current = held.get(follow.newsletter)
        if current and not moved and (step := widen(current, follow.themes, self._now, how=how)):
            self._take(number, held, step)

    def _take(self, number: int, held: dict[str, Subscription], step: Step) -> None:
        held[step.after.newsletter] = step.after
        self._steps.append((number, step))


_NAME = (
    update(subscribers)
    .where(subscribers.c.id == bindparam("its_id"))
    .values(name=bindparam("its_name"))
)


def _outcome(*, fresh: bool, changed: bool) -> Outcome:
    if fresh:
        return Outcome.ADDED
    return Outcome.CHANGED if changed else Outcome.UNCHANGED


def _returns(wish: Wish) -> bool:
    return any(Act.REJOIN in follow.acts for follow in wish.follows)


def _known(connection: Connection, hashes: Sequence[bytes]) -> dict[bytes, _Known]:
    """The people of these hashes, held until the transaction ends (in one order: no deadlock)."""
    columns = subscribers.c
    rows = connection.execute(
        select(columns.address_hash, columns.id, columns.name)
        .where(columns.address_hash.in_(hashes))
        .order_by(columns.id)
        .with_for_update()
    )
    return {found: _Known(number, name) for found, number, name in rows}


def _erased(connection: Connection, hashes: Sequence[bytes]) -> frozenset[bytes]:
    """Those of the hashes whose people asked to be forgotten."""
    column = consents.c.address_hash
    return frozenset(connection.scalars(select(column).where(column.in_(hashes))))
