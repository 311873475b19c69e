"""What is known of people, as values."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from subscribers.errors import BadSlugError

if TYPE_CHECKING:
    from datetime import datetime

Themes = tuple[str, ...] | None
"""Slugs of the themes followed; ``None``: all of them, also those added later."""

_SLUG_CHARACTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-_")
_SLUG_LENGTH = 100


class State(StrEnum):
    """Where a subscription, or a person as a whole, stands."""

    PENDING = "pending"
    """Asked for, not confirmed: gets nothing."""
    ACTIVE = "active"
    PAUSED = "paused"
    LEFT = "left"
    SUPPRESSED = "suppressed"
    """Only of a person: the address must not be mailed, whatever is subscribed."""


class What(StrEnum):
    """What a record of consent says."""

    ASKED = "asked"
    JOINED = "joined"
    CONFIRMED = "confirmed"
    PAUSED = "paused"
    RESUMED = "resumed"
    LEFT = "left"
    UNDID = "undid"
    CHOSE = "chose"
    WIDENED = "widened"
    MOVED = "moved"
    """To another address, which its owner confirmed."""
    SUPPRESSED = "suppressed"
    RELEASED = "released"
    ERASED = "erased"


@dataclass(frozen=True, slots=True)
class Subscription:
    """A person's wish for one newsletter.

    Attributes:
        since: when they joined.
        changed_at: when the state last changed.
        chosen_at: when the reader last chose the themes.
        paused_until: when a pause ends by itself; ``None``: when the reader says so.
        catch_up_from: what came since and did not reach the reader is still to be sent.
        moved_from: the newsletter that the reader left for this one.
        caught_up_from: what came from then on was in the last letter of what was missed.
        caught_up_at: when that was written.
    """

    newsletter: str
    themes: Themes
    state: State
    since: datetime
    changed_at: datetime
    chosen_at: datetime | None = None
    paused_until: datetime | None = None
    catch_up_from: datetime | None = None
    moved_from: str = ""
    caught_up_from: datetime | None = None
    caught_up_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Consent:
    """One change of consent: what, when, and how it came about.

    Attributes:
        said: the words that were agreed to; empty: they are not known here.
    """

    newsletter: str
    what: What
    at: datetime
    how: str
    themes: Themes = None
    said: str = ""


@dataclass(frozen=True, slots=True)
class Suppression:
    """Why an address must not be mailed."""

    reason: str
    since: datetime
    how: str


@dataclass(frozen=True, slots=True)
class Stop:
    """An address that must not be mailed from now on; ``since`` where it is known."""

    address_hash: bytes
    reason: str
    how: str
    since: datetime | None


@dataclass(frozen=True, slots=True)
class Subscriber:
    """A person.

    Attributes:
        address: as it is mailed: letter case of the local part kept, an international domain
            in Unicode.
        state: the liveliest of their subscriptions', or *suppressed*.
        handle: 8 random bytes that stand for the person in links.
    """

    id: int
    address: str
    name: str
    state: State
    language: str
    created_at: datetime
    subscriptions: tuple[Subscription, ...]
    handle: bytes = field(repr=False)

    def subscription(self, newsletter: str) -> Subscription | None:
        """What they want of one newsletter."""
        return next((s for s in self.subscriptions if s.newsletter == newsletter), None)


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody who gets the next letter of a newsletter.

    Attributes:
        since: when they joined it.
        handle: what their links are made from.
    """

    id: int
    address: str
    name: str
    themes: Themes
    since: datetime
    language: str
    handle: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Recap:
    """The last letter with what somebody had missed of a newsletter.

    Attributes:
        since: what came from then on was in it, or had reached them.
        until: when it was written.
        themes: that they followed; ``None``: all.
    """

    since: datetime
    until: datetime
    themes: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class Returner:
    """Somebody who is back after a pause, or came from another newsletter.

    Attributes:
        since: what came from then on and did not reach them is owed.
        moved_from: the newsletter they left for this one; empty: they paused.
        recap: what they got of the one they left, beside its editions.
    """

    reader: Recipient
    newsletter: str
    since: datetime
    moved_from: str
    recap: Recap | None = None


@dataclass(frozen=True, slots=True)
class Dossier:
    """All that is kept about one person."""

    subscriber: Subscriber
    suppression: Suppression | None
    consents: tuple[Consent, ...]


@dataclass(frozen=True, slots=True)
class Offer:
    """A newsletter that readers may choose, with the titles to show.

    Attributes:
        themes: (slug, title) in the order to show them.
    """

    newsletter: str
    title: str
    themes: tuple[tuple[str, str], ...] = ()


def slug(text: str) -> str:
    """Check the name of a newsletter or theme: it goes into addresses as it is.

    Raises:
        BadSlugError: it is empty, too long, or holds other characters.
    """
    if not text or len(text) > _SLUG_LENGTH or not _SLUG_CHARACTERS.issuperset(text):
        raise BadSlugError(f"{text!r}: expected lower-case letters, digits and hyphens")
    return text
