"""What mailbox providers and the RFCs ask of every letter, as a list of faults.

The rules are those that editors are told of (:mod:`digest.core.checks.headers`), and what needs a
DNS beside them.
"""

from __future__ import annotations

import re
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Protocol

import dkim

from digest.core.checks import headers

_WAYS_OUT = ("List-Unsubscribe", "List-Unsubscribe-Post")
_NOTE_FIELDS = (
    "To", "Date", "Message-ID", "From", "Auto-Submitted", "Feedback-ID", "MIME-Version", "Subject",
    "Content-Type",
)  # fmt: skip
_OF_LISTS = {
    "the fields are those we set, each once",
    "old responders stay quiet",
    "List-Id has an id in brackets",
}
_OF_LEAVING = {"one click leaves", "the link to leave is one line"}
SIGNED = frozenset({
    "from", "to", "subject", "date", "message-id", "mime-version", "content-type", "list-id",
    "list-unsubscribe", "list-unsubscribe-post", "feedback-id",
})  # fmt: skip
"""What a signature must cover; both fields of one-click by RFC 8058 §4."""


class Dns(Protocol):
    """Answers as the DNS would with the record of a key."""

    def __call__(self, name: bytes, timeout: int = 5) -> bytes | None: ...


def parsed(content: bytes) -> EmailMessage:
    return message_from_bytes(content, policy=policy.default)


def faults(
    content: bytes, now: datetime, *, smtputf8: bool = False, dns: Dns | None = None
) -> list[str]:
    """Every rule that a message breaks; empty when all is well.

    With ``dns`` it must be signed, and the signature good by what the DNS says.
    """
    message = parsed(content)
    checks = _signature_checks(content, message, dns) if dns else {}
    broken = [rule for rule, holds in checks.items() if not holds]
    if (dns is not None) != ("DKIM-Signature" in message):
        broken.append("signed, if and only if it is to be")
    return headers.faults(content, message, now, smtputf8=smtputf8) + broken


def note_faults(
    content: bytes, now: datetime, *, leaves: bool = False, dns: Dns | None = None
) -> list[str]:
    """Every rule that a letter to one person breaks; it is no list, so those of lists are out.

    With ``leaves`` it must say how to leave by one click.
    """
    fields = [field for field in parsed(content) if field != "DKIM-Signature"]
    expected = [*_NOTE_FIELDS, *(_WAYS_OUT if leaves else ())]
    passed_over = _OF_LISTS if leaves else _OF_LISTS | _OF_LEAVING
    broken = [rule for rule in faults(content, now, dns=dns) if rule not in passed_over]
    return broken + ([] if sorted(fields) == sorted(expected) else [f"other fields: {fields}"])


def _signature_checks(content: bytes, message: EmailMessage, dns: Dns) -> dict[str, bool]:
    field = re.sub(r"\s+", "", message["DKIM-Signature"])
    tags = dict(tag.split("=", 1) for tag in field.split(";") if tag)
    covered = tags["h"].lower().split(":")
    author = "." + message["From"].addresses[0].domain.lower()
    return {
        "the signature is good": bool(dkim.verify(content, dnsfunc=dns)),
        "the signature covers what readers see and click": set(covered) >= SIGNED,
        "no second author can be added": covered.count("from") > message.keys().count("From"),
        "the signature is of the author's domain": author.endswith("." + tags["d"]),
        "nothing can be added to the body": "l" not in tags,
    }
