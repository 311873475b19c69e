"""Newsletters and themes: what the configuration promises to readers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

OTHER = "other"
"""The slug of the section for what no rule could place."""


@dataclass(frozen=True, slots=True)
class Theme:
    """A section that readers can follow.

    Attributes:
        keywords: words and phrases that speak for the theme.
        tags: labels and tags of sources that *are* this theme.
        formerly: slugs it had before, or of themes that became a part of it.
    """

    slug: str
    title: str
    description: str = ""
    keywords: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    formerly: tuple[str, ...] = ()


class Approval(StrEnum):
    """Who lets an edition out."""

    AUTO = "auto"
    MANUAL = "manual"


class Unfiled(StrEnum):
    """What becomes of items that nothing could place."""

    OTHER = "other"  # they appear in the section for such
    WAIT = "wait"  # they wait until an editor files them


@dataclass(frozen=True, slots=True)
class Newsletter:
    """A recurring publication.

    Attributes:
        schedule: five-field cron expression in local time of ``timezone``, or empty: only by hand.
        themes: slugs in the order of the sections; items of other themes are not carried.
        template: folder under ``templates/email/``.
        max_items_per_theme: how many items of a theme stand in the email; the web page has all.
        min_items: with fewer new items than this, no edition is made and they wait for the next.
        unfiled: what becomes of items that nothing could place.
        approvals: how many people have to approve an edition, where people do.
        auto_send_after: a draft that nobody touches for so long is approved by itself.
        hold_for: how long after its approval an edition is held back, so that it can be undone.
        editors: addresses that are written to when a draft waits for somebody.
    """

    slug: str
    title: str
    description: str
    schedule: str
    timezone: ZoneInfo
    themes: tuple[str, ...]
    approval: Approval = Approval.AUTO
    template: str = "digest"
    max_items_per_theme: int = 7
    min_items: int = 1
    language: str = "en"
    unfiled: Unfiled = Unfiled.OTHER
    approvals: int = 1
    auto_send_after: timedelta | None = None
    hold_for: timedelta | None = None
    editors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Site:
    """Who publishes.

    Attributes:
        url: absolute address of the published root, without a trailing slash.
        contact: address that people may write to.
        postal_address: required in bulk mail by law in many countries.
        accent: the one colour of its own, such as ``#0b5c52``; empty: the house's.
    """

    name: str
    url: str
    language: str
    timezone: ZoneInfo
    contact: str
    postal_address: str
    description: str = ""
    accent: str = ""
