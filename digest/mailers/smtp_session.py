"""Letters over one connection to a mail server (RFC 5321), in as few round trips as it allows.

The standard library raises the same error before and after the dot that ends a message
(measured); here a letter is *deferred* when the server cannot have taken it, and *in doubt* when
it may have.
"""

from __future__ import annotations

import re
import smtplib
import time
from collections.abc import Callable
from contextlib import suppress

from digest.config import MailSettings
from digest.core.letter import Letter
from digest.core.outbox import Outcome, Receipt
from digest.errors import DeliveryError
from digest.mailers.smtp_dialling import TIMEOUT, dial
from digest.mailers.smtp_replies import AUTHENTICATION_REQUIRED, START_CONTENT, Reply

_DOT_TIMEOUT = 600.0
"""Seconds a server may take to answer to a whole message (RFC 5321 §4.5.3.2.6); giving up
earlier makes doubts."""

_PARTING_TIMEOUT = 5.0
_MOST_LETTERS = 100
_MOST_SECONDS = 300.0
_UNSAFE = re.compile(r"[\x00-\x20<>\x7f]")


class LostError(Exception):
    """The connection broke; the server cannot have taken the letter."""


class Session:
    """An open session; any failure that leaves its state unclear closes it."""

    def __init__(self, settings: MailSettings) -> None:
        """Open it.

        Raises:
            DeliveryError: see :func:`digest.mailers.smtp_dialling.dial`.
        """
        self._where = f"the mail server {settings.host}:{settings.port}"
        self._connection = dial(settings)
        self._until = time.monotonic() + _MOST_SECONDS
        self._pipelining = self._connection.has_extn("pipelining")
        self._utf8 = self._connection.has_extn("smtputf8")
        self._size = self._offered_size()
        self.carried = 0
        self.closed = False

    @property
    def spent(self) -> bool:
        """Closed, or used for as long as servers like."""
        old = self.carried >= _MOST_LETTERS or time.monotonic() > self._until
        return self.closed or old

    def carry(self, letter: Letter, may_go: Callable[[Letter], bool]) -> Receipt | None:
        """Hand over one letter.

        Args:
            letter: what to carry.
            may_go: asked when only the content is missing; after it said yes, a crash leaves
                a doubt.

        Returns:
            What became of it; ``None`` when ``may_go`` said no.

        Raises:
            LostError: the connection broke before ``may_go`` was asked.
            DeliveryError: the server wants a user or encryption first.
        """
        if misfit := self._misfit(letter):
            return Receipt(Outcome.REFUSED, misfit)
        if obstacle := self._envelope(letter):
            return obstacle.before_the_dot()
        if not may_go(letter):
            # After 354 nothing but a message can be said.
            self._drop()
            return None
        self.carried += 1
        return self._content(letter)

    def close(self) -> None:
        """Part from the server, politely where possible."""
        if self.closed:
            return
        self.closed = True
        with suppress(OSError, smtplib.SMTPException):
            self._patience(_PARTING_TIMEOUT)
            self._connection.quit()
        self._connection.close()

    def _misfit(self, letter: Letter) -> str:
        """Why this server can never take this letter."""
        if _UNSAFE.search(letter.sender + letter.recipient):
            return "the address holds characters that cannot stand in a command; correct it"
        if letter.needs_smtputf8 and not self._utf8:
            return "needs SMTPUTF8, which the mail server does not offer"
        if 0 < self._size < len(letter.content):
            return f"{len(letter.content)} bytes, of which the mail server takes {self._size}"
        return ""

    def _envelope(self, letter: Letter) -> Reply | None:
        """Say everything but the content; answers with the reply that forbids it."""
        commands = self._commands(letter)
        obstacle = None
        try:
            if self._pipelining:
                self._send(b"".join(commands))
            for command in commands:
                if not self._pipelining:
                    self._send(command)
                reply = self._read()
                is_wanted = reply.positive or reply.code == START_CONTENT
                obstacle = obstacle or (None if is_wanted else reply)
                if reply.ends_session or (obstacle and not self._pipelining):
                    break
        except (OSError, smtplib.SMTPException) as error:
            self._drop()
            if not obstacle:
                raise LostError(str(error)) from error
        else:
            if obstacle:
                self._back_out(reply)
        self._check_welcome(obstacle)
        return obstacle

    def _commands(self, letter: Letter) -> tuple[bytes, bytes, bytes]:
        options = f" SIZE={len(letter.content)}" if self._size >= 0 else ""
        if letter.needs_smtputf8:
            options += " BODY=8BITMIME SMTPUTF8"
        return (
            f"MAIL FROM:<{letter.sender}>{options}\r\n".encode(),
            f"RCPT TO:<{letter.recipient}>\r\n".encode(),
            b"DATA\r\n",
        )

    def _back_out(self, last: Reply) -> None:
        """Make ready for the next letter after a refused envelope."""
        if last.ends_session:
            self._drop()
            return
        try:
            if last.code == START_CONTENT:
                # It goes on although it knows no recipient: an empty message ends that (RFC 2920).
                self._send(b".\r\n")
                self._read()
            self._send(b"RSET\r\n")
            if not self._read().positive:
                self._drop()
        except (OSError, smtplib.SMTPException):
            self._drop()

    def _check_welcome(self, obstacle: Reply | None) -> None:
        if obstacle and obstacle.code == AUTHENTICATION_REQUIRED:
            raise DeliveryError(
                f"{self._where} takes no letters without a user or encryption ({obstacle}); "
                "set mail.username, mail.password or mail.tls"
            )

    def _content(self, letter: Letter) -> Receipt:
        try:
            self._send(_stuffed(letter.content) + b".\r\n")
        except OSError as error:
            # The last octets, which end the message, did not leave this machine.
            return self._broken(error)
        try:
            self._patience(_DOT_TIMEOUT)
            reply = self._read()
            self._patience(TIMEOUT)
        except (OSError, smtplib.SMTPException) as error:
            self._drop()
            why = f"the connection broke before the server answered to the message: {error}"
            return Receipt(Outcome.IN_DOUBT, why)
        if reply.ends_session:
            self._drop()
        return reply.at_the_dot()

    def _broken(self, error: OSError) -> Receipt:
        """Tell why a message was cut short; a server that closes early often says why."""
        why = Receipt(Outcome.DEFERRED, f"the connection broke within the message: {error}")
        with suppress(OSError, smtplib.SMTPException):
            self._patience(_PARTING_TIMEOUT)
            reply = self._read()
            if reply.transient or reply.permanent:
                why = reply.before_the_dot()
        self._drop()
        return why

    def _send(self, octets: bytes) -> None:
        assert self._connection.sock is not None
        self._connection.sock.sendall(octets)

    def _read(self) -> Reply:
        return Reply.read(*self._connection.getreply())

    def _patience(self, seconds: float) -> None:
        if self._connection.sock is not None:
            self._connection.sock.settimeout(seconds)

    def _drop(self) -> None:
        self.closed = True
        self._connection.close()

    def _offered_size(self) -> int:
        """The largest message the server takes; 0: it does not say; -1: it knows no SIZE."""
        if not self._connection.has_extn("size"):
            return -1
        said = self._connection.esmtp_features["size"]
        return int(said) if said.isdecimal() else 0


def _stuffed(content: bytes) -> bytes:
    """Double the dots that begin lines (RFC 5321 §4.5.2)."""
    return content.replace(b"\r\n.", b"\r\n..") if b"\r\n." in content else content
