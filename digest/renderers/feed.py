"""The feeds: editions of each newsletter, resources of each theme, and the latest resources."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest.core.artifact import Artifact
from digest.renderers.entries import Desk
from digest.renderers.feedgen_adapter import atom, rss
from digest.renderers.jsonfeed import json_feed
from digest.renderers.links import RESOURCES, edition_url, feeds, theme_folder
from digest.renderers.syndication import MOST_BYTES, Channel, Item, usable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from digest.core.catalogue import Catalogue, Issue, Shelf
    from digest.core.edition import FiledResource
    from digest.core.newsletter import Newsletter, Theme
    from digest.renderers.links import FeedLink
    from digest.renderers.templating import Templates

    Writer = Callable[[Channel, FeedLink, Sequence[Item]], bytes]

_WRITERS: dict[str, Writer] = {"Atom": atom, "RSS": rss, "JSON Feed": json_feed}


class FeedRenderer:
    """Renders every feed of a site, each in three formats."""

    def __init__(self, templates: Templates) -> None:
        self._templates = templates

    def render(self, catalogue: Catalogue) -> Iterator[Artifact]:
        """Make each feed, byte for byte the same for the same catalogue.

        An item that would make a feed invalid is left out of it and named in the log.

        Raises:
            RenderError: a template is wrong.
        """
        made = _Feeds(self._templates, catalogue)
        for shelf in catalogue.shelves:
            yield from made.newsletter(shelf)
        for theme in catalogue.themes:
            yield from made.theme(theme)
        yield from made.latest()


class _Feeds:
    """The feeds of one catalogue."""

    def __init__(self, templates: Templates, catalogue: Catalogue) -> None:
        self._templates = templates
        self._catalogue = catalogue
        self._site = catalogue.site
        self._desk = Desk(catalogue)

    def newsletter(self, shelf: Shelf) -> Iterator[Artifact]:
        newsletter = shelf.newsletter
        items = (self._issue(newsletter, issue) for issue in shelf.issues)
        yield from self._feed(
            newsletter.slug, newsletter.title, newsletter.description, newsletter.language, items
        )

    def theme(self, theme: Theme) -> Iterator[Artifact]:
        filed = dict(self._catalogue.by_theme).get(theme.slug, ())
        title = f"{self._site.name}: {theme.title}"
        yield from self._feed(
            theme_folder(theme.slug), title, theme.description, self._site.language,
            self._resources(filed),
        )  # fmt: skip

    def latest(self) -> Iterator[Artifact]:
        yield from self._feed(
            RESOURCES,
            f"{self._site.name}: latest resources",
            self._site.description,
            self._site.language,
            self._resources(self._catalogue.resources),
        )

    def _feed(
        self, folder: str, title: str, description: str, language: str, items: Iterable[Item]
    ) -> Iterator[Artifact]:
        channel = Channel(
            id=f"{self._site.url}/{folder}/",
            title=title,
            description=description,
            page=f"{self._site.url}/{folder}/",
            language=language,
            author=self._site.name,
            contact=self._site.contact,
        )
        kept = usable(items, folder)
        for link in feeds(self._site, folder, title):
            body = _fitting(_WRITERS[link.format], channel, link, kept)
            yield Artifact(link.path, f"{link.media_type}; charset=utf-8", body)

    def _issue(self, newsletter: Newsletter, issue: Issue) -> Item:
        edition = issue.edition
        url = edition_url(self._site, edition)
        values = {"newsletter": newsletter, "edition": edition, "language": edition.language}
        return Item(
            id=issue.tag,
            url=url,
            title=self._templates.render("feed/edition.title.txt", **values),
            content=self._templates.render("feed/edition.html", **values, url=url),
            published=issue.published,
            updated=issue.published,
            author=self._site.name,
            tags=tuple(section.title for section in edition.sections),
            language=edition.language,
        )

    def _resources(self, filed: Iterable[FiledResource]) -> Iterator[Item]:
        # By first sight: what came late with an old date is new to readers too.
        newest = sorted(filed, key=lambda f: (f.resource.first_seen, f.resource.id), reverse=True)
        for each in newest:
            yield self._resource(each)

    def _resource(self, filed: FiledResource) -> Item:
        entry = self._desk.entry(filed)
        resource, language = filed.resource, self._site.language
        return Item(
            id=entry.tag,
            url=entry.url,
            page=f"{self._site.url}/{theme_folder(entry.theme)}/#r{entry.resource}",
            title=entry.title,
            content=self._templates.render("feed/resource.html", entry=entry, language=language),
            published=resource.first_seen,
            updated=resource.changed_at,
            summary=entry.summary,
            author=entry.author or entry.issuer or entry.source,
            tags=(*entry.labels, *entry.tags),
            download=entry.download,
            language=entry.language,
        )


def _fitting(write: Writer, channel: Channel, link: FeedLink, items: Sequence[Item]) -> bytes:
    """Write as many of the newest items as fit; one that is too large alone still stands."""
    body = write(channel, link, items)
    while len(body) > MOST_BYTES and len(items) > 1:
        items = items[: max(1, min(len(items) - 1, len(items) * MOST_BYTES // len(body)))]
        body = write(channel, link, items)
    return body
