"""``digest editions draft``: what the next edition holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from digest.cli import output
from digest.cli.output import counted, json_option, occasion
from digest.cli.session import Command, open_house
from digest.core.edition import content_hash

if TYPE_CHECKING:
    from digest.core.composition import Draft
    from digest.core.edition import Entry
    from digest.ports import EditionRecord
    from digest.wiring import House


@click.command("draft", cls=Command)
@click.argument("newsletter")
@json_option
def draft(newsletter: str, *, as_json: bool) -> None:
    """Show what the next edition would hold now.

    A draft is opened for it, so that decisions can be made; its window stays open until it is
    due or approved.
    """
    with open_house() as house:
        record = house.ahead(newsletter)
        with house.store.read() as work:
            composed = house.preview.draft(work, record)
            version = len(work.editions.decisions(record.id))
        name = content_hash(composed.edition)
        if as_json:
            left_out = [{"resource": id_, "why": str(why)} for id_, why in composed.left_out]
            waiting = [{"resource": id_, "why": str(why)} for id_, why in composed.waiting]
            described = {"id": record.id, "state": record.state, "slot": record.slot, "hash": name}
            described["version"] = version
            output.document(
                {**described, "edition": composed.edition, "left_out": left_out, "waiting": waiting}
            )
        else:
            _tell(house, record, composed)


def _tell(house: House, record: EditionRecord, composed: Draft) -> None:
    edition = composed.edition
    zone = house.drafting.newsletter(record.newsletter).timezone
    click.secho(f"{edition.title}, number {edition.number}", bold=True)
    click.echo(f"draft {record.id} for {occasion(record.slot, zone)}")
    if edition.featured:
        output.heading(f"Featured: {edition.featured.why}")
        output.table([_entry(edition.featured)], indent="  ")
    for section in edition.sections:
        more = f", {section.more} of them only on the web" if section.more else ""
        output.heading(f"{section.title}: {counted(section.count, 'item')}{more}")
        output.table([_entry(entry) for entry in section.entries], indent="  ")
    if composed.left_out:
        output.heading("Left out")
        output.table([(int(number), str(why)) for number, why in composed.left_out], indent="  ")
    if composed.waiting:
        output.heading("Waiting to be filed (`digest themes queue`)")
        output.table([(int(number), str(why)) for number, why in composed.waiting], indent="  ")
    click.echo()
    if edition.count:
        click.echo(f"hash {content_hash(edition)}")
        click.echo(f"look at it: digest editions preview {record.id} --out DIR")
        click.echo(f"let it out: digest editions approve {record.id}")
    else:
        click.echo("nothing new yet")


def _entry(entry: Entry) -> tuple[object, ...]:
    return (int(entry.resource), entry.published[:10] or "-", entry.title)
