"""What may be wrong with a site whose configuration can be read."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from digest.cli.sample import SOME_TIME, a_sample
from digest.core.artifact import PersonalTokens
from digest.core.catalogue import Catalogue, Issue, Shelf
from digest.core.composition import other_theme
from digest.errors import DigestError

if TYPE_CHECKING:
    from digest.wiring import House

_TEMPLATES = ("email", "feed", "page", "style")


def faults(house: House) -> list[str]:
    """What keeps the site from working, in sentences."""
    checks: tuple[Callable[[House], Iterator[str]], ...] = (
        _sources,
        _templates,
        _letters,
        _signature,
        _documents,
        _folders,
        _database,
    )
    found = [fault for check in checks for fault in check(house)]
    return list(dict.fromkeys(found))


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
            edition = a_sample(newsletter)
            house.email.body(newsletter, edition, None, PersonalTokens("0" * 32))
        except DigestError as error:
            yield str(error)


def _signature(house: House) -> Iterator[str]:
    try:
        _ = house.signer
    except DigestError as error:
        yield str(error)


def _documents(house: House) -> Iterator[str]:
    issues = {
        plan.slug: Issue(a_sample(plan), f"tag:sample,2026:{plan.slug}", SOME_TIME, "0" * 64)
        for plan in house.newsletters.values()
    }
    catalogue = Catalogue(
        site=house.site,
        themes=(*house.themes, other_theme()),
        shelves=tuple(Shelf(n, (issues[n.slug],)) for n in house.newsletters.values()),
        source_titles=tuple(house.configured_titles.items()),
        resources=(),
        by_theme=tuple((theme.slug, ()) for theme in (*house.themes, other_theme())),
    )
    for renderer in house.renderers:
        try:
            for _ in renderer.render(catalogue):
                pass
        except DigestError as error:
            yield str(error)


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
