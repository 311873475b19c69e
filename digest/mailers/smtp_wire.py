"""Octets to and from a server without waiting, encrypted or not."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Sequence
from contextlib import suppress
from selectors import EVENT_READ, EVENT_WRITE, BaseSelector

_MOST_READ = 4_096
"""Replies are short; a larger buffer is made and thrown away for each."""

_RECORD = 16_384
"""TLS: a record is sent whole or is worth nothing to the server, so one piece is one record."""


class Wire:
    """A connected socket that never blocks.

    Attributes:
        before_dot: octets up to the end of the message that this machine has not sent yet; while
            there are any, the server cannot have taken the message.
    """

    __slots__ = ("_out", "_piece", "_selector", "_sock", "_writes", "before_dot")

    def __init__(self, sock: socket.socket, selector: BaseSelector) -> None:
        """Take over a socket.

        Args:
            sock: connected, encrypted if it is to be.
            selector: tells when the socket is ready.
        """
        sock.setblocking(False)
        self._sock = sock
        self._selector = selector
        self._piece = _RECORD if isinstance(sock, ssl.SSLSocket) else 0
        self._out: bytes | memoryview = b""
        self._writes = False
        self.before_dot = 0

    def announce(self, owner: object) -> None:
        """Let the selector name this owner when the socket is ready."""
        self._selector.register(self._sock, EVENT_READ, owner)

    @property
    def sending(self) -> bool:
        """Something has not left yet."""
        return bool(self._out)

    def send(self, pieces: Sequence[bytes], before_dot: int = 0) -> None:
        """Send, now as much as possible, the rest by :meth:`flush`.

        Args:
            pieces: what to send, one after the other.
            before_dot: how many of the octets are needed to end a message.

        Raises:
            OSError: the connection broke.
        """
        self.before_dot += before_dot
        sent = 0
        if not self._out and not self._piece:
            # As they are: to join a letter with what follows it would copy 30 KB.
            with suppress(BlockingIOError):
                sent = self._sock.sendmsg(pieces)
            self.before_dot = max(0, self.before_dot - sent)
            if sent == sum(map(len, pieces)):
                return
        self._out = memoryview(b"".join((self._out, *pieces)))[sent:]
        self.flush()

    def flush(self) -> None:
        """Send what is left as far as possible.

        Raises:
            OSError: the connection broke.
        """
        while self._out:
            piece = self._out[: self._piece] if self._piece else self._out
            try:
                sent = self._sock.send(piece)
            except (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
                self._await_room(wanted=True)
                return
            self.before_dot = max(0, self.before_dot - sent)
            if sent == len(self._out):
                self._out = b""
            else:
                self._out = memoryview(self._out)[sent:]
        self._await_room(wanted=False)

    def receive(self) -> bytes | None:
        """Give what came; ``None``: nothing yet; empty: the server closed.

        Raises:
            OSError: the connection broke.
        """
        if not self._piece:
            try:
                return self._sock.recv(_MOST_READ)
            except BlockingIOError:
                return None
        return self._decrypted()

    def _decrypted(self) -> bytes | None:
        """Read until nothing is left: the selector does not see what is decrypted already."""
        octets = b""
        try:
            while piece := self._sock.recv(_MOST_READ):
                octets += piece
        except ssl.SSLWantReadError:
            return octets or None
        except ssl.SSLWantWriteError:
            self._await_room(wanted=True)
            return octets or None
        except OSError:
            if octets:
                return octets
            raise
        return octets

    def close(self) -> None:
        """Let go of the socket."""
        with suppress(KeyError, ValueError):
            self._selector.unregister(self._sock)
        self._sock.close()

    def _await_room(self, *, wanted: bool) -> None:
        if wanted != self._writes:
            self._writes = wanted
            events = EVENT_READ | EVENT_WRITE if wanted else EVENT_READ
            data = self._selector.get_key(self._sock).data
            self._selector.modify(self._sock, events, data)
