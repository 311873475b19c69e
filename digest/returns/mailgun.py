"""Reports of Mailgun, signed with the account's key for webhooks (HMAC-SHA256)."""

from __future__ import annotations

import hmac
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from pydantic import SecretStr

from digest.config import Options
from digest.core.bounce import Report, Sort
from digest.errors import ForgedError
from digest.ports import Fetch
from digest.returns.webhook import About, at, check_age, document, event, moment_of, text


class MailgunOptions(Options):
    """Keys of ``[[bounces]]`` that only this kind understands."""

    signing_key: SecretStr


class MailgunWebhook:
    """Reads what Mailgun posts: one event at a time."""

    role = "webhook"
    Options = MailgunOptions

    def __init__(self, options: MailgunOptions, fetch: Fetch) -> None:
        del fetch
        self._key = options.signing_key.get_secret_value().encode()

    def reports(self, headers: Mapping[str, str], body: bytes, now: datetime) -> Sequence[Report]:
        """Read one event."""
        del headers
        told = document(body)
        signed_at = text(told, "signature", "timestamp")
        words = signed_at + text(told, "signature", "token")
        ours = hmac.digest(self._key, words.encode(), "sha256").hex()
        if not hmac.compare_digest(ours.encode(), text(told, "signature", "signature").encode()):
            raise ForgedError("the signature of the report is wrong")
        check_age(moment_of(signed_at), now)
        return _events(at(told, "event-data"))


def _events(one: Any) -> tuple[Report, ...]:
    letter = text(one, "message", "headers", "message-id")
    about = About(text(one, "id"), text(one, "envelope", "sender"), letter)
    if text(one, "event") == "complained":
        return (event(Sort.COMPLAINT, text(one, "recipient"), about),)
    if text(one, "event") != "failed":
        return ()
    code = text(one, "delivery-status", "code")
    words = text(one, "delivery-status", "message") or text(one, "delivery-status", "description")
    return (
        event(
            Sort.BOUNCE,
            text(one, "recipient"),
            about,
            is_permanent=text(one, "severity") == "permanent",
            status=text(one, "delivery-status", "enhanced-code"),
            said=words if words.startswith(code) else f"{code} {words}",
        ),
    )
