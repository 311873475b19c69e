"""What mailbox providers and the RFCs ask of every letter, as a list of faults.

The message is read back with the standard library, which knows nothing of how we write it.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Protocol

import dkim

FIELDS = (
    "To", "Date", "Message-ID", "List-Unsubscribe", "From", "List-Id", "List-Unsubscribe-Post",
    "List-Archive", "Auto-Submitted", "Precedence", "Feedback-ID", "MIME-Version", "Subject",
    "Content-Type",
)  # fmt: skip
SIGNED = frozenset({
    "from", "to", "subject", "date", "message-id", "mime-version", "content-type", "list-id",
    "list-unsubscribe", "list-unsubscribe-post", "feedback-id",
})  # fmt: skip
"""What a signature must cover; both fields of one-click by RFC 8058 §4."""

_WORD = re.compile(rb"=\?[!->@-~]*\?[!->@-~]*\?[!->@-~]*\?=")

_UNSHOWN = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_LEAVE = re.compile(rb"(?m)^List-Unsubscribe: <https?://[!-~]+>\r?$")
_MESSAGE_ID = re.compile(r"<[a-z0-9]+@[a-z0-9.-]+>")
_FEEDBACK = re.compile(r"[^:@]+:[^:@]+:[^:@]+:[a-z0-9]{5,15}")
_LIST_ID = re.compile(r"<[a-z0-9.-]+>$")


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
    head, _, body = content.partition(b"\r\n\r\n")
    message = parsed(content)
    checks = {
        **_form_checks(content, head, smtputf8=smtputf8),
        **_field_checks(message, signed=dns is not None),
        **(_signature_checks(content, message, dns) if dns else {}),
        **_body_checks(message, body),
        "the link to leave is one line": bool(_LEAVE.search(head)),
        "Date is now, in UTC": _is_now(head, message, now),
    }
    return [rule for rule, holds in checks.items() if not holds]


def _form_checks(content: bytes, head: bytes, *, smtputf8: bool) -> dict[str, bool]:
    words = _WORD.findall(head)
    return {
        "every line ends in CRLF": not re.search(rb"(?<!\r)\n|\r(?!\n)", content),
        "no NUL": b"\0" not in content,
        "the head is ASCII": smtputf8 or head.isascii(),
        "lines of at most 998 octets": max(map(len, content.split(b"\r\n"))) <= 998,
        "encoded words of at most 75 characters": all(len(word) <= 75 for word in words),
    }


def _field_checks(message: EmailMessage, *, signed: bool) -> dict[str, bool]:
    name = message["Message-ID"]
    fields = (*FIELDS, "DKIM-Signature") if signed else FIELDS
    return {
        "the fields are those we set, each once": sorted(message.keys()) == sorted(fields),
        "the parser finds no defect": not message.defects,
        "one visible recipient": len(message["To"].addresses) == 1,
        "one author": len(message["From"].addresses) == 1,
        "a Message-ID of letters and digits": bool(_MESSAGE_ID.fullmatch(name)),
        "a Message-ID of at most 250 characters": len(name) <= 250,
        "one click leaves": message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click",
        "responders stay quiet": message["Auto-Submitted"] == "auto-generated",
        "old responders stay quiet": message["Precedence"] == "list",
        "complaints can be counted": bool(_FEEDBACK.fullmatch(message["Feedback-ID"])),
        "List-Id has an id in brackets": bool(_LIST_ID.search(message["List-Id"])),
        "the subject shows no control character": not _UNSHOWN.search(message["Subject"]),
    }


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


def _is_now(head: bytes, message: EmailMessage, now: datetime) -> bool:
    apart = abs(message["Date"].datetime.astimezone(UTC) - now)
    return b" +0000\r\n" in head and apart < timedelta(minutes=2)


def _body_checks(message: EmailMessage, body: bytes) -> dict[str, bool]:
    parts = list(message.iter_parts())
    boundary = message.get_boundary("").encode()
    return {
        "alternatives, text first, html last": [part.get_content_type() for part in parts]
        == ["text/plain", "text/html"],
        "the boundary stands only at the borders": body.count(boundary) == 3,
        "both parts say utf-8 and quoted-printable": all(
            (part.get_content_charset(), part["Content-Transfer-Encoding"])
            == ("utf-8", "quoted-printable")
            for part in parts
        ),
        "the body is ASCII in lines of at most 76": body.isascii()
        and max(map(len, body.split(b"\r\n"))) <= 76,
        "both parts hold words": all(part.get_content().strip() for part in parts),
    }
