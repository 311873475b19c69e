"""A listener that a mail server delivers into, by LMTP (RFC 2033) or SMTP.

It passes nothing on and keeps nothing of its own: a message is taken when what it says is kept,
else the mail server holds it and comes again.
"""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from digest.config import Options
from digest.errors import DeliveryError
from digest.ports import Keep, Returned

_MOST = 25_000_000
_MOST_RECIPIENTS = 100
_TOO_MANY = "452 4.5.3 too many recipients"
_KEPT = "250 2.0.0 read"
_LATER = "451 4.3.0 cannot be kept now, try again later"

log = logging.getLogger(__name__)


class ListenerOptions(Options):
    """Keys of ``[[bounces]]`` that only this kind understands."""

    host: str = "127.0.0.1"
    port: int = Field(8024, ge=1, le=65535)
    protocol: Literal["lmtp", "smtp"] = "lmtp"


class Listener:
    """Listens in a thread of its own."""

    role = "listener"
    Options = ListenerOptions

    def __init__(self, options: ListenerOptions, root: Path) -> None:
        del root
        self._options = options
        self._controller: Any = None

    def start(self, keep: Keep) -> None:
        """Begin to take mail.

        Raises:
            DeliveryError: the address cannot be listened on.
        """
        from aiosmtpd.controller import Controller  # noqa: PLC0415 - only who listens pays
        from aiosmtpd.lmtp import LMTP  # noqa: PLC0415 - as above
        from aiosmtpd.smtp import SMTP  # noqa: PLC0415 - as above

        options = self._options
        speaks = LMTP if options.protocol == "lmtp" else SMTP

        class _Controller(Controller):
            def factory(self) -> Any:
                return speaks(self.handler, data_size_limit=_MOST, ident="digest")

        handler = _Handler(keep, answers_each=options.protocol == "lmtp")
        self._controller = _Controller(handler, hostname=options.host, port=options.port)
        try:
            self._controller.start()
        except OSError as error:
            where = f"{options.host}:{options.port}"
            raise DeliveryError(f"cannot listen for bounces on {where}: {error}") from error

    def stop(self) -> None:
        """Take no mail any more; again, or before the start, nothing."""
        controller, self._controller = self._controller, None
        if controller:
            controller.stop()


class _Handler:
    """Answers the commands; the names are the library's."""

    def __init__(self, keep: Keep, *, answers_each: bool) -> None:
        self._keep = keep
        self._answers_each = answers_each

    async def handle_RCPT(  # noqa: N802 - the library's name
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        """Take so many recipients."""
        if len(envelope.rcpt_tos) >= _MOST_RECIPIENTS:
            return _TOO_MANY
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 ok"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - as above
        """Keep one message; the answer tells whether it was."""
        message = Returned(bytes(envelope.content), tuple(envelope.rcpt_tos))
        try:
            await asyncio.get_running_loop().run_in_executor(None, self._keep, [message])
        except Exception:
            log.exception("a message that came back could not be kept")
            answer = _LATER
        else:
            answer = _KEPT
        # In LMTP there is an answer for each recipient (RFC 2033 4.2).
        return "\r\n".join([answer] * (len(envelope.rcpt_tos) if self._answers_each else 1))
