"""What mailbox providers and the RFCs ask of every letter, as a list of faults.

Read back with the standard library, which knows nothing of how letters are written here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

from digest.core.checks.finding import Check, Finding
from digest.core.checks.proof import Proof

FIELDS = (
    "To", "Date", "Message-ID", "List-Unsubscribe", "From", "List-Id", "List-Unsubscribe-Post",
    "List-Archive", "Auto-Submitted", "Precedence", "Feedback-ID", "MIME-Version", "Subject",
    "Content-Type",
)  # fmt: skip
"""What stands in the head of a letter, each once; a signature may stand with them."""

_LONGEST_LINE = 998  # RFC 5322 2.1.1
_LONGEST_WORD = 75  # RFC 2047 2
_LONGEST_ENCODED = 76  # RFC 2045 6.7
_LONGEST_ID = 250
_BORDERS = 3

_WORD = re.compile(rb"=\?[!->@-~]*\?[!->@-~]*\?[!->@-~]*\?=")
_UNSHOWN = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_LEAVE = re.compile(rb"(?m)^List-Unsubscribe: <https?://[!-=?-~]+>(?:, <mailto:[!-=?-~]+>)?\r?$")
_MESSAGE_ID = re.compile(r"<[a-z0-9]+@[a-z0-9.-]+>")
_FEEDBACK = re.compile(r"[^:@]+:[^:@]+:[^:@]+:[a-z0-9]{5,15}")
_LIST_ID = re.compile(r"<[a-z0-9.-]+>$")
_BARE = re.compile(rb"(?<!\r)\n|\r(?!\n)")


def faults(
    content: bytes, message: EmailMessage, now: datetime, *, smtputf8: bool = False
) -> list[str]:
    """Every rule that a message breaks; empty when all is well.

    Args:
        content: the whole message.
        message: the same, parsed.
        now: when it is handed over.
        smtputf8: its recipient's name is outside ASCII, so its head may be too.
    """
    head, _, body = content.partition(b"\r\n\r\n")
    rules = {
        **_form_rules(content, head, smtputf8=smtputf8),
        **_field_rules(message),
        **_body_rules(message, body),
        "the link to leave is one line": bool(_LEAVE.search(head)),
        "Date is now, in UTC": _is_now(head, message, now),
    }
    return [rule for rule, holds in rules.items() if not holds]


def _form_rules(content: bytes, head: bytes, *, smtputf8: bool) -> dict[str, bool]:
    words, lines = _WORD.findall(head), content.split(b"\r\n")
    return {
        "every line ends in CRLF": not _BARE.search(content),
        "no NUL": b"\0" not in content,
        "the head is ASCII": smtputf8 or head.isascii(),
        "lines of at most 998 octets": max(map(len, lines)) <= _LONGEST_LINE,
        "encoded words of at most 75 characters": all(len(word) <= _LONGEST_WORD for word in words),
    }


def _field_rules(message: EmailMessage) -> dict[str, bool]:
    name = str(message["Message-ID"])
    fields = sorted(field for field in message if field != "DKIM-Signature")
    return {
        "the fields are those we set, each once": fields == sorted(FIELDS),
        "the parser finds no defect": not message.defects,
        "one visible recipient": _addresses(message, "To") == 1,
        "one author": _addresses(message, "From") == 1,
        "a Message-ID of letters and digits": bool(_MESSAGE_ID.fullmatch(name)),
        "a Message-ID of at most 250 characters": len(name) <= _LONGEST_ID,
        "one click leaves": message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click",
        "responders stay quiet": message["Auto-Submitted"] == "auto-generated",
        "old responders stay quiet": message["Precedence"] == "list",
        "complaints can be counted": bool(_FEEDBACK.fullmatch(str(message["Feedback-ID"]))),
        "List-Id has an id in brackets": bool(_LIST_ID.search(str(message["List-Id"]))),
        "the subject shows no control character": not _UNSHOWN.search(str(message["Subject"])),
    }


def _addresses(message: EmailMessage, field: str) -> int:
    return len(getattr(message[field], "addresses", ()))


def _is_now(head: bytes, message: EmailMessage, now: datetime) -> bool:
    date = getattr(message["Date"], "datetime", None)
    if date is None or b" +0000\r\n" not in head:
        return False
    return bool(abs(date.astimezone(UTC) - now) < timedelta(minutes=2))


def _body_rules(message: EmailMessage, body: bytes) -> dict[str, bool]:
    parts = [part for part in message.walk() if not part.is_multipart()]
    boundary = message.get_boundary("").encode()
    return {
        "alternatives, text first, html last": [part.get_content_type() for part in parts]
        == ["text/plain", "text/html"],
        "the boundary stands only at the borders": body.count(boundary) == _BORDERS,
        "both parts say utf-8 and quoted-printable": all(
            (part.get_content_charset(), part["Content-Transfer-Encoding"])
            == ("utf-8", "quoted-printable")
            for part in parts
        ),
        "the body is ASCII in lines of at most 76": body.isascii()
        and max(map(len, body.split(b"\r\n"))) <= _LONGEST_ENCODED,
        "both parts hold words": all(part.get_payload(decode=True) for part in parts),
    }


def _find(proof: Proof) -> Iterator[Finding]:
    for rule in faults(proof.message, proof.parsed, proof.at):
        yield Finding(
            f"a rule for bulk mail is broken: {rule}", "headers", "this is a fault of the program"
        )


CHECK = Check(
    "headers",
    "Header checklist",
    "Gmail, Yahoo and Outlook refuse or file as spam what breaks their rules for bulk mail.",
    _find,
)
