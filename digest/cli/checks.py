"""What may be wrong with a site whose configuration can be read."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from digest.core.artifact import PersonalTokens
from digest.core.catalogue import Catalogue, Issue, Shelf
from digest.core.composition import other_theme
from digest.core.edition import Edition, Entry, Section
from digest.core.newsletter import Approval, Newsletter
from digest.core.resource import ResourceId
from digest.errors import DigestError

if TYPE_CHECKING:
    from digest.wiring import House

_FEW_KEYWORDS = 4
_TEMPLATES = ("email", "feed", "page", "style")
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_SOME_TIME = datetime(2026, 1, 5, 8, tzinfo=UTC)


def faults(house: House) -> list[str]:
    """What keeps the site from working, in sentences."""
    checks: tuple[Callable[[House], Iterator[str]], ...] = (
        _sources,
        _templates,
        _letters,
        _documents,
        _folders,
        _database,
    )
    found = [fault for check in checks for fault in check(house)]
    return list(dict.fromkeys(found))


def advice(house: House) -> list[str]:
    """What works, but hardly as meant."""
    return [*_thin_themes(house), *_unread(house), *_by_hand(house), *_mail(house)]


def _sources(house: House) -> Iterator[str]:
    for entry in house.settings.sources:
        path = entry.options.get("path")
        if isinstance(path, str | Path) and path and not (house.settings.root / path).exists():
            yield f'source "{entry.name}": there is no {path}'


def _templates(house: House) -> Iterator[str]:
    for name in sorted(_template_names(house)):
        try:
            house.templates.template(name)
        except DigestError as error:
            yield str(error)


def _template_names(house: House) -> set[str]:
    return {
        file.relative_to(folder).as_posix()
        for folder in house.templates.folders
        for room in _TEMPLATES
        for file in (folder / room).rglob("*.*")
        if file.is_file()
    }


def _letters(house: House) -> Iterator[str]:
    for newsletter in house.newsletters.values():
        try:
            edition = _sample(newsletter)
            house.email.body(newsletter, edition, None, PersonalTokens("0" * 32))
        except DigestError as error:
            yield str(error)


def _documents(house: House) -> Iterator[str]:
    issues = {
        plan.slug: Issue(_sample(plan), f"tag:sample,2026:{plan.slug}", _SOME_TIME, "0" * 64)
        for plan in house.newsletters.values()
    }
    catalogue = Catalogue(
        site=house.site,
        themes=(*house.themes, other_theme()),
        shelves=tuple(Shelf(n, (issues[n.slug],)) for n in house.newsletters.values()),
        source_titles=tuple(house.source_titles.items()),
        resources=(),
        by_theme=tuple((theme.slug, ()) for theme in (*house.themes, other_theme())),
    )
    for renderer in house.renderers:
        try:
            for _ in renderer.render(catalogue):
                pass
        except DigestError as error:
            yield str(error)


def _sample(newsletter: Newsletter) -> Edition:
    """An edition of one full item, as a template may meet it."""
    theme = other_theme()
    entry = Entry(
        resource=ResourceId(1),
        tag="tag:sample,2026:resource/1",
        url="https://www.example.org/",
        title="A title",
        theme=theme.slug,
        summary="A summary.",
        labels=("Label",),
        tags=("Tag",),
        issuer="An issuer",
        source="A source",
        published="2026-01-01",
        first_seen=_SOME_TIME.isoformat(),
        note="A note",
    )
    section = Section(theme.slug, theme.title, theme.description, (entry,), shown=1, featured=True)
    return Edition(
        newsletter=newsletter.slug,
        title=newsletter.title,
        number=1,
        slug="2026-01-05",
        date=_SOME_TIME,
        sections=(section,),
        featured=entry,
        letter="Opening words.",
        language=newsletter.language,
    )


def _folders(house: House) -> Iterator[str]:
    root = house.settings.root
    yield from _unwritable("publish.directory", root / house.settings.publish.directory)
    if house.settings.mail.kind == "spool":
        yield from _unwritable("mail.directory", root / house.settings.mail.directory)


def _unwritable(key: str, folder: Path) -> Iterator[str]:
    place = next(each for each in (folder, *folder.parents) if each.exists())
    if not place.is_dir():
        yield f"{key}: {place} is a file, expected a folder"
    elif not os.access(place, os.W_OK | os.X_OK):
        yield f"{key}: {place} cannot be written"


def _database(house: House) -> Iterator[str]:
    url = house.database.engine.url
    if url.get_backend_name() == "sqlite" and not Path(str(url.database)).exists():
        # Not made yet; the first command that needs it makes it.
        yield from _unwritable("storage.url", Path(str(url.database)).parent)
    else:
        yield from house.database.check()


def _thin_themes(house: House) -> Iterator[str]:
    for theme in house.themes:
        if len(theme.keywords) < _FEW_KEYWORDS and not theme.tags:
            yield f'theme "{theme.slug}" has few keywords and no tags: little will be filed there'


def _unread(house: House) -> Iterator[str]:
    if not house.settings.sources:
        yield "there are no sources, so nothing will be collected"
    if not house.newsletters:
        yield "there are no newsletters, so nothing will be sent"
    plans = house.newsletters.values()
    for theme in house.themes:
        if plans and all(plan.themes and theme.slug not in plan.themes for plan in plans):
            yield f'theme "{theme.slug}" is in no newsletter'


def _by_hand(house: House) -> Iterator[str]:
    for plan in house.newsletters.values():
        if not plan.schedule:
            yield f'newsletter "{plan.slug}" has no schedule; only `digest run --now` makes it'
        elif plan.approval is Approval.MANUAL:
            yield f'newsletter "{plan.slug}" waits for `digest editions approve` each time'


def _mail(house: House) -> Iterator[str]:
    if house.settings.mail.kind != "smtp":
        return
    address = urlsplit(house.site.url)
    if address.hostname in _LOOPBACK:
        yield f"site.url is {house.site.url}: links in letters lead nowhere for readers elsewhere"
    elif address.scheme != "https":
        yield "site.url is not https, so mail programs offer no one-click unsubscribe (RFC 8058)"
    if not house.settings.mail.bounce_address:
        yield "mail.bounce_address is empty, so bounces come to the From address"
