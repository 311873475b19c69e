"""What is looked at: an edition as one reader would get it, with everything made of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import cached_property

from digest.core.artifact import Artifact
from digest.core.checks.markup import Markup
from digest.core.edition import Edition, Entry


@dataclass(frozen=True)
class Proof:
    """The letter of an example reader who follows every theme, and what goes with it.

    Attributes:
        preheader: what inboxes show behind the subject.
        message: the whole letter, as it would be handed to the mail server.
        text: its plain text part.
        html: its HTML part.
        unsubscribe_url: the reader's own.
        shares: how many bytes of HTML each theme takes, by its title.
        feeds: the documents of feeds that would hold this edition.
        site: address of the published root.
        at: when the letter was made.
    """

    edition: Edition
    preheader: str
    message: bytes
    text: str
    html: str
    unsubscribe_url: str
    site: str
    at: datetime
    shares: tuple[tuple[str, int], ...] = ()
    feeds: tuple[Artifact, ...] = ()

    @cached_property
    def markup(self) -> Markup:
        """The HTML part, read as browsers read it."""
        return Markup(self.html)

    @cached_property
    def parsed(self) -> EmailMessage:
        """The letter, read back by the standard library."""
        return message_from_bytes(self.message, policy=policy.default)

    @cached_property
    def subject(self) -> str:
        """As inboxes show it."""
        return str(self.parsed["Subject"] or "")

    @property
    def in_email(self) -> tuple[Entry, ...]:
        """The items that stand in the email, not only on the web."""
        featured = (self.edition.featured,) if self.edition.featured else ()
        shown = (entry for section in self.edition.sections for entry in section.visible)
        return (*featured, *shown)

    def item_at(self, url: str) -> str:
        """The item that an address belongs to, for people; empty: none."""
        for entry in self.in_email:
            if url in {entry.url, entry.download}:
                return f"“{entry.title}”"
        return ""
