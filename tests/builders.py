"""Values for tests, complete and plausible; say only what the test is about.

``an_entry(title="x")`` is an entry whose title is ``x`` and whose rest does not matter.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from digest.core.catalogue import Catalogue, Issue, Shelf
from digest.core.edition import Edition, Entry, FiledResource, Filing, Section, content_hash
from digest.core.newsletter import Newsletter, Site, Theme
from digest.core.published import Precision, Published
from digest.core.reason import Reason
from digest.core.resource import Facts, Resource, ResourceId
from digest.core.source import Sighting

MONDAY = datetime(2026, 11, 23, 7, 30, tzinfo=UTC)
"""The moment the editions of tests stand for."""


def a_site(**over: object) -> Site:
    fields: dict[str, object] = {
        "name": "Riverbank",
        "url": "https://digest.example.org",
        "language": "en",
        "timezone": ZoneInfo("Europe/Berlin"),
        "contact": "editors@example.org",
        "postal_address": "Riverbank, 7 Weir Lane, 10115 Berlin, Germany",
        "description": "Healthy rivers and city water",
    }
    return Site(**{**fields, **over})  # type: ignore[arg-type] # the caller names the fields


def a_newsletter(**over: object) -> Newsletter:
    fields: dict[str, object] = {
        "slug": "weekly",
        "title": "The Riverbank Weekly",
        "description": "What is new on rivers and city water, every Monday.",
        "schedule": "30 7 * * 1",
        "timezone": ZoneInfo("Europe/Berlin"),
        "themes": ("theme-1", "theme-2", "theme-3"),
    }
    return Newsletter(**{**fields, **over})  # type: ignore[arg-type] # the caller names the fields


def an_entry(number: int = 1, **over: object) -> Entry:
    fields: dict[str, object] = {
        "resource": ResourceId(number),
        "tag": f"tag:digest.example.org,2026:resource/{number:020x}",
        "url": f"https://library.example.org/items/{number}",
        "title": f"How a river finds its way, part {number}",
        "theme": "theme-1",
        "summary": f"A field guide to bends and bars. Part {number} follows the water downhill.",
        "labels": ("Guidance",),
        "tags": ("Global",),
        "issuer": "Institute of Flow",
        "source": "Riverbank Library",
        "published": "2026-11-20",
        "first_seen": "2026-11-21T06:00:00Z",
    }
    return Entry(**{**fields, **over})  # type: ignore[arg-type] # the caller names the fields


def a_section(theme: str = "theme-1", *entries: Entry, **over: object) -> Section:
    fields: dict[str, object] = {
        "theme": theme,
        "title": theme.replace("-", " ").title(),
        "description": f"All about {theme.replace('-', ' ')}.",
        "entries": entries or (an_entry(theme=theme),),
        "shown": 7,
    }
    return Section(**{**fields, **over})  # type: ignore[arg-type] # the caller names the fields


def an_edition(*, themes: int = 3, per_theme: int = 3, **over: object) -> Edition:
    """An edition whose featured item, number 1, is of ``theme-1``, ahead of full sections."""
    sections = []
    for position in range(1, themes + 1):
        slug = f"theme-{position}"
        first = 1000 * position
        entries = [an_entry(first + n, theme=slug) for n in range(per_theme)]
        sections.append(a_section(slug, *entries, shown=max(per_theme, 1)))
    if sections:
        sections[0] = a_section("theme-1", *sections[0].entries, featured=True, shown=per_theme)
    fields: dict[str, object] = {
        "newsletter": "weekly",
        "title": "The Riverbank Weekly",
        "number": 12,
        "slug": "2026-11-23",
        "date": MONDAY,
        "sections": tuple(sections),
        "featured": an_entry(1, title="The sponge street", why="Three sources wrote about it."),
    }
    return Edition(**{**fields, **over})  # type: ignore[arg-type] # the caller names the fields


def an_issue(edition: Edition | None = None, **over: object) -> Issue:
    edition = edition or an_edition()
    fields: dict[str, object] = {
        "edition": edition,
        "tag": f"tag:digest.example.org,2026:{edition.newsletter}/{edition.slug}",
        "published": edition.date + timedelta(minutes=5),
        "content_hash": content_hash(edition),
    }
    return Issue(**{**fields, **over})  # type: ignore[arg-type] # the caller names the fields


def a_filed_resource(number: int = 1, *, theme: str = "theme-1", **over: object) -> FiledResource:
    """A resource first seen ``number`` minutes before :data:`MONDAY`; ``over``: its facts."""
    url = f"https://library.example.org/items/{number}"
    fields: dict[str, object] = {
        "canonical": url,
        "url": url,
        "title": f"How a river finds its way, part {number}",
        "summary": f"A field guide to bends and bars. Part {number} follows the water downhill.",
        "labels": ("Guidance",),
        "tags": ("Global",),
        "issuer": "Institute of Flow",
        "published": Published(datetime(2026, 11, 20, tzinfo=UTC), Precision.DAY),
        "sources": ("library",),
    }
    facts = Facts(**{**fields, **over})  # type: ignore[arg-type] # the caller names the fields
    seen = MONDAY - timedelta(minutes=number)
    tag = f"tag:digest.example.org,2026:resource/{number:020x}"
    resource = Resource(ResourceId(number), tag, facts, first_seen=seen, changed_at=seen)
    return FiledResource(resource, Filing(theme, Reason("tag", "the source tagged it")))


def a_catalogue(**over: object) -> Catalogue:
    """Two issues of one newsletter, three themes, six resources in the first two of them."""
    earlier = an_edition(number=11, slug="2026-11-16", date=MONDAY - timedelta(days=7))
    filed = tuple(a_filed_resource(n, theme=f"theme-{1 + n % 2}") for n in range(1, 7))
    themes = tuple(Theme(f"theme-{n}", f"Theme {n}", f"All about theme {n}.") for n in (1, 2, 3))
    fields: dict[str, object] = {
        "site": a_site(),
        "themes": themes,
        "shelves": (Shelf(a_newsletter(), (an_issue(), an_issue(earlier))),),
        "source_titles": (("library", "Riverbank Library"),),
        "resources": filed,
        "by_theme": tuple(
            (t.slug, tuple(f for f in filed if f.filing.theme == t.slug)) for t in themes
        ),
    }
    return Catalogue(**{**fields, **over})  # type: ignore[arg-type] # the caller names the fields


def a_sighting(number: int = 1, **over: object) -> Sighting:
    fields: dict[str, object] = {
        "source": "library",
        "key": f"item-{number}",
        "url": f"https://library.example.org/items/{number}",
        "title": f"How a river finds its way, part {number}",
        "seen_at": MONDAY,
    }
    return Sighting(**{**fields, **over})  # type: ignore[arg-type] # the caller names the fields
