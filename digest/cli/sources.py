"""``digest sources`` and ``digest collect``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import IO, TYPE_CHECKING

import click

from digest.cli import output
from digest.cli.output import counted, json_option, moment
from digest.cli.session import Command, Group, open_house, session
from digest.core.hygiene import line

if TYPE_CHECKING:
    from digest.core.edition import Filing
    from digest.core.source import Harvest, Sighting
    from digest.jobs.collect import CollectReport
    from digest.ports import SourceRecord
    from digest.wiring import House

_LARGEST_LIST = 10_000_000


@click.group(cls=Group)
def sources() -> None:
    """Places where new resources appear."""


@sources.command("list")
@json_option
def list_(*, as_json: bool) -> None:
    """Show every source with its health."""
    with open_house() as house:
        with house.store.read() as work:
            records = [work.sources.record(entry.name) for entry in house.settings.sources]
        if as_json:
            output.document([_described(house, record) for record in records])
        else:
            output.table([_row(house, r) for r in records], _HEADS)
            _tell_errors(records)


_HEADS = ("NAME", "KIND", "HEALTH", "LAST READ WELL", "FAILURES", "NEXT")


def _row(house: House, record: SourceRecord) -> tuple[object, ...]:
    zone = house.site.timezone
    return (
        record.name,
        _kind(house, record.name),
        record.health.value,
        moment(record.last_ok, zone),
        record.failures,
        moment(record.due, zone) if record.due else "now",
    )


def _described(house: House, record: SourceRecord) -> dict[str, object]:
    return {
        "name": record.name,
        "title": house.source_titles[record.name],
        "kind": _kind(house, record.name),
        "health": record.health,
        "last_ok": record.last_ok,
        "last_tried": record.last_tried,
        "failures": record.failures,
        "error": record.error,
        "due": record.due,
    }


def _kind(house: House, name: str) -> str:
    return next(entry.kind for entry in house.settings.sources if entry.name == name)


def _tell_errors(records: list[SourceRecord]) -> None:
    wrong = [record for record in records if record.error]
    if wrong:
        output.heading("What is wrong")
        output.table([(record.name, record.error) for record in wrong], indent="  ")


@sources.command("test")
@click.argument("name")
@json_option
def test(name: str, *, as_json: bool) -> None:
    """Show what source NAME would bring now; nothing is kept, not even a bookmark."""
    from digest.core.resource import merge
    from digest.core.source import Bookmark

    with open_house() as house:
        _, collector = house.collector(name)
        harvest = collector.collect(Bookmark(), house.clock.now())
        filed = [(each, house.filer.file(merge([each]))) for each in harvest.sightings]
    if as_json:
        output.document(
            {
                "source": name,
                "sightings": [
                    {**_plain(s), "theme": f.theme, "why": str(f.reason)} for s, f in filed
                ],
                "rejects": harvest.rejects,
            }
        )
    else:
        _tell_harvest(filed, harvest)


def _plain(sighting: Sighting) -> dict[str, object]:
    shown = output.plain(sighting)
    assert isinstance(shown, dict)
    shown["published"] = str(sighting.published or "")
    return shown


def _tell_harvest(filed: list[tuple[Sighting, Filing]], harvest: Harvest) -> None:
    for sighting, filing in filed:
        click.secho(sighting.title, bold=True)
        about = [str(sighting.published or ""), *sighting.labels, *sighting.tags]
        if said := " · ".join(filter(None, about)):
            click.echo(f"  {said}")
        click.echo(f"  {sighting.url}")
        click.echo(f"  {filing.theme}: {filing.reason}")
    if harvest.rejects:
        output.heading("Rejected")
        output.table([(each.key, each.reason) for each in harvest.rejects], indent="  ")
    click.echo()
    rejected = f", {len(harvest.rejects)} rejected" if harvest.rejects else ""
    click.echo(f"{counted(len(filed), 'item')}{rejected}; nothing was kept")


@sources.command("import")
@click.argument("file", type=click.File("rb"))
@json_option
def import_(file: IO[bytes], *, as_json: bool) -> None:
    """Add the feeds of an OPML FILE to the configuration; known ones are passed over."""
    from digest.cli.config_file import add_sources
    from digest.jobs import opml

    with open_house() as house:
        names = [entry.name for entry in house.settings.sources]
        found = opml.read(file.read(_LARGEST_LIST), house.themes, names, _addresses(house))
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


@sources.command("export")
def export() -> None:
    """Print the feeds among the sources as OPML 2.0."""
    from digest.jobs import opml

    with open_house() as house:
        entries = house.settings.sources
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
    urls = (entry.options.get("url") for entry in house.settings.sources)
    return [url for url in urls if isinstance(url, str) and url]


@click.command(cls=Command)
@click.option("--source", "name", metavar="NAME", help="Only this one.")
@json_option
def collect(name: str | None, *, as_json: bool) -> None:
    """Look at every source now, due or not."""
    with open_house() as house:
        if name is not None:
            house.collector(name)
        names = [name] if name else list(house.collect.sources)
        reports = []
        with output.progress(len(names), "Collecting") as step:
            for each in names:
                step(each)
                reports.append(house.collect(each, now=True))
    if as_json:
        output.document(reports)
    else:
        tell_collected(reports)
    if reports and all(report.error for report in reports):
        click.get_current_context().exit(1)


def tell_collected(reports: Sequence[CollectReport]) -> None:
    """Print what each source brought, and why one failed; what brought nothing is counted."""
    counts = [(r.source, r.new, r.changed, r.unchanged, r.rejected) for r in reports if not r.error]
    rows = [row for row in counts if row[1] or row[2] or row[4]]
    if rows:
        output.table(rows, ("SOURCE", "NEW", "CHANGED", "UNCHANGED", "REJECTED"), indent="  ")
    if quiet := len(counts) - len(rows):
        click.echo(f"  nothing new from {counted(quiet, 'source')}")
    for report in reports:
        if report.error:
            click.echo(f"  {report.source} failed: {line(report.error)}")
