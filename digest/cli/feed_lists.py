"""``digest sources import`` and ``export``: lists of feeds."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING

import click

from digest.cli import output
from digest.cli.output import counted, json_option
from digest.cli.session import Command, open_house, session

if TYPE_CHECKING:
    from digest.wiring import House

_LARGEST = 10_000_000
"""Bytes of a list that are read."""


@click.command("import", cls=Command)
@click.argument("file", type=click.File("rb"))
@json_option
def import_(file: IO[bytes], *, as_json: bool) -> None:
    """Add the feeds of an OPML FILE to the sources.

    They are appended to the configuration; those that it has are passed over.
    """
    from digest.cli.config_file import add_sources
    from digest.jobs import opml

    with open_house() as house:
        names = list(house.roster.entries())
        found = opml.read(file.read(_LARGEST), house.themes, names, _addresses(house))
    if found.feeds:
        add_sources(session().config, found.feeds)
    if as_json:
        output.document(found)
        return
    output.table([(feed.name, feed.url) for feed in found.feeds], indent="  ")
    for title, reason in found.unusable:
        output.note(f"passed over {title!r}: {reason}")
    known = f", {len(found.known)} known already" if found.known else ""
    click.echo(f"{counted(len(found.feeds), 'source')} added to {session().config}{known}")


@click.command("export", cls=Command)
def export() -> None:
    """Print the feeds among the sources as OPML 2.0."""
    from digest.jobs import opml

    with open_house() as house:
        entries = house.roster.entries().values()
        feeds = [
            opml.ListedFeed(entry.name, house.source_titles[entry.name], url, entry.theme)
            for entry in entries
            if entry.kind == "feed" and (url := str(entry.options.get("url") or ""))
        ]
        titles = {theme.slug: theme.title for theme in house.themes}
        click.echo(opml.write(house.site.name, feeds, titles).decode(), nl=False)
    if others := len(entries) - len(feeds):
        output.note(f"left out {counted(others, 'source')} without the address of a feed")


def _addresses(house: House) -> list[str]:
    urls = (entry.options.get("url") for entry in house.roster.entries().values())
    return [url for url in urls if isinstance(url, str) and url]
