"""The web pages: front page, newsletters, editions, themes, resources, and the style sheet."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from digest.core.artifact import Artifact
from digest.renderers.entries import Desk
from digest.renderers.links import RESOURCES, FeedLink, feeds, theme_folder
from digest.renderers.templating import STYLESHEET

if TYPE_CHECKING:
    from collections.abc import Iterator

    from digest.core.catalogue import Catalogue, Shelf
    from digest.core.edition import Edition, Entry, FiledResource
    from digest.core.newsletter import Newsletter
    from digest.renderers.templating import Templates

_HTML = "text/html; charset=utf-8"
_ON_FRONT = 12


@dataclass(frozen=True, slots=True)
class _Theme:
    """A theme in a list of themes."""

    slug: str
    title: str
    description: str
    count: int
    entries: tuple[Entry, ...]


class _Offer(NamedTuple):
    """A newsletter to sign up for, with (slug, title) of its themes."""

    slug: str
    title: str
    themes: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class _Front:
    """A newsletter on the front page."""

    newsletter: Newsletter
    newest: Edition | None
    feeds: tuple[FeedLink, ...]


class PageRenderer:
    """Renders every page of a site."""

    def __init__(self, templates: Templates) -> None:
        self._templates = templates

    def render(self, catalogue: Catalogue) -> Iterator[Artifact]:
        """Make the style sheet and each page, byte for byte the same for the same catalogue.

        Raises:
            RenderError: a template is wrong.
        """
        yield Artifact(
            STYLESHEET,
            "text/css; charset=utf-8",
            self._templates.render(STYLESHEET).encode(),
        )
        pages = _Pages(self._templates, catalogue)
        yield pages.front()
        yield pages.resources()
        yield pages.missing()
        yield from pages.themes()
        for shelf in catalogue.shelves:
            yield pages.newsletter(shelf)
            yield from pages.editions(shelf)


class _Pages:
    """The pages of one catalogue."""

    def __init__(self, templates: Templates, catalogue: Catalogue) -> None:
        self._templates = templates
        self._catalogue = catalogue
        self._site = catalogue.site
        desk = Desk(catalogue)
        self._latest = tuple(desk.entry(filed) for filed in catalogue.resources)
        by_theme: dict[str, tuple[FiledResource, ...]] = dict(catalogue.by_theme)
        self._themes = tuple(
            _Theme(
                theme.slug,
                theme.title,
                theme.description,
                len(by_theme.get(theme.slug, ())),
                tuple(desk.entry(filed) for filed in by_theme.get(theme.slug, ())),
            )
            for theme in catalogue.themes
        )

    def front(self) -> Artifact:
        shelves = tuple(
            _Front(
                shelf.newsletter,
                shelf.issues[0].edition if shelf.issues else None,
                feeds(self._site, shelf.newsletter.slug, shelf.newsletter.title),
            )
            for shelf in self._catalogue.shelves
        )
        links = tuple(link for shelf in shelves for link in shelf.feeds)
        links += feeds(self._site, RESOURCES, self._site.name)
        return self._page(
            "site", "", shelves=shelves, themes=self._themes, entries=self._latest[:_ON_FRONT],
            feeds=links, at="/",
            offers=tuple(self._offer(shelf.newsletter) for shelf in self._catalogue.shelves),
        )  # fmt: skip

    def resources(self) -> Artifact:
        return self._page(
            "resources",
            f"{RESOURCES}/",
            heading="Latest resources",
            description="",
            entries=self._latest,
            themes=self._themes,
            feeds=feeds(self._site, RESOURCES, f"{self._site.name}: latest resources"),
        )

    def themes(self) -> Iterator[Artifact]:
        for theme in self._themes:
            folder = theme_folder(theme.slug)
            yield self._page(
                "resources",
                f"{folder}/",
                heading=theme.title,
                description=theme.description,
                entries=theme.entries,
                themes=self._themes,
                feeds=feeds(self._site, folder, f"{self._site.name}: {theme.title}"),
            )

    def missing(self) -> Artifact:
        """The page for addresses that lead nowhere; it may be shown at any depth."""
        text = self._templates.render("page/missing.html", root=f"{self._site.url}/")
        return Artifact("404.html", _HTML, text.encode())

    def newsletter(self, shelf: Shelf) -> Artifact:
        newsletter = shelf.newsletter
        zone = newsletter.timezone
        years = itertools.groupby(shelf.headings, lambda h: h.date.astimezone(zone).year)
        return self._page(
            "newsletter",
            f"{newsletter.slug}/",
            newsletter=newsletter,
            years=[(year, list(of_year)) for year, of_year in years],
            themes=[theme for theme in self._themes if theme.slug in newsletter.themes],
            feeds=feeds(self._site, newsletter.slug, newsletter.title),
            language=newsletter.language,
            offers=(self._offer(newsletter),),
            at=f"/{newsletter.slug}/",
        )

    def _offer(self, newsletter: Newsletter) -> _Offer:
        titles = tuple((t.slug, t.title) for t in self._themes if t.slug in newsletter.themes)
        return _Offer(newsletter.slug, newsletter.title, titles)

    def editions(self, shelf: Shelf) -> Iterator[Artifact]:
        places = {heading.slug: place for place, heading in enumerate(shelf.headings)}
        around = [None, *shelf.headings, None]
        for issue in (*shelf.issues, *shelf.again):
            edition, place = issue.edition, places[issue.edition.slug]
            yield self._page(
                "edition",
                edition.heading.folder,
                newsletter=shelf.newsletter,
                edition=edition,
                earlier=around[place + 2],
                later=around[place],
                feeds=feeds(self._site, shelf.newsletter.slug, shelf.newsletter.title),
                language=edition.language,
            )

    def _page(self, template: str, path: str, **values: object) -> Artifact:
        known = {
            # Relative, so that pages work in any folder, on any host, and from a disk.
            "root": "../" * path.count("/") or "./",
            "canonical": f"{self._site.url}/{path}",
            "language": self._site.language,
        }
        text = self._templates.render(f"page/{template}.html", **{**known, **values})
        return Artifact(f"{path}index.html", _HTML, text.encode())
