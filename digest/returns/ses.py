"""Reports of Amazon SES, which come through Amazon SNS and are signed there.

SNS signs with a key whose certificate it names by address. Only an address of Amazon's own is
asked for it: else anybody could sign with a certificate of their own.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from digest.config import Options
from digest.core.bounce import Report, Sort
from digest.errors import ForgedError
from digest.ports import Fetch
from digest.returns.signatures import is_signed_by_certificate
from digest.returns.webhook import About, at, check_age, document, event, text

_AMAZON = re.compile(r"https://sns\.[a-z0-9-]+\.amazonaws\.com(?:\.cn)?/")
_SIGNED = {
    "Notification": ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"),
    "SubscriptionConfirmation": (
        "Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type",
    ),
}  # fmt: skip


class SesOptions(Options):
    """Keys of ``[[bounces]]`` that only this kind understands."""

    topic: str
    """The name (ARN) of the SNS topic; reports of any other one are refused."""


class SesWebhook:
    """Reads what SNS posts."""

    role = "webhook"
    Options = SesOptions

    def __init__(self, options: SesOptions, fetch: Fetch) -> None:
        self._topic = options.topic
        self._fetch = fetch

    def reports(self, headers: Mapping[str, str], body: bytes, now: datetime) -> Sequence[Report]:
        """Read one notification; the topic's first message is answered by visiting its link."""
        del headers
        message = document(body)
        self._check(message, now)
        if text(message, "Type") == "SubscriptionConfirmation":
            self._visit(text(message, "SubscribeURL"))
            return ()
        return tuple(_events(document(text(message, "Message").encode())))

    def _check(self, message: Any, now: datetime) -> None:
        names = _SIGNED.get(text(message, "Type"))
        if names is None or text(message, "TopicArn") != self._topic:
            raise ForgedError("the report is of another topic")
        lines = [f"{name}\n{text(message, name)}\n" for name in names if name in message]
        try:
            signature = base64.b64decode(text(message, "Signature"), validate=True)
            signed_at = datetime.fromisoformat(text(message, "Timestamp"))
        except (binascii.Error, ValueError):
            raise ForgedError("the report has no signature") from None
        if signed_at.tzinfo is None:
            raise ForgedError("the report has no time of its signature")
        check_age(signed_at, now)
        certificate = self._visit(text(message, "SigningCertURL"))
        is_new = text(message, "SignatureVersion") == "2"
        words = "".join(lines).encode()
        if not is_signed_by_certificate(certificate, signature, words, with_sha256=is_new):
            raise ForgedError("the signature of the report is wrong")

    def _visit(self, url: str) -> bytes:
        if not _AMAZON.match(url):
            raise ForgedError("the report names an address that is not Amazon's")
        return self._fetch(url)


def _events(notice: Any) -> Iterator[Report]:
    kind = text(notice, "notificationType") or text(notice, "eventType")
    name, source = text(notice, "mail", "messageId"), text(notice, "mail", "source")
    about = About(name, source, _own_id(notice))
    if kind == "Bounce":
        is_permanent = text(notice, "bounce", "bounceType") == "Permanent"
        for one in _people(notice, "bounce", "bouncedRecipients"):
            yield event(
                Sort.BOUNCE,
                text(one, "emailAddress"),
                about,
                is_permanent=is_permanent,
                status=text(one, "status"),
                said=text(one, "diagnosticCode").removeprefix("smtp; "),
            )
    elif kind == "Complaint" and text(notice, "complaint", "complaintFeedbackType") != "not-spam":
        for one in _people(notice, "complaint", "complainedRecipients"):
            yield event(Sort.COMPLAINT, text(one, "emailAddress"), about)


def _own_id(notice: Any) -> str:
    """Our name of the letter, which SES replaces by its own, and tells if it is to send headers."""
    headers = at(notice, "mail", "headers")
    for header in headers if isinstance(headers, list) else []:
        if text(header, "name").lower() == "message-id":
            return text(header, "value")
    return ""


def _people(notice: Any, *path: str) -> list[Any]:
    found = at(notice, *path)
    return found if isinstance(found, list) else []
