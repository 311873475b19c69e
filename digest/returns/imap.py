"""A mailbox at an IMAP server."""

from __future__ import annotations

import imaplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, SecretStr

from digest.config import Options
from digest.core.bounce import MOST
from digest.ports import Keep, Returned
from digest.returns.failing import unreadable

_BATCH = 50
_TIMEOUT = 60.0


class ImapOptions(Options):
    """Keys of ``[[bounces]]`` that only this kind understands."""

    host: str
    port: int = Field(993, ge=1, le=65535)
    tls: Literal["tls", "starttls", "none"] = "tls"
    username: str
    password: SecretStr
    folder: str = "INBOX"
    then: Literal["mark", "delete"] = "mark"
    """What becomes of a message that was read: it is marked as seen, or deleted."""


class ImapBox:
    """Takes what nobody has seen."""

    role = "mailbox"
    Options = ImapOptions

    def __init__(self, options: ImapOptions, root: Path) -> None:
        del root
        self._options = options

    def empty(self, keep: Keep) -> int:
        """Give the unseen messages to ``keep``, and mark those that it took."""
        try:
            with self._folder() as server:
                unseen = _found(server.uid("SEARCH", "UNSEEN", "UNDELETED"))[0].split()
                for start in range(0, len(unseen), _BATCH):
                    self._take(server, unseen[start : start + _BATCH], keep)
                return len(unseen)
        except (OSError, imaplib.IMAP4.error) as error:
            raise unreadable(self._options.host, self._options.port, error) from error

    def _take(self, server: imaplib.IMAP4, names: list[bytes], keep: Keep) -> None:
        # PEEK: a message is seen only when what it says is kept; and no more than its start.
        uids = b",".join(names).decode("ascii")
        parts = _found(server.uid("FETCH", uids, f"(BODY.PEEK[]<0.{MOST}>)"))
        keep([Returned(part[1]) for part in parts if isinstance(part, tuple)])
        flags = r"(\Seen)" if self._options.then == "mark" else r"(\Seen \Deleted)"
        _found(server.uid("STORE", uids, "+FLAGS.SILENT", flags))
        if self._options.then == "delete":
            _found(server.expunge())

    @contextmanager
    def _folder(self) -> Iterator[imaplib.IMAP4]:
        options = self._options
        server = _connected(options)
        try:
            server.login(options.username, options.password.get_secret_value())
            quoted = options.folder.replace("\\", "\\\\").replace('"', '\\"')
            _found(server.select(f'"{quoted}"'))
            yield server
        finally:
            with suppress(OSError, imaplib.IMAP4.error):
                server.logout()


def _connected(options: ImapOptions) -> imaplib.IMAP4:
    context = ssl.create_default_context()
    if options.tls == "tls":
        return imaplib.IMAP4_SSL(options.host, options.port, ssl_context=context, timeout=_TIMEOUT)
    server = imaplib.IMAP4(options.host, options.port, timeout=_TIMEOUT)
    if options.tls == "starttls":
        try:
            server.starttls(context)
        except (OSError, imaplib.IMAP4.error):
            with suppress(OSError):  # of a connection that is broken already
                server.shutdown()
            raise
    return server


def _found(answer: tuple[str, list[Any]]) -> list[Any]:
    """Give the data of an answer.

    Raises:
        imaplib.IMAP4.error: the server said no.
    """
    status, data = answer
    if status != "OK":
        raise imaplib.IMAP4.error(f"the server said {status}: {data}")
    return data
