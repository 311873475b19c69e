"""Reports of SendGrid, signed with a key of the elliptic curve P-256."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from digest.config import Options
from digest.core.bounce import Report, Sort
from digest.errors import ForgedError
from digest.ports import Fetch
from digest.returns.signatures import is_signed_by_curve
from digest.returns.webhook import About, check_age, document, event, moment_of, text

_SIGNATURE = "x-twilio-email-event-webhook-signature"
_TIME = "x-twilio-email-event-webhook-timestamp"


class SendGridOptions(Options):
    """Keys of ``[[bounces]]`` that only this kind understands."""

    verification_key: str
    """The public key that SendGrid shows beside its signed event webhook."""


class SendGridWebhook:
    """Reads what SendGrid posts: many events at once."""

    role = "webhook"
    Options = SendGridOptions

    def __init__(self, options: SendGridOptions, fetch: Fetch) -> None:
        del fetch
        self._key = options.verification_key

    def reports(self, headers: Mapping[str, str], body: bytes, now: datetime) -> Sequence[Report]:
        """Read a list of events."""
        signed_at = headers.get(_TIME, "")
        try:
            signature = base64.b64decode(headers.get(_SIGNATURE, ""), validate=True)
        except binascii.Error:
            raise ForgedError("the report has no signature") from None
        if not is_signed_by_curve(self._key, signature, signed_at.encode() + body):
            raise ForgedError("the signature of the report is wrong")
        check_age(moment_of(signed_at), now)
        told = document(body)
        events = told if isinstance(told, list) else [told]
        return tuple(report for one in events for report in _events(one))


def _events(one: Any) -> Iterator[Report]:
    kind = text(one, "event")
    name = text(one, "sg_event_id") or text(one, "sg_message_id")
    about = About(name, message_id=text(one, "smtp-id"))
    if kind == "spamreport":
        yield event(Sort.COMPLAINT, text(one, "email"), about)
    elif kind == "bounce":
        # "blocked" is a server that would not have it now; only "bounce" is for good.
        yield event(
            Sort.BOUNCE,
            text(one, "email"),
            about,
            is_permanent=text(one, "type") != "blocked",
            status=text(one, "status"),
            said=text(one, "reason"),
        )
