"""A mailbox server of the simplest kind, for clients of POP3 and IMAP to talk to."""

from __future__ import annotations

import re
import socketserver
import ssl
import threading
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Drop:
    """What is in the mailbox: messages by number, and which of them were seen.

    Attributes:
        asked: the commands that came, but for the passwords.
    """

    messages: dict[int, bytes] = field(default_factory=dict)
    seen: set[int] = field(default_factory=set)
    deleted: set[int] = field(default_factory=set)
    asked: list[str] = field(default_factory=list)
    password: str = "s3cret"
    port: int = 0
    encrypted: list[str] = field(default_factory=list)
    """Those of the commands that nobody on the way could read."""


class _Talk(ABC, socketserver.StreamRequestHandler):
    drop: Drop
    context: ssl.SSLContext | None
    is_implicit: bool

    def setup(self) -> None:
        if self.context and self.is_implicit:
            self.request = self.context.wrap_socket(self.request, server_side=True)
        super().setup()

    def handle(self) -> None:
        # A client that does not trust the certificate hangs up.
        with suppress(ssl.SSLError, ConnectionError):
            self.talk()

    @abstractmethod
    def talk(self) -> None: ...

    def finish(self) -> None:
        super().finish()
        self.request.close()  # the server knows only of what it was before encryption

    def encrypt(self) -> None:
        assert self.context
        self.request = self.context.wrap_socket(self.request, server_side=True)
        super().setup()

    def note(self, command: str) -> None:
        self.drop.asked.append(command)
        if isinstance(self.request, ssl.SSLSocket):
            self.drop.encrypted.append(command)

    def line(self, text: str) -> None:
        self.wfile.write(text.encode() + b"\r\n")

    def lines(self) -> Iterator[str]:
        while line := self.rfile.readline():  # anew for each, as it changes with encryption
            yield line.decode().rstrip("\r\n")


class _Pop(_Talk):
    def talk(self) -> None:
        self.line("+OK ready")
        for line in self.lines():
            word, *rest = line.split()
            self.note(word)
            if word == "PASS" and rest != [self.drop.password]:
                self.line("-ERR no")
            elif word == "STAT":
                self.line(f"+OK {len(self.drop.messages)} 0")
            elif word == "CAPA":
                self.line("+OK\r\nTOP\r\n" + ("STLS\r\n" if self.context else "") + ".")
            elif word == "TOP":
                self.line("+OK")
                body = self.drop.messages[int(rest[0])].replace(b"\n", b"\r\n")
                self.wfile.write(re.sub(rb"(?m)^\.", b"..", body) + b"\r\n.\r\n")
            else:
                self.line("+OK")
                if word == "STLS":
                    self.encrypt()
                if word == "DELE":
                    self.drop.deleted.add(int(rest[0]))
                if word == "QUIT":
                    for number in self.drop.deleted:
                        self.drop.messages.pop(number, None)
                    return


class _Imap(_Talk):
    def talk(self) -> None:
        self.line("* OK ready")
        for line in self.lines():
            tag, _, command = line.partition(" ")
            word = command.upper().removeprefix("UID ").split()[0]
            self.note(command if word != "LOGIN" else word)
            if word == "LOGIN" and f'"{self.drop.password}"' not in command:
                self.line(f"{tag} NO no")
                continue
            getattr(self, f"_{word.lower()}", lambda _: None)(command)
            self.line(f"{tag} OK done")
            if word == "STARTTLS":
                self.encrypt()

    def _capability(self, _command: str) -> None:
        self.line("* CAPABILITY IMAP4REV1" + (" STARTTLS" if self.context else ""))

    def _select(self, _command: str) -> None:
        self.line(f"* {len(self.drop.messages)} EXISTS")

    def _search(self, _command: str) -> None:
        there = sorted(self.drop.messages.keys() - self.drop.seen - self.drop.deleted)
        self.line("* SEARCH " + " ".join(map(str, there)))

    def _fetch(self, command: str) -> None:
        for number in _numbers(command):
            body = self.drop.messages[number]
            self.wfile.write(
                b"* %d FETCH (UID %d BODY[]<0> {%d}\r\n%b)\r\n" % (number, number, len(body), body)
            )

    def _store(self, command: str) -> None:
        self.drop.seen.update(_numbers(command))
        if r"\Deleted" in command:
            self.drop.deleted.update(_numbers(command))

    def _expunge(self, _command: str) -> None:
        for number in self.drop.deleted:
            self.drop.messages.pop(number, None)


def _numbers(command: str) -> list[int]:
    return [int(number) for number in command.split()[2].split(",")]


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True

    def handle_error(self, request: object, client_address: object) -> None:
        del request, client_address  # whoever does not trust us


@contextmanager
def mail_drop(
    protocol: str, *messages: bytes, certificate: Path | None = None, implicit_tls: bool = False
) -> Iterator[Drop]:
    """Serve a mailbox by ``pop`` or ``imap`` on a free port of loopback.

    With a certificate it can be spoken with in secret: from the start, or when asked to.
    """
    drop = Drop(dict(enumerate(messages, 1)))
    kind = {"pop": _Pop, "imap": _Imap}[protocol]
    context = None
    if certificate:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(certificate)
    talk = {"drop": drop, "context": context, "is_implicit": implicit_tls}
    with _Server(("127.0.0.1", 0), type("Talk", (kind,), talk)) as server:
        drop.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield drop
        finally:
            server.shutdown()
            thread.join()
