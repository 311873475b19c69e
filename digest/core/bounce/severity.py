"""How much a failure says against an address."""

from __future__ import annotations

import re
from enum import StrEnum

from digest.core.bounce.report import Failure, Permanence
from digest.core.refusal import Refusal, is_our_fault, refusal

_REPLY = re.compile(r"[45]\d\d\b")
_CLOSED = "5.2.1"
"""A mailbox that is there and takes no mail, now or ever (RFC 3463 3.3)."""


class Severity(StrEnum):
    """From what strikes an address off soon to what never does."""

    HARD = "hard"
    """Nobody has the address."""
    SOFT = "soft"
    """Full, out of order, refused by rules: it may come right by itself."""
    DELAY = "delay"
    """A server still tries."""
    OURS = "ours"
    """We are not believed or not wanted; that says nothing about the reader."""


def severity(failure: Failure) -> Severity:
    """Judge one failure; in doubt it is soft."""
    if failure.is_delay:
        return Severity.DELAY
    if failure.permanence is not Permanence.PERMANENT:
        return Severity.SOFT
    reply = _as_reply(failure)
    if is_our_fault(reply):
        return Severity.OURS
    if failure.status == _CLOSED or refusal(reply) is Refusal.ADDRESS:
        return Severity.HARD
    return Severity.SOFT


def of_reply(reply: str) -> Failure | None:
    """Make a failure of what a server answered at once; ``None``: that was no refusal of one."""
    found = re.match(r"(?P<class>[45])\d\d(?:[ -]+(?P<status>[45]\.\d{1,3}\.\d{1,3}))?", reply)
    if not found:
        return None
    permanence = Permanence.PERMANENT if found["class"] == "5" else Permanence.TEMPORARY
    return Failure("", permanence, found["status"] or "", reply)


def says_nobody(failure: Failure) -> bool:
    """Whether it is the surest of all: nobody here has this mailbox."""
    return failure.status == "5.1.1" and failure.said.startswith("550")


def _as_reply(failure: Failure) -> str:
    """Write it as the server would have answered, the status ahead of its words."""
    words = _REPLY.sub("", failure.said, count=1) if _REPLY.match(failure.said) else failure.said
    words = words.lstrip(" -").removeprefix(failure.status).lstrip()
    return f"550 {failure.status} {words}" if failure.status else f"550 {words}"
