"""Letters to a mail server."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, suppress
from pathlib import Path
from queue import Empty, SimpleQueue

from digest.config import MailSettings
from digest.core.letter import Letter
from digest.core.outbox import Receipt
from digest.errors import DeliveryError
from digest.mailers.pacing import Pacing
from digest.mailers.smtp_pool import Answer, Ended, Event, Lane, Question
from digest.mailers.smtp_session import Session

_AHEAD = 2
"""Letters in memory per connection: one on the wire, one that waits for it."""

_LOOK = 0.5
"""Seconds between two looks whether to stop, while nothing happens on the wire."""

_FINISH = 30.0
"""Seconds that servers get to answer to what is on the wire when the sender is to stop; less than
service managers wait before they kill (systemd: 90)."""

_PARTING = 10.0
"""Seconds for the connections to end when the caller wants no more."""

log = logging.getLogger(__name__)

AtDot = Callable[[Sequence[Letter]], Sequence[Letter]]


class SmtpMailer:
    """Hands letters over SMTP, over as many connections as the settings say."""

    def __init__(self, settings: MailSettings, root: Path) -> None:  # noqa: ARG002 - all alike
        """Remember where; nothing is opened before there is a letter."""
        self._settings = settings

    def hand_off(
        self, letters: Iterable[Letter], at_dot: AtDot, stopping: Callable[[], bool] = bool
    ) -> Iterator[tuple[Letter, Receipt]]:
        """Hand over each letter; see :class:`digest.ports.Mailer`.

        Told to stop, it waits half a minute for the answers to what is on the wire.
        """
        settings = self._settings
        pacing = Pacing(letters, settings.rate, settings.domain_rates)
        with closing(_Run(settings, pacing, at_dot)) as run:
            yield from run.receipts(stopping)
            yield from run.last_receipts()


class _Run:
    """One hand-over; lives in the thread that iterates."""

    def __init__(self, settings: MailSettings, pacing: Pacing, at_dot: AtDot) -> None:
        self._settings = settings
        self._pacing = pacing
        self._at_dot = at_dot
        self._inbox: SimpleQueue[Letter | None] = SimpleQueue()
        self._events: SimpleQueue[Event] = SimpleQueue()
        self._lanes = 0
        self._started = 0
        self._under_way = 0
        self._fault: DeliveryError | None = None

    def receipts(self, stopping: Callable[[], bool]) -> Iterator[tuple[Letter, Receipt]]:
        """Carry letters until there are no more, or no more are wanted."""
        while not stopping():
            self._feed()
            wait = self._pacing.wait(time.monotonic())
            if wait is None and not self._under_way:
                return
            has_room = self._under_way < self._room
            yield from self._told(wait if has_room and wait is not None else _LOOK)

    def last_receipts(self) -> Iterator[tuple[Letter, Receipt]]:
        """Begin no more letters, and wait for the answers to those on the wire."""
        self._under_way -= self._recalled()
        until = time.monotonic() + _FINISH
        while self._under_way and (left := until - time.monotonic()) > 0:
            yield from self._told(left)

    def close(self) -> None:
        """End the lanes; those at the dot may finish, what they learn then is lost."""
        self._recalled()
        for _ in range(self._lanes):
            self._inbox.put(None)
        until = time.monotonic() + _PARTING
        while self._lanes and (left := until - time.monotonic()) > 0:
            for event in self._collected(left):
                if isinstance(event, Question):
                    event.answer.put(False)
                elif isinstance(event, Ended):
                    self._lanes -= 1

    @property
    def _room(self) -> int:
        return self._settings.connections * _AHEAD

    def _feed(self) -> None:
        while self._under_way < self._room:
            letter = self._pacing.take(time.monotonic())
            if letter is None:
                return
            self._inbox.put(letter)
            self._under_way += 1
            if self._started < self._settings.connections:
                self._start_lane()
            self._check_lanes()

    def _recalled(self) -> int:
        """Take back the letters that no lane has begun; answers how many."""
        count = 0
        with suppress(Empty):
            while True:
                self._inbox.get_nowait()
                count += 1
        return count

    def _start_lane(self) -> None:
        Lane(lambda: Session(self._settings), self._inbox, self._events).start()
        self._started += 1
        self._lanes += 1

    def _told(self, patience: float) -> Iterator[tuple[Letter, Receipt]]:
        """Wait for something to happen, not too long, and deal with it."""
        events = self._collected(min(patience, _LOOK))
        yield from self._answers(events)
        self._end_lanes(event for event in events if isinstance(event, Ended))
        self._let_go([event for event in events if isinstance(event, Question)])

    def _collected(self, timeout: float) -> list[Event]:
        """Wait for something to happen, then take all that did."""
        events: list[Event] = []
        try:
            events.append(self._events.get(timeout=timeout))
            while True:
                events.append(self._events.get_nowait())
        except Empty:
            return events

    def _answers(self, events: Sequence[Event]) -> Iterator[tuple[Letter, Receipt]]:
        for event in events:
            if isinstance(event, Answer):
                self._under_way -= 1
                yield event.letter, event.receipt

    def _let_go(self, questions: Sequence[Question]) -> None:
        """Answer all that wait at the dot at once: one mark for all of them."""
        if not questions:
            return
        try:
            ours = {one.delivery for one in self._at_dot([q.letter for q in questions])}
        except BaseException:
            for question in questions:
                question.answer.put(False)
            raise
        for question in questions:
            may_go = question.letter.delivery in ours
            self._under_way -= not may_go
            question.answer.put(may_go)

    def _end_lanes(self, ended: Iterator[Ended]) -> None:
        for event in ended:
            self._lanes -= 1
            if event.error is None:
                continue
            if not isinstance(event.error, DeliveryError):
                raise event.error
            log.warning("a connection was given up: %s", event.error)
            self._fault = event.error
        self._check_lanes()

    def _check_lanes(self) -> None:
        """Stop when letters wait and no connection is left to carry them."""
        if self._fault and self._under_way and not self._lanes:
            raise self._fault
