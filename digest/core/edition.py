"""Drafts and editions: what a window holds, before and after it is frozen."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import NewType

from digest.core.newsletter import OTHER
from digest.core.published import Published
from digest.core.reason import Reason
from digest.core.resource import Resource, ResourceId

EditionId = NewType("EditionId", int)


RULES, LEARNT = "rules", "learnt"
"""Who filed a resource when no editor did."""


@dataclass(frozen=True, slots=True)
class Guess:
    """A theme that a resource may belong to, and how probable that is, between 0 and 1."""

    theme: str
    probability: float


@dataclass(frozen=True, slots=True)
class Filing:
    """Under which theme a resource stands, and why.

    Attributes:
        theme: slug of a theme, or ``other``.
        also: slugs of the other themes that rules spoke for ("also in …").
        by: ``rules``, ``learnt``, or the name of the editor who filed it.
        guesses: by what was learnt when it was filed, the likeliest theme first; up to three.
        terms: what weighed most for the first of them, as people write it; up to three.
    """

    theme: str
    reason: Reason
    also: tuple[str, ...] = ()
    by: str = RULES
    guesses: tuple[Guess, ...] = ()
    terms: tuple[str, ...] = ()

    @property
    def is_decided(self) -> bool:
        """An editor filed it; nothing but an editor may file it otherwise."""
        return self.by not in {RULES, LEARNT}

    @property
    def is_to_file(self) -> bool:
        """Nothing could place it, and no editor has yet."""
        return self.theme == OTHER and not self.is_decided


@dataclass(frozen=True, slots=True)
class FiledResource:
    """A resource with its place."""

    resource: Resource
    filing: Filing


@dataclass(frozen=True, slots=True)
class Entry:
    """One resource as an edition shows it; text only, nothing to look up later.

    Attributes:
        tag: ``tag:`` URI of the resource.
        source: title of the source, as readers see it.
        also_in: titles of other themes it would fit.
        also_at: titles of other sources that showed it.
        note: an editor's remark, shown with the item.
        why: why it is featured; empty for others.
    """

    resource: ResourceId
    tag: str
    url: str
    title: str
    theme: str
    summary: str = ""
    content: str = ""
    labels: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    author: str = ""
    issuer: str = ""
    source: str = ""
    published: str = ""
    download: str = ""
    language: str = ""
    first_seen: str = ""
    also_in: tuple[str, ...] = ()
    also_at: tuple[str, ...] = ()
    note: str = ""
    why: str = ""

    @property
    def date(self) -> Published | None:
        """When the source says it was published."""
        return Published.parse(self.published) if self.published else None


@dataclass(frozen=True, slots=True)
class Section:
    """The items of one theme, in order.

    Attributes:
        entries: all of them; the first ``shown`` stand in the email.
        featured: one more item of this theme stands at the top of the edition.
    """

    theme: str
    title: str
    description: str
    entries: tuple[Entry, ...]
    shown: int
    featured: bool = False

    @property
    def count(self) -> int:
        """How many new items the theme has, the featured one among them."""
        return len(self.entries) + self.featured

    @property
    def visible(self) -> tuple[Entry, ...]:
        """The entries that stand in the email."""
        return self.entries[: self.shown]

    @property
    def more(self) -> int:
        """How many entries only the web page shows."""
        return max(0, len(self.entries) - self.shown)


@dataclass(frozen=True, slots=True)
class Heading:
    """What a list of editions says of one, and no more: lists are long and editions large.

    Attributes:
        date: its slot, in UTC.
        count: how many items it holds.
        lead: title of its featured item; may be empty.
    """

    newsletter: str
    slug: str
    number: int
    date: datetime
    count: int
    lead: str = ""

    @property
    def folder(self) -> str:
        """Where it stands on the web, relative to the published root."""
        return f"{self.newsletter}/{self.slug}/"


class EditionState(StrEnum):
    """How far an edition is."""

    DRAFT = "draft"
    READY = "ready"
    """Approved, and held back for a while in which the approval can be taken back."""
    APPROVED = "approved"
    SENT = "sent"
    CANCELLED = "cancelled"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Edition:
    """One issue of a newsletter; as a draft it may still change, frozen it never does.

    Attributes:
        number: counts the editions of the newsletter from 1; 0 while a draft.
        slug: last part of its address, such as ``2026-11-23``.
        date: the moment it stands for (its slot), in UTC.
        subject: an editor's subject; empty: the template makes one.
        letter: the editor's opening words, in Markdown; may be empty.
        featured: one item ahead of the sections; it is in none of them.
    """

    newsletter: str
    title: str
    number: int
    slug: str
    date: datetime
    sections: tuple[Section, ...]
    featured: Entry | None = None
    subject: str = ""
    preheader: str = ""
    letter: str = ""
    language: str = "en"

    @property
    def count(self) -> int:
        """How many items it holds."""
        return sum(section.count for section in self.sections)

    @property
    def heading(self) -> Heading:
        """What lists say of it."""
        lead = self.featured.title if self.featured else ""
        return Heading(self.newsletter, self.slug, self.number, self.date, self.count, lead)

    def entries(self) -> Iterator[Entry]:
        """All items in reading order, the featured one first."""
        if self.featured:
            yield self.featured
        for section in self.sections:
            yield from section.entries

    def only(self, themes: Iterable[str] | None) -> Edition:
        """What a reader of these themes gets; ``None`` means all of it."""
        if themes is None:
            return self
        wanted = frozenset(themes)
        featured = self.featured if self.featured and self.featured.theme in wanted else None
        sections = tuple(section for section in self.sections if section.theme in wanted)
        return replace(self, sections=sections, featured=featured)

    @property
    def themes(self) -> frozenset[str]:
        """The slugs of the themes that have items here."""
        return frozenset(section.theme for section in self.sections)


def content_hash(edition: Edition) -> str:
    """Name the content: 64 hexadecimal digits (SHA-256), equal for equal editions only."""
    text = json.dumps(asdict(edition), default=_in_utc, ensure_ascii=True, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _in_utc(moment: datetime) -> str:
    """Equal moments are equal content, whatever zone a database gives them back in."""
    return str(moment.astimezone(UTC))
