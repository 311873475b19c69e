"""What readers do by the links in their letters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import update

from subscribers import store
from subscribers.consent import Act, decide, pause
from subscribers.errors import BadTokenError
from subscribers.model import State, Subscriber
from subscribers.preferences import changes
from subscribers.tables import subscribers
from subscribers.tokens import Capability, Mint, Scope
from subscribers.transaction import reading, writing

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping
    from datetime import datetime

    from sqlalchemy import Connection, Engine

    from subscribers.consent import Step
    from subscribers.model import Dossier, Subscription, Themes

    Held = Mapping[str, Subscription]


class SelfService:
    """Opens links, and does what each is for and nothing else.

    Every method raises ``BadTokenError`` for a token that does not open it, and
    ``UnavailableError`` when the database does not answer.

    Args:
        now: the present moment, aware; pages ask it, too.
    """

    def __init__(self, engine: Engine, key: bytes, now: Callable[[], datetime]) -> None:
        self._engine = engine
        self.now = now
        self._preferences = Mint(key, Scope.PREFERENCES)
        self._unsubscribe = Mint(key, Scope.UNSUBSCRIBE)
        self._erase = Mint(key, Scope.ERASE)

    def subscriber(self, token: str) -> Subscriber:
        """Give the person whose preferences a token opens."""
        capability = self._preferences.open(token)
        with reading(self._engine) as connection:
            found = store.load(connection, subscribers.c.handle == capability.handle)
        if not found:
            raise BadTokenError
        return found[0]

    def choose(
        self, token: str, wanted: Mapping[str, Themes], offered: Collection[str], *, how: str
    ) -> None:
        """Follow these newsletters and themes, and leave the others that were on offer."""
        now = self.now()

        def steps(held: Held) -> list[Step]:
            return changes(held, wanted, offered, now, how)

        self._for_the_reader(token, steps)

    def dossier(self, token: str) -> Dossier:
        """Give all that is kept about the person whose preferences a token opens."""
        capability = self._preferences.open(token)
        with reading(self._engine) as connection:
            found = store.load(connection, subscribers.c.handle == capability.handle)
            if not found:
                raise BadTokenError
            return store.dossier(connection, found[0])

    def erase_token(self, token: str) -> str:
        """Make the token that erases the person whose preferences a token opens."""
        return self._erase.make(self._preferences.open(token).handle)

    def to_erase(self, token: str) -> Subscriber:
        """Give the person that a token erases."""
        handle = self._erase.open(token).handle
        with reading(self._engine) as connection:
            found = store.load(connection, subscribers.c.handle == handle)
        if not found:
            raise BadTokenError
        return found[0]

    def pause(self, token: str, *, until: datetime | None, catch_up: bool, how: str) -> None:
        """Have no letters of anything for a while."""
        now = self.now()

        def steps(held: Held) -> list[Step]:
            made = (
                pause(one, now, until=until, catch_up=catch_up, how=how) for one in held.values()
            )
            return [step for step in made if step]

        self._for_the_reader(token, steps)

    def resume(self, token: str, *, how: str) -> None:
        """Have letters again."""
        now = self.now()

        def steps(held: Held) -> list[Step]:
            made = (decide(one, Act.RESUME, slug, now, how=how) for slug, one in held.items())
            return [step for step in made if step]

        self._for_the_reader(token, steps)

    def speak(self, token: str, language: str) -> None:
        """Have letters in a language."""
        handle = self._preferences.open(token).handle
        theirs = update(subscribers).where(subscribers.c.handle == handle)
        writing(
            self._engine, lambda connection: connection.execute(theirs.values(language=language))
        )

    def newsletter(self, token: str) -> str:
        """Say which newsletter a token leaves; looks nobody up."""
        return self._unsubscribe.open(token).newsletter

    def leave(self, token: str, *, how: str) -> None:
        """Leave; well too when left before, or forgotten here since: they are out."""
        self._act(token, Act.LEAVE, how)

    def undo(self, token: str, *, how: str) -> bool:
        """Come back after leaving; False: too long ago, the newsletter is not followed."""
        held = self._act(token, Act.UNDO, how)
        return held is not None and held.state is not State.LEFT

    def _for_the_reader(self, token: str, steps: Callable[[Held], list[Step]]) -> None:
        if not self._change(self._preferences.open(token), steps):
            raise BadTokenError

    def _act(self, token: str, act: Act, how: str) -> Subscription | None:
        capability = self._unsubscribe.open(token)
        newsletter = capability.newsletter
        now = self.now()
        after: list[Subscription | None] = [None]

        def steps(held: Held) -> list[Step]:
            before = held.get(newsletter)
            step = decide(before, act, newsletter, now, how=how)
            after[0] = step.after if step else before
            return [step] if step else []

        self._change(capability, steps)
        return after[0]

    def _change(self, capability: Capability, steps: Callable[[Held], list[Step]]) -> bool:
        def change(connection: Connection) -> bool:
            number = store.lock(connection, subscribers.c.handle == capability.handle)
            if number is None:
                return False
            held = store.subscriptions_of(connection, [number])[number]
            rows = {(number, newsletter) for newsletter in held}
            store.keep(connection, [(number, step) for step in steps(held)], rows)
            return True

        return writing(self._engine, change)
