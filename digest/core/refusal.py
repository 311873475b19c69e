"""Why a mail server refused, told from its words (RFC 3463, RFC 7372, RFC 7505).

What matters most is whose fault it is: an address that does not exist is struck off, but a letter
refused because *we* are not believed says nothing about its reader.
"""

from __future__ import annotations

import re
from enum import StrEnum

_REPLY = re.compile(
    r"[45]\d\d(?:[ -]+[45]\.(?P<subject>\d{1,3})\.(?P<detail>\d{1,3})\b)?(?P<text>.*)", re.DOTALL
)


class Refusal(StrEnum):
    """What was wrong."""

    ADDRESS = "address"
    """Nobody has it: the user or the domain does not exist, or takes no mail."""

    MAILBOX = "mailbox"
    """It is there, but closed, full, or wants no letter as long as this."""

    SENDER = "sender"
    """It was said before a reader was named, so it is about us, whatever the words are."""

    AUTHENTICATION = "authentication"
    """We are not believed to be who we say: SPF, DKIM, DMARC, reverse DNS, TLS, login."""

    REPUTATION = "reputation"
    """We are believed, and not wanted: our server or domain is on a list."""

    POLICY = "policy"
    """The receiver's own rules, no more said."""

    CONTENT = "content"
    """What the letter holds, or how long it is."""

    OTHER = "other"
    """None of these: the server's own trouble, or no reason given."""


TO_MAIL = "MAIL FROM: "
"""Stands before a reply to the command that names the sender (RFC 5321 §4.1.1.2)."""

_OUR_FAULT = frozenset({Refusal.AUTHENTICATION, Refusal.REPUTATION, Refusal.SENDER})
_ABOUT_THE_LETTER = frozenset({Refusal.CONTENT, Refusal.MAILBOX})
"""What a reply to the sender's name can be about beside him: the size that was announced."""

_BY_DETAIL = {
    # RFC 7372 gives 20 to 26, RFC 8617 29; large receivers use 27 to 32 for SPF, complaints, TLS,
    # DKIM and alignment, 9 and 509 for DMARC, 515 for bulk senders who lack any of them.
    **dict.fromkeys((8, 9, 11, *range(20, 33), 40, 509, 515), Refusal.AUTHENTICATION),
    **dict.fromkeys((511, *range(606, 650)), Refusal.REPUTATION),
}
"""The third number behind ``X.7``."""

_BY_SUBJECT = {
    "1": Refusal.ADDRESS,
    "2": Refusal.MAILBOX,
    "6": Refusal.CONTENT,
    "7": Refusal.POLICY,
}
"""The second number."""

_EXACT = {
    "1.7": Refusal.POLICY,  # the *sender's* address, as those below
    "1.8": Refusal.AUTHENTICATION,
    "3.4": Refusal.CONTENT,
    "4.1": Refusal.ADDRESS,  # how Exchange says that it knows no such recipient
}

_NOBODY = r"(?:user|recipient|mailbox|address|account)"
_WORDS = {
    Refusal.AUTHENTICATION: "spf|dkim|dmarc|ptr record|reverse dns|unauthenticated"
    "|authentication required",
    Refusal.REPUTATION: "(?:block|black) ?list(?:ed)?|spamhaus|banned|(?:poor|bad) reputation",
    Refusal.MAILBOX: "over ?quota|quota exceeded|(?:mail)?box (?:is )?full|inactive|disabled",
    Refusal.ADDRESS: f"{_NOBODY} (?:is )?(?:unknown|not found|unavailable)"
    f"|(?:unknown|no such|invalid) {_NOBODY}|(?:does not|doesn't) (?:exist|have an account)",
    Refusal.CONTENT: "spam|virus|too (?:large|big)",
}
_PATTERNS = {kind: re.compile(rf"\b(?:{words})\b", re.IGNORECASE) for kind, words in _WORDS.items()}
_VAGUE = frozenset({"5.0", "7.0", "7.1", "0.0"})
"""Codes that many use for anything; words know better."""


def refusal(reply: str) -> Refusal:
    """Judge a reply such as ``550 5.1.1 no such user`` or ``MAIL FROM: 550 5.7.1 not yours``."""
    if reply.startswith(TO_MAIL):
        return _of_the_sender(reply.removeprefix(TO_MAIL))
    found = _REPLY.match(reply)
    if found is None:
        return Refusal.OTHER
    subject, detail = found["subject"] or "0", found["detail"] or "0"
    code = f"{subject}.{detail}"
    if code in _VAGUE:
        return _by_words(found["text"]) or _BY_SUBJECT.get(subject, Refusal.OTHER)
    if subject == "7" and int(detail) in _BY_DETAIL:
        return _BY_DETAIL[int(detail)]
    return _EXACT.get(code) or _BY_SUBJECT.get(subject, Refusal.OTHER)


def is_our_fault(reply: str) -> bool:
    """Whether a letter was refused for good because of who sends it.

    Then every other letter will be refused as well: the edition should wait, and no reader may
    be struck off for it.
    """
    is_final = reply.removeprefix(TO_MAIL).startswith("5")
    return is_final and refusal(reply) in _OUR_FAULT


def _of_the_sender(reply: str) -> Refusal:
    kind = Refusal.CONTENT if reply.startswith("552") else refusal(reply)
    return kind if kind in _OUR_FAULT | _ABOUT_THE_LETTER else Refusal.SENDER


def _by_words(text: str) -> Refusal | None:
    return next((kind for kind, pattern in _PATTERNS.items() if pattern.search(text)), None)
