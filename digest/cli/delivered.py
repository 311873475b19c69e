"""How a hand-off is told."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from digest.cli.output import counted, place
from digest.core.edition import EditionState

if TYPE_CHECKING:
    from digest.jobs.deliver import DeliveryReport
    from digest.wiring import House


def tell_delivered(house: House, reports: Sequence[DeliveryReport]) -> None:
    """Print what became of the letters of each edition, and where to look."""
    for report in reports:
        name = f"{report.newsletter}/{report.slug}"
        click.echo(f"  {name}: {_outcome(report)}")
        if report.in_doubt:
            click.echo(f"    settle the doubts: digest deliveries resolve {report.edition}")
        if report.paused:
            click.echo(f"    paused: {report.paused}")
            click.echo(f"    to go on: digest editions resume {report.edition}")
        elif report.state is EditionState.CANCELLED:
            click.echo("    it was cancelled meanwhile")
        if report.left:
            letters = counted(report.left, "letter")
            click.echo(f"    {letters} left for later: digest deliveries {report.edition}")
    if house.settings.mail.kind == "spool" and any(report.accepted for report in reports):
        folder = house.settings.root / house.settings.mail.directory
        click.echo(f"  look at them in {place(folder)}")


def _outcome(report: DeliveryReport) -> str:
    counts = (
        (report.accepted, "accepted"),
        (report.deferred, "deferred"),
        (report.refused, "refused"),
        (report.in_doubt, "in doubt"),
        (report.cancelled, "cancelled, as they left"),
    )
    return ", ".join(f"{number:,} {what}" for number, what in counts if number) or "nothing was due"
