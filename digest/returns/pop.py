"""A mailbox at a POP3 server; what was read is deleted there, for POP3 knows no marks."""

from __future__ import annotations

import poplib
import ssl
from contextlib import suppress
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr

from digest.config import Options
from digest.core.bounce import MOST
from digest.ports import Keep, Returned
from digest.returns.failing import unreadable

_BATCH = 50
_TIMEOUT = 60.0
_LINES = 4_000
"""Lines behind the header that are asked for: of a huge message only the start."""

# Lines of real mail are longer than the 2,048 octets that the library allows, and it has no
# other way to say so; one of them would block the mailbox for ever.
poplib._MAXLINE = 65_536  # type: ignore[attr-defined] # noqa: SLF001 - see above


class PopOptions(Options):
    """Keys of ``[[bounces]]`` that only this kind understands."""

    host: str
    port: int = Field(995, ge=1, le=65535)
    tls: Literal["tls", "starttls", "none"] = "tls"
    username: str
    password: SecretStr


class PopBox:
    """Takes all that is there."""

    role = "mailbox"
    Options = PopOptions

    def __init__(self, options: PopOptions, root: Path) -> None:
        del root
        self._options = options

    def empty(self, keep: Keep) -> int:
        """Give all messages to ``keep``, and delete those that it took."""
        try:
            return self._emptied(keep)
        except (OSError, poplib.error_proto) as error:
            raise unreadable(self._options.host, self._options.port, error) from error

    def _emptied(self, keep: Keep) -> int:
        server = _connected(self._options)
        try:
            server.user(self._options.username)
            server.pass_(self._options.password.get_secret_value())
            count = server.stat()[0]
            for start in range(1, count + 1, _BATCH):
                numbers = range(start, min(start + _BATCH, count + 1))
                keep([_message(server, number) for number in numbers])
                for number in numbers:
                    server.dele(number)
            server.quit()  # only now the server deletes
            return count
        finally:
            with suppress(OSError):
                server.close()


def _message(server: poplib.POP3, number: int) -> Returned:
    lines = server.top(number, _LINES)[1]
    return Returned(b"\n".join(lines)[:MOST])


def _connected(options: PopOptions) -> poplib.POP3:
    context = ssl.create_default_context()
    if options.tls == "tls":
        return poplib.POP3_SSL(options.host, options.port, context=context, timeout=_TIMEOUT)
    server = poplib.POP3(options.host, options.port, timeout=_TIMEOUT)
    if options.tls == "starttls":
        try:
            server.stls(context)
        except (OSError, poplib.error_proto):
            with suppress(OSError):  # of a connection that is broken already
                server.close()
            raise
    return server
