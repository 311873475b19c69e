"""``digest editions pause | resume | cancel``: halt a sending, for a while or for good."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from digest.cli.naming import edition_of
from digest.cli.output import counted, moment
from digest.cli.session import Command, open_house
from digest.core.edition import EditionState
from digest.core.outbox import DeliveryState

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digest.ports import EditionRecord
    from digest.wiring import House


@click.command("pause", cls=Command)
@click.argument("edition")
@click.option("--why", default="by hand", metavar="REASON", help="Shown wherever it is listed.")
def pause(edition: str, why: str) -> None:
    """Send no more of an edition for now.

    Whoever is sending it ends with the letters that it has claimed, 500 at most.
    """
    with open_house() as house:
        with house.store.read() as work:
            record = edition_of(house, work, edition)
        house.halting.pause(record.id, why=why)
        with house.store.read() as work:
            counts = work.deliveries.counts(record.id)
    waiting = counted(counts[DeliveryState.DUE] + counts[DeliveryState.DEFERRED], "letter")
    click.echo(f"paused {record.newsletter}/{record.slug}: {waiting} still to go")
    click.echo(f"`digest editions resume {record.id}` lets it go on")


@click.command("resume", cls=Command)
@click.argument("edition")
def resume(edition: str) -> None:
    """Let a paused edition go on.

    Letters that were refused because of us, not of their readers, are sent again.
    """
    with open_house() as house:
        with house.store.read() as work:
            record = edition_of(house, work, edition)
        again = house.halting.resume(record.id)
    click.echo(f"resumed {record.newsletter}/{record.slug}")
    if again:
        click.echo(f"{counted(again, 'letter')} refused because of us are due again")
    click.echo(f"`digest editions send {record.id}` hands it off, or the next `digest run`")


@click.command("cancel", cls=Command)
@click.argument("edition")
@click.option("--why", required=True, metavar="REASON", help="Kept with it.")
def cancel(edition: str, why: str) -> None:
    """Cancel a draft, or what is not yet sent.

    What nobody got is free for the next edition. If somebody has a letter, its page stays.
    """
    with open_house() as house:
        with house.store.read() as work:
            record = edition_of(house, work, edition)
        house.curate.cancel(record.id, why=why)
    click.echo(f"cancelled edition {record.id} of {record.newsletter}")


def paused(house: House) -> Sequence[EditionRecord]:
    """The editions that wait until somebody resumes them."""
    with house.store.read() as work:
        approved = work.editions.records(states=(EditionState.APPROVED,))
    return [record for record in approved if record.paused_at]


def tell_paused(house: House, records: Sequence[EditionRecord]) -> None:
    """Print them, with what lets them go on."""
    for record in records:
        since = moment(record.paused_at, house.site.timezone)
        click.echo(f"  {record.newsletter}/{record.slug}: paused since {since}: {record.paused}")
        click.echo(f"    to go on: digest editions resume {record.id}")
