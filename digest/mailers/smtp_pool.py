"""Several connections at once, with one thread each; everything else in the caller's thread.

::

    caller's thread   letters ──▶ inbox ──▶ lane 1 ─┐
                      receipts ◀── events ◀──────── ├─ lane 2 …
                      at_dot  ◀── "may it go?" ─────┘

A lane asks for its letter before the server can take it and waits for the answer. Its receipt
for the letter before came through the same queue earlier, so whoever answers knows it: of each
connection at most one letter is between the two at any moment.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from queue import SimpleQueue
from threading import Thread

from digest.core.letter import Letter
from digest.core.outbox import Outcome, Receipt
from digest.errors import DeliveryError
from digest.mailers.smtp_session import LostError, Session


@dataclass(frozen=True, slots=True)
class Question:
    """A lane is at the dot with a letter, and waits."""

    letter: Letter
    answer: SimpleQueue[bool] = field(default_factory=SimpleQueue)


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a letter."""

    letter: Letter
    receipt: Receipt


@dataclass(frozen=True, slots=True)
class Ended:
    """A lane stopped; with an error when it could not go on."""

    error: BaseException | None


Event = Question | Answer | Ended


class Lane(Thread):
    """Carries letters from the inbox over one connection after the other."""

    def __init__(
        self,
        dial: Callable[[], Session],
        inbox: SimpleQueue[Letter | None],
        events: SimpleQueue[Event],
    ) -> None:
        """Prepare; ``None`` in the inbox ends it."""
        super().__init__(name="smtp", daemon=True)
        self._dial = dial
        self._inbox = inbox
        self._events = events
        self._session: Session | None = None

    def run(self) -> None:
        """Work until the inbox says so or the server cannot be reached."""
        error: BaseException | None = None
        try:
            self._work()
        except BaseException as fault:  # noqa: BLE001 - raised again in the caller's thread
            error = fault
        finally:
            self._hang_up()
            self._events.put(Ended(error))

    def _work(self) -> None:
        # The session is opened first, so that no letter waits in a lane that has none.
        self._open()
        while letter := self._inbox.get():
            try:
                receipt = self._carry(letter)
            except DeliveryError as error:
                self._events.put(Answer(letter, Receipt(Outcome.DEFERRED, str(error))))
                raise
            if receipt:
                self._events.put(Answer(letter, receipt))
            self._open()

    def _carry(self, letter: Letter) -> Receipt | None:
        session = self._open()
        try:
            return session.carry(letter, self._may_go)
        except LostError as lost:
            if not session.carried:
                return _deferred(lost)
        # A connection that was used before may have been closed meanwhile: that is no failure.
        try:
            return self._open().carry(letter, self._may_go)
        except LostError as lost:
            return _deferred(lost)

    def _open(self) -> Session:
        if self._session is None or self._session.spent:
            self._hang_up()
            self._session = self._dial()
        return self._session

    def _hang_up(self) -> None:
        session, self._session = self._session, None
        if session:
            session.close()

    def _may_go(self, letter: Letter) -> bool:
        question = Question(letter)
        self._events.put(question)
        return question.answer.get()


def _deferred(lost: LostError) -> Receipt:
    return Receipt(Outcome.DEFERRED, f"the connection broke before the message: {lost}")
