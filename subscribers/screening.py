"""Which addresses may sign up at all, whatever their owner wants."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import idna

if TYPE_CHECKING:
    from collections.abc import Iterator

DISPOSABLE = frozenset({
    "10minutemail.com", "33mail.com", "dispostable.com", "emailondeck.com", "fakeinbox.com",
    "getnada.com", "grr.la", "guerrillamail.com", "guerrillamailblock.com", "mail.tm",
    "mailcatch.com", "maildrop.cc", "mailinator.com", "mailnesia.com", "mintemail.com",
    "mohmal.com", "mytemp.email", "sharklasers.com", "spamgourmet.com", "temp-mail.org",
    "tempail.com", "tempmail.plus", "throwawaymail.com", "trashmail.com", "yopmail.com",
})  # fmt: skip
"""The best known of those who give out mailboxes for ten minutes; a site may name more."""


@dataclass(frozen=True, slots=True)
class Screen:
    """Rules about domains; a domain stands for those below it, too.

    Attributes:
        allowed: only these, where there are any.
        blocked: never these.
        disposable: those of mailboxes that are gone tomorrow; ``allowed`` beats it.
    """

    allowed: frozenset[str] = field(default_factory=frozenset)
    blocked: frozenset[str] = field(default_factory=frozenset)
    disposable: frozenset[str] = DISPOSABLE

    def refusal(self, address: str) -> str:
        """Say why a normalised address may not sign up; empty: it may."""
        names = frozenset(_above(address.rpartition("@")[2]))
        if self.blocked & names:
            return "Addresses of this domain cannot sign up here."
        if self.allowed:
            return "" if self.allowed & names else "Only addresses of certain domains can sign up."
        if self.disposable & names:
            return "Please give an address that you will still have next week."
        return ""


def _above(domain: str) -> Iterator[str]:
    """A domain and those it belongs to, in both spellings."""
    labels = domain.lower().split(".")
    for start in range(len(labels)):
        name = ".".join(labels[start:])
        yield name
        if not name.isascii():
            yield idna.encode(name, uts46=True).decode()
