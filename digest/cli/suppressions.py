"""``digest suppressions``: addresses that must not be mailed."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import IO, TYPE_CHECKING

import click

from digest.cli import output
from digest.cli.output import counted, json_option, moment
from digest.cli.people_files import CSV, OUT, tell_progress, tell_rejected, written
from digest.cli.progress import at_terminal
from digest.cli.session import Group, open_house

if TYPE_CHECKING:
    from subscribers import Suppressed, SuppressionReport


@click.group(cls=Group)
def suppressions() -> None:
    """Addresses that must not be mailed.

    The list keeps a hash of each address, not the address, so that it may outlive an erasure.
    One address is added and taken off by `digest subscribers suppress` and `release`.
    """


@suppressions.command("list")
@click.option("--reason", default="", help='Only those of this one, such as "complaint".')
@click.option(
    "--limit",
    default=50,
    show_default=True,
    type=click.IntRange(1),
    metavar="N",
    help="Show at most so many.",
)
@json_option
def list_(reason: str, limit: int, *, as_json: bool) -> None:
    """Show the list, the newest first.

    An address is shown where it is a subscriber's, else the beginning of its hash.
    """
    with open_house() as house:
        found = house.people.suppressions.listed(reason, limit)
        tally = house.people.suppressions.tally()
        zone = house.site.timezone
    if as_json:
        output.document([_plain(one) for one in found])
        return
    rows = [(moment(one.since, zone), one.reason, _shown(one), one.how) for one in found]
    if rows:
        output.table(rows, ("SINCE", "REASON", "ADDRESS", "HOW"))
    click.echo(", ".join(f"{n:,} {each}" for each, n in tally.items()) or "nobody is suppressed")


def _plain(one: Suppressed) -> dict[str, object]:
    return {
        "address": one.address,
        "hash": one.address_hash.hex(),
        "reason": one.reason,
        "since": one.since,
        "how": one.how,
    }


def _shown(one: Suppressed) -> str:
    return one.address or f"{one.address_hash.hex()[:12]}…"


@suppressions.command("import")
@click.argument("file", type=CSV)
@click.option(
    "--reason",
    default="imported",
    show_default=True,
    metavar="TEXT",
    help="For lines that name none.",
)
@click.option(
    "--how",
    default="imported",
    show_default=True,
    metavar="TEXT",
    help="How it came about, in words that name nobody; for lines that do not say.",
)
@click.option("--dry-run", is_flag=True, help="Only say what would happen.")
@json_option
def import_(file: IO[str], reason: str, how: str, *, dry_run: bool, as_json: bool) -> None:
    """Add the addresses of a CSV FILE to the list.

    The first line names the columns: address (or email), or hash as an export of this site has
    it; reason, since, how. Only hashes are kept. The first reason of an address stays, so
    importing a file again changes nothing.
    """
    with open_house() as house:
        report = house.people.suppressions.read_csv(
            file,
            reason=reason,
            how=how,
            dry_run=dry_run,
            progress=tell_progress if at_terminal() else None,
        )
    if as_json:
        output.document(report)
    else:
        _tell(report, dry_run=dry_run)


def _tell(report: SuppressionReport, *, dry_run: bool) -> None:
    lines = tell_rejected(report)
    said = "would be " if dry_run else ""
    click.echo(
        f"{counted(report.added, 'address', 'addresses')} {said}suppressed, "
        f"{report.known:,} known, {counted(lines, 'line')} rejected"
    )


@suppressions.command("export")
@OUT
def export(out: Path | None) -> None:
    """Write the list as CSV that `import` takes: hash, reason, since, how.

    The address stands there only where it is a subscriber's; of all others only the hash is
    known, which means something only to a site with the same secret key.
    """
    with open_house() as house:
        if out is None:
            house.people.suppressions.export(sys.stdout)
            return
        count = written(out, house.people.suppressions.export)
    click.echo(f"{counted(count, 'address', 'addresses')} written to {out}")
