"""Saying and hearing over one connection: what was asked, what was answered, and in time."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress

from digest.mailers.smtp_replies import Replies, Reply
from digest.mailers.smtp_wire import Wire

Hearer = Callable[[int, bytes], None]
"""Takes code and text of a reply."""


class Talk(ABC):
    """Each thing said has its hearers, one for each reply, in the order of the replies.

    Attributes:
        closed: the connection is gone.
    """

    def __init__(self, wire: Wire) -> None:
        """Take over a connection."""
        self.closed = False
        self._wire = wire
        self._replies = Replies()
        self._expected: deque[Hearer] = deque()
        self._now = 0.0
        self._deadline = math.inf

    def on_ready(self, now: float) -> None:
        """Take what the server said, and send what is left."""
        self._now = now
        try:
            octets = self._wire.receive()
            if octets:
                self._hear(octets)
            elif octets is not None:
                self._drop("the server closed it")
            if not self.closed and self._wire.sending:
                self._wire.flush()
                self._deadline = now + self._patience()
        except OSError as error:
            self._broke(error)

    def check_deadline(self, now: float) -> None:
        """Close if the server took too long."""
        if now > self._deadline:
            self._drop("no answer in time")

    def close(self) -> None:
        """End without a word."""
        if not self.closed:
            self.closed = True
            self._wire.close()
            self._ended()

    def _say(self, pieces: Sequence[bytes], *hearers: Hearer, before_dot: int = 0) -> None:
        """Say something; see :meth:`Wire.send`."""
        self._expected.extend(hearers)
        try:
            self._wire.send(pieces, before_dot)
        except OSError as error:
            self._broke(error)
        self._deadline = self._now + self._patience()

    def _hear(self, octets: bytes) -> None:
        expected = self._expected
        for code, text in self._replies.feed(octets):
            if expected:
                expected.popleft()(code, text)
            else:
                # Nobody asked: it is about to close.
                self._interrupted(Reply.read(code, text))
            if self.closed:
                return

    def _broke(self, error: OSError) -> None:
        """Drop it; a server that closes early often says why."""
        with suppress(OSError):
            if not self.closed and (octets := self._wire.receive()):
                self._hear(octets)
        self._drop(error.strerror or str(error))

    def _drop(self, why: str) -> None:
        if not self.closed:
            self.close()
            self._dropped(why)

    @abstractmethod
    def _patience(self) -> float:
        """Seconds that the server has to answer to what was said last."""

    @abstractmethod
    def _interrupted(self, reply: Reply) -> None:
        """Deal with a reply that answers to nothing."""

    @abstractmethod
    def _ended(self) -> None:
        """Tell that the connection is gone."""

    @abstractmethod
    def _dropped(self, why: str) -> None:
        """Say what a lost connection means."""
