"""A mail server for tests: it writes down what it took, and fails where it is told to.

It shares no code with the sender, so what it took is the truth that ledgers are checked against.
Faults stand in one queue per stage (``connect ehlo mail rcpt data content dot quit``); each time
the stage is reached the next one is used. A fault is ``None`` (none), a reply such as
``"451 later"`` (421 also closes), or:

``drop``     close without a word (at the dot: before the message is taken)
``lostack``  at the dot: take the message, then close without a word
``hang``     say nothing more and keep the connection

``content`` is in the middle of a message: a reply there is said before the end was read, then the
connection is closed.
"""

from __future__ import annotations

import base64
import re
import socketserver
import ssl
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

Faults = Mapping[str, Iterable[str | None]]

_EXTENSIONS = ("PIPELINING", "8BITMIME", "SMTPUTF8", "ENHANCEDSTATUSCODES", "SIZE 0")


@dataclass(frozen=True, slots=True)
class Taken:
    """A message the server took."""

    sender: str
    recipients: tuple[str, ...]
    content: bytes
    acknowledged: bool

    @property
    def message_id(self) -> str:
        found = re.search(rb"(?im)^message-id:\s*(\S+)", self.content)
        return found[1].decode() if found else ""


class _Close(Exception):  # noqa: N818 - no error, the way out of a session
    """End the session."""


@dataclass
class _Transaction:
    sender: str | None = None
    recipients: list[str] = field(default_factory=list)


class SmtpSink(socketserver.ThreadingTCPServer):
    """``with SmtpSink() as sink:`` serves on ``sink.port`` and fills ``sink.taken``."""

    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 64

    def __init__(
        self,
        *,
        faults: Faults | None = None,
        extensions: Iterable[str] = _EXTENSIONS,
        certificate: Path | None = None,
        implicit_tls: bool = False,
        user: tuple[str, str] | None = None,
        delay: float = 0.0,
        trickle: bool = False,
    ) -> None:
        super().__init__(("127.0.0.1", 0), _Session)
        self.port: int = self.server_address[1]
        self.taken: list[Taken] = []
        self.commands: list[str] = []
        self.connections = 0
        self.open_connections = 0
        self.most_open = 0
        self.extensions = tuple(extensions)
        self.user = user
        self.delay = delay
        self.trickle = trickle
        self.implicit_tls = implicit_tls
        self.tls = _context(certificate) if certificate else None
        self.lock = threading.Lock()
        self._faults = {stage: iter(queue) for stage, queue in (faults or {}).items()}

    def __enter__(self) -> Self:
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self.server_close()

    def fault(self, stage: str) -> str | None:
        with self.lock:
            return next(self._faults.get(stage, iter(())), None)

    def counted(self, change: int) -> None:
        with self.lock:
            self.connections += change > 0
            self.open_connections += change
            self.most_open = max(self.most_open, self.open_connections)

    def message_ids(self) -> list[str]:
        return [taken.message_id for taken in self.taken]


class _Session(socketserver.StreamRequestHandler):
    server: SmtpSink
    disable_nagle_algorithm = True
    wbufsize = 0

    def handle(self) -> None:
        self.server.counted(+1)
        self._transaction = _Transaction()
        self._trusted = self.server.user is None
        try:
            if self.server.implicit_tls:
                self._encrypt()
            self._apply("connect")
            self._say("220 sink ESMTP")
            for line in self._lines():
                self._answer(line)
        except (_Close, OSError):
            pass
        finally:
            self.server.counted(-1)

    def _lines(self) -> Iterator[bytes]:
        while line := self.rfile.readline(2000):
            yield line

    def _answer(self, line: bytes) -> None:
        verb, _, rest = line.decode("utf-8", "replace").strip().partition(" ")
        self.server.commands.append(verb.upper())
        answer = getattr(self, f"_{verb.lower()}", None)
        if answer is None:
            self._say("502 5.5.2 what?")
        else:
            answer(rest)

    def _ehlo(self, _rest: str) -> None:
        if self._apply("ehlo"):
            return
        extensions = list(self.server.extensions)
        if self.server.tls and not isinstance(self.connection, ssl.SSLSocket):
            extensions.append("STARTTLS")
        if self.server.user:
            extensions.append("AUTH PLAIN")
        lines = ["sink", *extensions]
        for name in lines[:-1]:
            self._say(f"250-{name}")
        self._say(f"250 {lines[-1]}")

    def _helo(self, _rest: str) -> None:
        self._say("250 sink")

    def _starttls(self, _rest: str) -> None:
        self._say("220 go")
        self._encrypt()

    def _auth(self, rest: str) -> None:
        _, user, password = base64.b64decode(rest.rsplit(maxsplit=1)[-1]).decode().split("\0")
        self._trusted = (user, password) == self.server.user
        # Some servers do repeat what they got: the sender must not log it.
        self._say("235 welcome" if self._trusted else f"535 5.7.8 {password} is wrong")

    def _mail(self, rest: str) -> None:
        if self._apply("mail"):
            return
        if not self._trusted:
            self._say("530 5.7.0 authentication required")
            return
        self._transaction = _Transaction(rest.partition(":")[2].split()[0].strip("<>"))
        self._say("250 2.1.0 ok")

    def _rcpt(self, rest: str) -> None:
        if self._transaction.sender is None:
            self._say("503 5.5.1 MAIL first")
        elif not self._apply("rcpt"):
            self._transaction.recipients.append(rest.partition(":")[2].split()[0].strip("<>"))
            self._say("250 2.1.5 ok")

    def _data(self, _rest: str) -> None:
        fault = self.server.fault("data")
        if fault == "eager":
            # Some servers go on without a recipient and refuse at the end.
            self._say("354 go")
            self._content()
            self._say("554 5.5.1 no valid recipients")
            return
        if self._use(fault):
            return
        if not self._transaction.recipients:
            self._say("503 5.5.1 RCPT first")
            return
        self._say("354 go")
        self._take(self._content())

    def _content(self) -> bytes:
        lines: list[bytes] = []
        for line in self._lines():
            if line == b".\r\n":
                return b"".join(lines)
            if not lines and self._apply("content"):
                raise _Close
            lines.append(line.removeprefix(b"."))
        raise _Close

    def _take(self, content: bytes) -> None:
        fault = self.server.fault("dot")
        if fault != "lostack" and self._use(fault):
            return
        if self.server.delay:
            time.sleep(self.server.delay)
        done, self._transaction = self._transaction, _Transaction()
        taken = Taken(done.sender or "", tuple(done.recipients), content, fault != "lostack")
        with self.server.lock:
            self.server.taken.append(taken)
        if fault == "lostack":
            raise _Close
        self._say("250 2.0.0 ok: queued")

    def _rset(self, _rest: str) -> None:
        self._transaction = _Transaction()
        self._say("250 2.0.0 ok")

    def _quit(self, _rest: str) -> None:
        self._apply("quit")
        self._say("221 2.0.0 bye")
        raise _Close

    def _apply(self, stage: str) -> bool:
        return self._use(self.server.fault(stage))

    def _use(self, fault: str | None) -> bool:
        """Do what a fault says; True: the command was answered by it."""
        if fault is None:
            return False
        if fault in {"drop", "lostack"}:
            raise _Close
        if fault == "hang":
            while self.rfile.readline():
                pass
            raise _Close
        self._say(fault)
        if fault.startswith("421"):
            raise _Close
        return True

    def _say(self, text: str) -> None:
        octets = text.encode() + b"\r\n"
        for piece in map(bytes, zip(octets)) if self.server.trickle else (octets,):
            self.wfile.write(piece)

    def _encrypt(self) -> None:
        assert self.server.tls
        self.connection = self.request = self.server.tls.wrap_socket(
            self.connection, server_side=True
        )
        self.setup()

    def finish(self) -> None:
        with suppress(OSError):
            super().finish()
        self.connection.close()


def _context(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context
