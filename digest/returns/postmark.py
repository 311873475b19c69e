"""Reports of Postmark; it signs none, so it logs in with a name and a password (HTTP Basic)."""

from __future__ import annotations

import base64
import hmac
from collections.abc import Mapping, Sequence
from datetime import datetime

from pydantic import SecretStr

from digest.config import Options
from digest.core.bounce import Report, Sort
from digest.errors import ForgedError
from digest.ports import Fetch
from digest.returns.webhook import About, document, event, text

_HARD = frozenset({"HardBounce", "BadEmailAddress", "ManuallyDeactivated"})
_SOFT = frozenset(
    {"SoftBounce", "Transient", "DnsError", "SMTPApiError", "Blocked", "Undeliverable"}
)
_OTHERS_FAULT = frozenset({"SpamNotification", "DMARCPolicy", "VirusNotification"})


class PostmarkOptions(Options):
    """Keys of ``[[bounces]]`` that only this kind understands."""

    username: str
    password: SecretStr


class PostmarkWebhook:
    """Reads what Postmark posts."""

    role = "webhook"
    Options = PostmarkOptions

    def __init__(self, options: PostmarkOptions, fetch: Fetch) -> None:
        del fetch
        login = f"{options.username}:{options.password.get_secret_value()}"
        self._login = b"Basic " + base64.b64encode(login.encode())

    def reports(self, headers: Mapping[str, str], body: bytes, now: datetime) -> Sequence[Report]:
        """Read one event."""
        del now
        if not hmac.compare_digest(headers.get("authorization", "").encode(), self._login):
            raise ForgedError("the login of the report is wrong")
        told = document(body)
        about, address = About(text(told, "ID") or text(told, "MessageID")), text(told, "Email")
        if text(told, "RecordType") == "SpamComplaint":
            return (event(Sort.COMPLAINT, address, about),)
        if text(told, "RecordType") != "Bounce":
            return ()
        kind = text(told, "Type")
        if kind not in _HARD | _SOFT | _OTHERS_FAULT:
            return ()
        # What Postmark calls hard is an address that nobody has; the rest may come right.
        status = {True: "5.1.1"}.get(kind in _HARD, "5.7.26" if kind in _OTHERS_FAULT else "")
        return (
            event(
                Sort.BOUNCE,
                address,
                about,
                is_permanent=bool(status),
                status=status,
                said=text(told, "Details") or text(told, "Description"),
            ),
        )
