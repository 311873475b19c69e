"""Open a session with the mail server: connection, encryption, user.

These stay the standard library's; what goes wrong becomes a sentence that says what to change.
Dialling waits, so it is done in threads of its own: in one while servers answer quickly, since many
would only wait for each other, and in one for each connection where they take their time.
"""

from __future__ import annotations

import smtplib
import socket
import ssl
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import lru_cache
from queue import SimpleQueue
from threading import Lock, Thread
from time import monotonic

from digest.config import MailServerSettings
from digest.errors import DeliveryError
from digest.mailers.smtp_parcel import Offer
from digest.mailers.smtp_replies import Reply
from digest.mailers.smtp_servers import Server

TIMEOUT = 60.0
"""Seconds for each step but the last; RFC 5321 §4.5.3.2 asks for minutes, no server needs them."""

QUICKLY = 0.01
"""Seconds after which those that wait to be dialled get threads of their own."""


@dataclass(frozen=True, slots=True)
class Line:
    """A connection to a server that takes letters now."""

    sock: socket.socket
    offer: Offer


class Dialler:
    """Dials beside the work that goes on.

    Attributes:
        under_way: how many are being dialled.
        doorbell: can be read from when :meth:`answers` has something.
        closed: nothing is dialled any more.
    """

    def __init__(self) -> None:
        """Begin with nothing."""
        self.under_way = 0
        self.doorbell, self._button = socket.socketpair()
        self.doorbell.setblocking(False)
        self._button.setblocking(False)
        self._wanted: SimpleQueue[Server | None] = SimpleQueue()
        self._threads = 0
        self._taken_at = 0.0
        self._answers: deque[tuple[Server, Line | BaseException]] = deque()
        self._lock = Lock()
        self.closed = False

    def dial(self, server: Server) -> None:
        """Begin to dial."""
        server.dialled()
        self.under_way += 1
        self._wanted.put(server)
        if not self._threads:
            self._employ()

    @property
    def is_behind(self) -> bool:
        """Some wait to be dialled; :meth:`hurry` is to be called soon."""
        return not self._wanted.empty()

    def hurry(self) -> None:
        """Employ a thread for each that waits, if those at work have been so for a while."""
        if self.is_behind and monotonic() - self._taken_at > QUICKLY:
            for _ in range(self._wanted.qsize()):
                self._employ()

    def answers(self) -> Iterator[tuple[Server, Line | BaseException]]:
        """Give what came of dialling since."""
        with suppress(BlockingIOError):
            self.doorbell.recv(4096)
        while self._answers:
            self.under_way -= 1
            yield self._answers.popleft()

    def close(self) -> None:
        """Give up; what is still being dialled is closed when it answers."""
        with self._lock:
            self.closed = True
            for _, answer in self._answers:
                _hang_up(answer)
            self.doorbell.close()
            self._button.close()
        for _ in range(self._threads):
            self._wanted.put(None)

    def _employ(self) -> None:
        self._threads += 1
        self._taken_at = monotonic()
        Thread(target=self._work, name="smtp-dial", daemon=True).start()

    def _work(self) -> None:
        while (server := self._wanted.get()) is not None:
            self._taken_at = monotonic()
            if not self.closed:
                self._dial(server)

    def _dial(self, server: Server) -> None:
        answer: Line | BaseException
        try:
            answer = dial(server.settings)
        except BaseException as error:  # noqa: BLE001 - raised again in the caller's thread
            answer = error
        with self._lock:
            if self.closed:
                _hang_up(answer)
                return
            self._answers.append((server, answer))
            with suppress(BlockingIOError):  # Full: it has rung long enough.
                self._button.send(b"!")


def _hang_up(answer: Line | BaseException) -> None:
    if isinstance(answer, Line):
        answer.sock.close()


def dial(settings: MailServerSettings) -> Line:
    """Open a session that takes letters.

    Certificates are checked against the system's authorities; the environment variable
    ``SSL_CERT_FILE`` names others.

    Raises:
        DeliveryError: the server is out of reach, not to be trusted, or refuses the session.
    """
    with _told(settings):
        connection = _connected(settings)
        try:
            _introduce(connection, settings)
        except BaseException:
            connection.close()
            raise
        return _taken_over(connection)


def _connected(settings: MailServerSettings) -> smtplib.SMTP:
    place = (settings.host, settings.port, _own_name())
    if settings.tls == "tls":
        context = ssl.create_default_context()
        connection: smtplib.SMTP = smtplib.SMTP_SSL(*place, timeout=TIMEOUT, context=context)
    else:
        connection = smtplib.SMTP(*place, timeout=TIMEOUT)
    assert connection.sock is not None
    # Else the end of each message waits for the acknowledgement of its beginning: 40 ms a letter.
    connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


def _introduce(connection: smtplib.SMTP, settings: MailServerSettings) -> None:
    if settings.tls == "starttls":
        connection.starttls(context=ssl.create_default_context())
    connection.ehlo_or_helo_if_needed()
    if settings.username:
        connection.login(settings.username, settings.password.get_secret_value())


def _taken_over(connection: smtplib.SMTP) -> Line:
    """Take the socket out of the library's hands."""
    sock, connection.sock = connection.sock, None
    assert sock is not None
    if connection.file is not None:
        connection.file.close()
    return Line(sock, Offer.of(connection.esmtp_features))


@contextmanager
def _told(settings: MailServerSettings) -> Iterator[None]:
    where, key = settings.where, settings.key
    try:
        yield
    except smtplib.SMTPAuthenticationError as error:
        # Not its text, nor where it came from: a server may repeat what it was sent.
        raise DeliveryError(
            f"{where} refused the user ({error.smtp_code}); "
            f"check {key('username')} and {key('password')}"
        ) from None
    except smtplib.SMTPNotSupportedError as error:
        raise DeliveryError(f"{where}: {error} Check {key('tls')} and {key('username')}") from None
    except smtplib.SMTPResponseException as error:
        if error.smtp_code < 0:
            raise DeliveryError(
                f"{where} does not speak SMTP; check {key('port')} and {key('tls')}"
            ) from None
        said = Reply.read(error.smtp_code, _octets(error.smtp_error))
        raise DeliveryError(f"{where} refused the session: {said}") from None
    except ssl.SSLCertVerificationError as error:
        raise DeliveryError(
            f"{where} has a certificate that is not trusted: {error.verify_message}; "
            "name its authority's file in the environment variable SSL_CERT_FILE"
        ) from error
    except (OSError, smtplib.SMTPException) as error:
        why = getattr(error, "strerror", None) or error
        raise DeliveryError(
            f"{where} cannot be reached: {why}; check {key('host')}, {key('port')} and {key('tls')}"
        ) from error


def _octets(text: bytes | str) -> bytes:
    return text if isinstance(text, bytes) else text.encode()


@lru_cache(maxsize=1)
def _own_name() -> str:
    """The name for EHLO, looked up once: a slow resolver would hold up every connection."""
    name = socket.getfqdn()
    return name if "." in name else "[127.0.0.1]"
