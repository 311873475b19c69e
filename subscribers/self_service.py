"""What readers do by the links in their letters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from subscribers import store
from subscribers.consent import Act, decide
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
    from subscribers.model import Subscription, Themes

    Held = Mapping[str, Subscription]


class SelfService:
    """Opens links, and does what each is for and nothing else.

    Every method raises ``BadTokenError`` for a token that does not open it, and
    ``UnavailableError`` when the database does not answer.

    Args:
        now: the present moment, aware.
    """

    def __init__(self, engine: Engine, key: bytes, now: Callable[[], datetime]) -> None:
        self._engine = engine
        self._now = now
        self._preferences = Mint(key, Scope.PREFERENCES)
        self._unsubscribe = Mint(key, Scope.UNSUBSCRIBE)

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
        now = self._now()

        def steps(held: Held) -> list[Step]:
            return changes(held, wanted, offered, now, how)

        if not self._change(self._preferences.open(token), steps):
            raise BadTokenError

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

    def _act(self, token: str, act: Act, how: str) -> Subscription | None:
        capability = self._unsubscribe.open(token)
        newsletter = capability.newsletter
        now = self._now()
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
