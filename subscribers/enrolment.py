"""Adding people, one or a thousand at a time, in the same way."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, select, update

from subscribers import store
from subscribers.addresses import address_hash
from subscribers.bulk import WANTED, Bulk, Lookup
from subscribers.consent import Act, Step, decide, widen
from subscribers.model import Stop
from subscribers.suppression import suppress_many
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
    suppressed: str = ""
    """Why the address must not be mailed; empty: it may be."""
    said: str = ""
    """The words that were agreed to."""


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
        stops = [
            Stop(found, wish.suppressed, wish.how or "imported", None)
            for found, wish in hashed
            if wish.suppressed
        ]
        suppress_many(connection, stops, now)
        return outcomes

    def _add(
        self, connection: Connection, strangers: Iterable[tuple[bytes, Wish]], now: datetime
    ) -> dict[bytes, _Known]:
        rows = {
            found: (self._random(HANDLE_SIZE), found, wish.address, wish.name, wish.language, now)
            for found, wish in strangers
        }
        if not rows:
            return {}
        _PEOPLE.add(connection, list(rows.values()))
        return _known(connection, list(rows))


_PEOPLE = Bulk(subscribers, "handle", "address_hash", "address", "name", "language", "created_at")


class _Batch:
    """Gathers the changes of many wishes and writes them together."""

    def __init__(self, connection: Connection, numbers: Sequence[int], now: datetime) -> None:
        self._connection = connection
        self._now = now
        self._current = store.subscriptions_of(connection, numbers)
        self._rows = {(n, slug) for n, held in self._current.items() for slug in held}
        self._steps: list[tuple[int, Step]] = []
        self._names: dict[int, str] = {}
        self._begun: dict[tuple[tuple[Follow, ...], str, str], list[Step]] = {}
        """The first steps of strangers, of whom thousands wish the same."""

    def carry_out(self, wish: Wish, person: _Known) -> bool:
        """Take one wish in; says whether it changed anything."""
        before = len(self._steps)
        if person.number in self._current:
            for follow in wish.follows:
                self._follow(person.number, follow, wish)
        else:
            self._begin(person.number, wish)
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

    def _begin(self, number: int, wish: Wish) -> None:
        alike = (wish.follows, wish.how, wish.said)
        if (steps := self._begun.get(alike)) is None:
            first = len(self._steps)
            for follow in wish.follows:
                self._follow(number, follow, wish)
            self._begun[alike] = [step for _, step in self._steps[first:]]
            return
        self._current[number] = {step.after.newsletter: step.after for step in steps}
        self._steps += [(number, step) for step in steps]

    def _follow(self, number: int, follow: Follow, wish: Wish) -> None:
        held = self._current[number]
        moved = False
        for act in follow.acts:
            step = decide(
                held.get(follow.newsletter), act, follow.newsletter, self._now,
                how=wish.how, themes=follow.themes, since=follow.since,
            )  # fmt: skip
            if step:
                moved = True
                self._take(number, held, step, wish.said)
        current = held.get(follow.newsletter)
        if moved or current is None:
            return
        if step := widen(current, follow.themes, self._now, how=wish.how):
            self._take(number, held, step, wish.said)

    def _take(self, number: int, held: dict[str, Subscription], step: Step, said: str) -> None:
        held[step.after.newsletter] = step.after
        if said:
            step = replace(step, consent=replace(step.consent, said=said))
        self._steps.append((number, step))


_NAME = (
    update(subscribers)
    .where(subscribers.c.id == bindparam("its_id"))
    .values(name=bindparam("its_name"))
)


_BY_HASH = Lookup(
    select(subscribers.c.address_hash, subscribers.c.id, subscribers.c.name)
    .where(subscribers.c.address_hash.in_(WANTED))
    .order_by(subscribers.c.id)
    .with_for_update()
)
_ERASED = Lookup(select(consents.c.address_hash).where(consents.c.address_hash.in_(WANTED)))


def _outcome(*, fresh: bool, changed: bool) -> Outcome:
    if fresh:
        return Outcome.ADDED
    return Outcome.CHANGED if changed else Outcome.UNCHANGED


def _returns(wish: Wish) -> bool:
    return any(Act.REJOIN in follow.acts for follow in wish.follows)


def _known(connection: Connection, hashes: Sequence[bytes]) -> dict[bytes, _Known]:
    """The people of these hashes, held until the transaction ends (in one order: no deadlock)."""
    rows = _BY_HASH.rows(connection, hashes)
    return {found: _Known(number, name) for found, number, name in rows}


def _erased(connection: Connection, hashes: Sequence[bytes]) -> frozenset[bytes]:
    """Those of the hashes whose people asked to be forgotten."""
    return frozenset(row[0] for row in _ERASED.rows(connection, hashes))
