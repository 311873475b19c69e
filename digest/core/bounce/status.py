"""Codes of failure in any text: enhanced ones (RFC 3463), and replies of SMTP (RFC 5321)."""

from __future__ import annotations

import re

from digest.core.bounce.report import Permanence

_ENHANCED = re.compile(r"(?<![\d.@/-])([245]\.\d{1,3}\.\d{1,3})(?![\d.])")
_REPLY = re.compile(r"(?:^|[\s:<'\"(\[#=])([45][0-5]\d)(?=[ \t)\]:,-]|$)", re.MULTILINE)
_VAGUE = re.compile(r"[45]\.0\.0")
_WORDS = {
    Permanence.TEMPORARY: re.compile(
        r"mailbox (?:is )?full|over ?quota|quota exceeded|exceeded (?:storage|the quota)"
        r"|insufficient (?:disk|storage)|will (?:be )?(?:retr|keep trying|try)|try again later"
        r"|temporar(?:y|ily)|delayed|not yet been delivered|connection (?:timed out|refused)"
        r"|mailbox size limit|out of storage|time[- ]?out|message expired|too long in queue",
        re.IGNORECASE,
    ),
    Permanence.PERMANENT: re.compile(
        r"unknown (?:user|recipient|address)|user unknown"
        r"|no such (?:user|address|recipient|mailbox)"
        r"|(?:does not|doesn't|not) (?:exist|have an? \S+ account|found|listed|known)"
        r"|invalid (?:recipient|address|mailbox|user)|disabled|suspended|discontinued|deactivated"
        r"|rejected|refused|denied|not allowed|blocked|host unknown|permanent",
        re.IGNORECASE,
    ),
}


def status_in(text: str) -> str:
    """Find the most telling enhanced code; empty: there is none."""
    codes = _ENHANCED.findall(text)
    failures = [code for code in codes if not code.startswith("2")]
    return next((code for code in failures if not _VAGUE.fullmatch(code)), "") or (
        failures[0] if failures else ""
    )


def has_reply(text: str) -> bool:
    """Whether a server's refusal is quoted; a number alone is none, it may count pages."""
    if _ENHANCED.search(text):
        return True
    return bool(_REPLY.search(text)) and any(words.search(text) for words in _WORDS.values())


def permanence_of(status: str, text: str) -> Permanence | None:
    """Judge by a status if there is one, else by a quoted reply, else by words."""
    if status:
        return Permanence.TEMPORARY if status.startswith("4") else Permanence.PERMANENT
    if reply := _REPLY.search(text):
        return Permanence.TEMPORARY if reply[1].startswith("4") else Permanence.PERMANENT
    return next((kind for kind, words in _WORDS.items() if words.search(text)), None)
