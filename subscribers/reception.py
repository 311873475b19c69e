"""Answers what strangers asked for at the counter, by letter, and does what they confirm."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select, update

from subscribers import requests, store
from subscribers.addresses import address_hash
from subscribers.consent import Act, choose, decide
from subscribers.counter import purge
from subscribers.enrolment import Enrolment, Follow, Wish
from subscribers.errors import BadTokenError, GoneError
from subscribers.model import Consent, State, What
from subscribers.requests import Kind, Request
from subscribers.tables import subscribers
from subscribers.tokens import Mint, Scope
from subscribers.transaction import leave_nothing, reading, writing

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Connection, Engine

    from subscribers.letters import Letters
    from subscribers.model import Offer, Subscriber, Themes
    from subscribers.rules import Rules
    from subscribers.tokens import Links

_BATCH = 100
_EVERY = {
    Kind.SUBSCRIBE: timedelta(days=1),
    Kind.ADDRESS: timedelta(days=1),
    Kind.LINK: timedelta(hours=1),
}
"""How long one letter of a kind to one address speaks for all that is asked meanwhile."""


class Reception:
    """Answers requests.

    Args:
        now: the present moment, aware.
        random: gives so many random bytes.
        offers: the newsletters there are, with their titles.
    """

    def __init__(
        self,
        engine: Engine,
        key: bytes,
        now: Callable[[], datetime],
        random: Callable[[int], bytes],
        letters: Letters,
        links: Links,
        offers: Sequence[Offer],
        rules: Rules,
    ) -> None:
        self._engine = engine
        self._key = key
        self._now = now
        self._letters = letters
        self._links = links
        self._offers = {offer.newsletter: offer for offer in offers}
        self._rules = rules
        self._enrolment = Enrolment(key, random)
        self._mint = Mint(key, Scope.CONFIRM)

    def answer(self) -> int:
        """Answer what was asked, each with one letter at most; answers how many there were.

        A request and its letter are kept together: whoever dies in between has done neither.
        """
        done = 0
        while count := writing(self._engine, self._answer_some):
            done += count
        return done

    def purge(self) -> int:
        """Delete what was not confirmed in time; answers how many."""
        deleted = writing(self._engine, lambda c: purge(c, self._now(), self._rules.kept))
        if deleted:
            leave_nothing(self._engine)
        return deleted

    def asked(self, token: str) -> Request:
        """Say what a link confirms; changes nothing.

        Raises:
            BadTokenError: it is not one of ours.
            GoneError: it was, and has run out.
        """
        handle = self._mint.open(token).handle
        with reading(self._engine) as connection:
            return self._good(requests.by_handle(connection, handle))

    def confirm(self, token: str, *, said: str) -> Subscriber:
        """Do what a link confirms; again, it does nothing more.

        Args:
            token: of the link.
            said: the words on the page that are agreed to, for the record.

        Raises:
            BadTokenError, GoneError: as for :meth:`asked`.
        """
        handle = self._mint.open(token).handle

        def confirm(connection: Connection) -> Subscriber:
            asked = self._good(requests.by_handle(connection, handle, held=True))
            number = asked.subscriber
            if not asked.confirmed_at:
                number = self._do(connection, asked, said)
                requests.confirmed(connection, asked, number, self._now())
            found = store.load(connection, subscribers.c.id == number)
            if not found:
                raise GoneError
            return found[0]

        return writing(self._engine, confirm)

    def _good(self, asked: Request | None) -> Request:
        if asked is None or asked.asked_at + self._rules.kept <= self._now():
            raise GoneError
        return asked

    def _answer_some(self, connection: Connection) -> int:
        found = requests.unanswered(connection, _BATCH)
        for asked in found:
            self._answer(connection, asked)
        return len(found)

    def _answer(self, connection: Connection, asked: Request) -> None:
        now = self._now()
        before = requests.answered_before(connection, asked, now - _EVERY[asked.kind])
        if before is not None:
            # The letter that is out speaks for this one as well.
            if asked.kind is Kind.SUBSCRIBE:
                requests.widen(connection, before.id, _together(before.wanted, asked.wanted))
            requests.drop(connection, asked.id)
            return
        write = {Kind.SUBSCRIBE: self._ask, Kind.LINK: self._link, Kind.ADDRESS: self._ask_there}
        if write[asked.kind](connection, asked):
            requests.answered(connection, asked, now)
        else:
            requests.drop(connection, asked.id)

    def _ask(self, connection: Connection, asked: Request) -> bool:
        titles = [self._offers[slug].title for slug in asked.wanted if slug in self._offers]
        self._letters.send(
            connection, "confirm", asked.handle.hex(), asked.address, asked.language,
            titles=titles, url=self._links.confirm(asked.handle), days=self._rules.kept.days,
        )  # fmt: skip
        return True

    def _link(self, connection: Connection, asked: Request) -> bool:
        found = store.load(connection, subscribers.c.address_hash == asked.address_hash)
        for person in found:
            self._letters.send(
                connection, "link", asked.handle.hex(), person.address, person.language,
                url=self._links.preferences(person.handle),
            )  # fmt: skip
        return bool(found)

    def _ask_there(self, connection: Connection, asked: Request) -> bool:
        found = store.load(connection, subscribers.c.id == asked.subscriber)
        for person in found:
            self._letters.send(
                connection, "address-change", asked.handle.hex(), asked.address, person.language,
                url=self._links.confirm(asked.handle), days=self._rules.kept.days,
            )  # fmt: skip
        return bool(found)

    def _do(self, connection: Connection, asked: Request, said: str) -> int:
        if asked.kind is Kind.SUBSCRIBE:
            return self._enrol(connection, asked, said)
        if asked.kind is Kind.ADDRESS:
            return self._move(connection, asked, said)
        raise BadTokenError

    def _enrol(self, connection: Connection, asked: Request, said: str) -> int:
        now = self._now()
        how = f"{asked.how}, {asked.asked_at:%Y-%m-%d %H:%M} UTC; confirmed by letter"
        acts = (Act.ASK, Act.CONFIRM, Act.REJOIN)
        follows = tuple(Follow(slug, themes, acts) for slug, themes in asked.wanted.items())
        wish = Wish(asked.address, follows, how, asked.name, asked.language, said=said)
        before = _states(connection, asked.address_hash)
        _, number = self._enrolment.enrol(connection, [wish], now)[0]
        self._choose(connection, number, asked.wanted, how)
        joined = [slug for slug in asked.wanted if before.get(slug) is not State.ACTIVE]
        if joined and self._rules.welcome:
            self._welcome(connection, asked, number, joined)
        return number

    def _choose(
        self, connection: Connection, number: int, wanted: Mapping[str, Themes], how: str
    ) -> None:
        """Add what was wanted now to what was followed before; it is the reader's own word."""
        held = store.subscriptions_of(connection, [number])[number]
        both = _together({slug: held[slug].themes for slug in wanted}, wanted)
        steps = [
            (number, step)
            for slug in wanted
            if (step := choose(held[slug], both[slug], self._now(), how=how))
        ]
        store.keep(connection, steps, {(number, slug) for slug in held})

    def _welcome(
        self, connection: Connection, asked: Request, number: int, joined: Sequence[str]
    ) -> None:
        [person] = store.load(connection, subscribers.c.id == number)
        self._letters.send(
            connection, "welcome", asked.handle.hex(), person.address, person.language,
            titles=[self._offers[slug].title for slug in joined if slug in self._offers],
            newsletters={one.newsletter: one.themes for one in person.subscriptions
                         if one.newsletter in joined},
            preferences_url=self._links.preferences(person.handle),
            leave_url=self._links.unsubscribe(person.handle, joined[0]),
        )  # fmt: skip

    def _move(self, connection: Connection, asked: Request, said: str) -> int:
        """Send a person's letters to the address that was confirmed.

        Where that address has letters of its own, it takes over what it does not follow yet, and
        the old address leaves: both keep the links in their letters.
        """
        now, number = self._now(), asked.subscriber or 0
        person = store.load(connection, subscribers.c.id == number)
        if not person:
            raise GoneError
        how = "change of address, confirmed by letter"
        there = store.load(connection, subscribers.c.address_hash == asked.address_hash)
        if there and there[0].id != number:
            return self._hand_over(connection, person[0], there[0], how)
        changed = update(subscribers).where(subscribers.c.id == number)
        new = address_hash(self._key, asked.address)
        connection.execute(changed.values(address=asked.address, address_hash=new))
        store.record(connection, [(number, Consent("", What.MOVED, now, how, said=said))])
        return number

    def _hand_over(self, connection: Connection, old: Subscriber, new: Subscriber, how: str) -> int:
        now, steps, rows = self._now(), [], set()
        for held in old.subscriptions:
            rows.add((old.id, held.newsletter))
            there = new.subscription(held.newsletter)
            if there:
                rows.add((new.id, held.newsletter))
            if held.state in {State.ACTIVE, State.PAUSED} and (
                step := decide(there, Act.REJOIN, held.newsletter, now, how=how, themes=held.themes)
            ):
                steps.append((new.id, step))
            if step := decide(held, Act.LEAVE, held.newsletter, now, how=how):
                steps.append((old.id, step))
        store.keep(connection, steps, rows)
        return new.id


def _states(connection: Connection, address_hash_: bytes) -> dict[str, State]:
    number = connection.scalar(
        select(subscribers.c.id).where(subscribers.c.address_hash == address_hash_)
    )
    held = store.subscriptions_of(connection, [number])[number] if number else {}
    return {slug: subscription.state for slug, subscription in held.items()}


def _together(one: Mapping[str, Themes], other: Mapping[str, Themes]) -> dict[str, Themes]:
    """Themes of both; all of a newsletter where either wants all."""
    both = dict(one)
    for slug, themes in other.items():
        mine = both.get(slug, ())
        if mine is None or themes is None:
            both[slug] = None
        else:
            both[slug] = tuple(dict.fromkeys((*mine, *themes)))
    return both
