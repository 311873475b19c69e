"""Open a session with the mail server: connection, encryption, user.

These stay the standard library's; what goes wrong becomes a sentence that says what to change.
"""

from __future__ import annotations

import smtplib
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache

from digest.config import MailSettings
from digest.errors import DeliveryError
from digest.mailers.smtp_replies import Reply

TIMEOUT = 60.0
"""Seconds for each step but the last; RFC 5321 §4.5.3.2 asks for minutes, no server needs them."""


def dial(settings: MailSettings) -> smtplib.SMTP:
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
        return connection


def _connected(settings: MailSettings) -> smtplib.SMTP:
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


def _introduce(connection: smtplib.SMTP, settings: MailSettings) -> None:
    if settings.tls == "starttls":
        connection.starttls(context=ssl.create_default_context())
    connection.ehlo_or_helo_if_needed()
    if settings.username:
        connection.login(settings.username, settings.password.get_secret_value())


@contextmanager
def _told(settings: MailSettings) -> Iterator[None]:
    where = f"the mail server {settings.host}:{settings.port}"
    try:
        yield
    except smtplib.SMTPAuthenticationError as error:
        # Not its text, nor where it came from: a server may repeat what it was sent.
        raise DeliveryError(
            f"{where} refused the user ({error.smtp_code}); check mail.username and mail.password"
        ) from None
    except smtplib.SMTPNotSupportedError as error:
        raise DeliveryError(f"{where}: {error} Check mail.tls and mail.username") from None
    except smtplib.SMTPResponseException as error:
        if error.smtp_code < 0:
            raise DeliveryError(
                f"{where} does not speak SMTP; check mail.port and mail.tls"
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
            f"{where} cannot be reached: {why}; check mail.host, mail.port and mail.tls"
        ) from error


def _octets(text: bytes | str) -> bytes:
    return text if isinstance(text, bytes) else text.encode()


@lru_cache(maxsize=1)
def _own_name() -> str:
    """The name for EHLO, looked up once: a slow resolver would hold up every connection."""
    name = socket.getfqdn()
    return name if "." in name else "[127.0.0.1]"
