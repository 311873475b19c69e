"""``digest sources`` and ``digest collect``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from digest.cli import output
from digest.cli.feed_lists import export, import_
from digest.cli.naming import operator
from digest.cli.output import counted, json_option, moment
from digest.cli.session import Group, open_house

if TYPE_CHECKING:
    from collections.abc import Container

    from digest.core.edition import Filing
    from digest.core.source import Harvest, Sighting
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
            resting = work.roster.mutes()
            records = [work.sources.record(entry.name) for entry in house.roster.entries().values()]
        if as_json:
            output.document([_described(house, record, resting) for record in records])
        else:
            output.table([_row(house, r, resting) for r in records], _HEADS)
            _tell_errors(records)


_HEADS = ("NAME", "KIND", "HEALTH", "LAST READ WELL", "FAILURES", "NEXT")


def _row(house: House, record: SourceRecord, resting: Container[str]) -> tuple[object, ...]:
    zone = house.site.timezone
    return (
        record.name,
        _kind(house, record.name),
        "resting" if record.name in resting else record.health.value,
        moment(record.last_ok, zone),
        record.failures,
        moment(record.due, zone) if record.due else "now",
    )


def _described(house: House, record: SourceRecord, resting: Container[str]) -> dict[str, object]:
    return {
        "name": record.name,
        "title": house.source_titles[record.name],
        "kind": _kind(house, record.name),
        "health": record.health,
        "resting": record.name in resting,
        "last_ok": record.last_ok,
        "last_tried": record.last_tried,
        "failures": record.failures,
        "error": record.error,
        "due": record.due,
    }


def _kind(house: House, name: str) -> str:
    return house.roster.entries()[name].kind


def _tell_errors(records: list[SourceRecord]) -> None:
    wrong = [record for record in records if record.error]
    if wrong:
        output.heading("What is wrong")
        output.table([(record.name, record.error) for record in wrong], indent="  ")


@sources.command("test")
@click.argument("name")
@json_option
def test(name: str, *, as_json: bool) -> None:
    """Show what source NAME would bring now.

    Nothing is kept, not even a bookmark.
    """
    with open_house() as house:
        house.collector(name)
        harvest, filed = house.sample(house.roster.find(name))
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


@sources.command("mute")
@click.argument("name")
def mute(name: str) -> None:
    """Let source NAME rest: it is not read until it is unmuted; what it brought stays."""
    with open_house() as house:
        house.collector(name)
        house.tend.mute(name, by=operator())
    click.echo(f"{name} rests")


@sources.command("unmute")
@click.argument("name")
def unmute(name: str) -> None:
    """Have source NAME read again, when it is due."""
    with open_house() as house:
        house.collector(name)
        house.tend.unmute(name)
    click.echo(f"{name} is read again")


sources.add_command(import_)
sources.add_command(export)
