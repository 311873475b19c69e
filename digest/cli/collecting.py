"""``digest collect``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from digest.cli import output
from digest.cli.output import counted, json_option
from digest.cli.progress import progress
from digest.cli.session import Command, open_house
from digest.core.hygiene import line

if TYPE_CHECKING:
    from digest.jobs.collect import CollectReport


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
        with progress(len(names), "Collecting") as step:
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
