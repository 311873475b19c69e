"""Takes what strangers ask for: checks how much, writes it down, and says nothing about anybody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from subscribers import limits, requests
from subscribers.addresses import address_hash, normalise
from subscribers.cells import clean
from subscribers.errors import BadAddressError, BadSlugError, ProofError, TooManyError
from subscribers.limits import Limits
from subscribers.proof import Proof
from subscribers.requests import Kind, Request
from subscribers.tokens import HANDLE_SIZE
from subscribers.transaction import reading, writing

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime, timedelta

    from sqlalchemy import Connection, Engine

    from subscribers.model import Themes
    from subscribers.rules import Rules

_LONGEST_ADDRESS = 320


class Counter:
    """Where strangers come: who they are and whether they are known is not asked here.

    Every method does the same, statement by statement, whatever address it is given.

    Args:
        now: the present moment, aware.
        random: gives so many random bytes.
    """

    def __init__(
        self,
        engine: Engine,
        key: bytes,
        now: Callable[[], datetime],
        random: Callable[[int], bytes],
        rules: Rules,
    ) -> None:
        self._engine = engine
        self._key = key
        self._now = now
        self._random = random
        self._rules = rules
        self._limits = Limits(key)
        self._proof = Proof(key)

    def challenge(self) -> str:
        """Set a task for the page's script, as JSON."""
        return self._proof.challenge(self._now())

    def subscribe(
        self,
        address: str,
        wanted: Mapping[str, Themes],
        *,
        how: str,
        host: str,
        name: str = "",
        language: str = "",
        proof: str = "",
    ) -> None:
        """Take a wish to follow newsletters; a letter will ask whether it is meant.

        Args:
            address: as it was typed.
            wanted: the themes of each newsletter (``None``: all).
            how: where the form stood.
            host: network address of the visitor; only a keyed hash of it is kept, for an hour.
            name: of the person, if it was asked for.
            language: a tag, if it is known.
            proof: what the page's script worked out; empty: nothing.

        Raises:
            BadAddressError: mail cannot reach it, or it may not sign up here.
            BadSlugError: nothing was chosen.
            TooManyError: too many came, from there or in all.
            ProofError: a proof of work is wanted first.
        """
        if not wanted:
            raise BadSlugError("Please choose at least one newsletter.")
        found = self._checked(address)
        if refusal := self._rules.screen.refusal(found):
            raise BadAddressError(refusal)
        asked = self._request(Kind.SUBSCRIBE, found, how, wanted, clean(name), language)
        self._take(asked, host, proof)

    def link(self, address: str, *, host: str, proof: str = "") -> None:
        """Take a wish for a fresh link to one's preferences.

        Raises:
            BadAddressError, TooManyError, ProofError: as for :meth:`subscribe`.
        """
        self._take(self._request(Kind.LINK, self._checked(address), "link page"), host, proof)

    def move(self, address: str, subscriber: int, *, host: str) -> None:
        """Take a wish to have letters sent to another address; a letter there asks about it.

        Raises:
            BadAddressError, TooManyError: as for :meth:`subscribe`.
        """
        found = self._checked(address)
        if refusal := self._rules.screen.refusal(found):
            raise BadAddressError(refusal)
        asked = self._request(Kind.ADDRESS, found, "preferences page", subscriber=subscriber)
        self._take(asked, host, None)

    def any_waiting(self) -> bool:
        """Whether somebody waits for an answer."""
        with reading(self._engine) as connection:
            return requests.any_unanswered(connection)

    def _take(self, asked: Request, host: str, proof: str | None) -> None:
        def take(connection: Connection) -> Exception | None:
            if refused := self._refusal(connection, host, proof, asked.asked_at):
                return refused  # raised when what was spent is kept
            requests.write_down(connection, asked)
            return None

        if refused := writing(self._engine, take):
            raise refused

    def _refusal(
        self, connection: Connection, host: str, proof: str | None, now: datetime
    ) -> Exception | None:
        rules = self._rules
        if proof is not None and not self._proven(connection, proof, now):
            return ProofError("This form is under attack; your browser has to prove some work.")
        if not self._limits.spend(connection, self._limits.network(host), rules.network, now):
            return TooManyError(
                "Many sign-ups came from your network within the hour. Please try again later."
            )
        if not self._limits.spend(connection, "everybody", rules.overall, now):
            return TooManyError("Too many people sign up right now. Please try again later.")
        return None

    def _proven(self, connection: Connection, proof: str, now: datetime) -> bool:
        """Whether no proof is needed, or a good one came that was not used before."""
        rules = self._rules
        if rules.proof == "never":
            return True
        if rules.proof == "auto" and self._limits.spend(connection, "calm", rules.calm, now):
            return True
        solved = self._proof.solved(proof, now)
        if solved is None:
            return False
        return self._limits.once(connection, f"proof {solved.challenge}", solved.until, now)

    def _request(
        self,
        kind: Kind,
        address: str,
        how: str,
        wanted: Mapping[str, Themes] | None = None,
        name: str = "",
        language: str = "",
        subscriber: int | None = None,
    ) -> Request:
        return Request(
            id=0,
            handle=self._random(HANDLE_SIZE),
            kind=kind,
            address_hash=address_hash(self._key, address),
            address=address,
            name=name,
            language=language,
            wanted=wanted or {},
            how=clean(how),
            subscriber=subscriber,
            asked_at=self._now(),
            confirmed_at=None,
        )

    def _checked(self, address: str) -> str:
        if len(address) > _LONGEST_ADDRESS:
            raise BadAddressError("This is too long to be an email address.")
        return normalise(address)


def purge(connection: Connection, now: datetime, kept: timedelta) -> int:
    """Delete what was not confirmed in time and limits that are over; answers how many requests."""
    limits.forget_spent(connection, now)
    return requests.purge(connection, now - kept)
