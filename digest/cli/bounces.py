"""``digest bounces``: what came back from letters."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from digest.cli import output
from digest.cli.faults import Failure
from digest.cli.naming import edition_of
from digest.cli.output import counted, json_option, moment
from digest.cli.session import Group, open_house
from digest.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from digest.jobs.bounce import BounceReport
    from digest.ports import Returned
    from digest.wiring import House
    from subscribers import Bounce

_KINDS = ("hard", "soft", "delay", "ours", "complaint")


@click.group(cls=Group)
def bounces() -> None:
    """What came back from letters: bounces and complaints."""


@bounces.command("read")
@click.argument("path", metavar="PATH|-")
@json_option
def read(path: str, *, as_json: bool) -> None:
    """Read messages that came back.

    PATH is a message, an mbox, a Maildir or a folder of messages; `-` reads standard input.
    Reading them again changes nothing; the files stay as they are.
    """
    with open_house() as house:
        report = house.bounce(_messages(path), "stdin" if path == "-" else "file")
    if as_json:
        output.document(report)
    else:
        tell(report)


def _messages(path: str) -> Iterable[Returned]:
    from digest.returns import files

    if path == "-":
        return files.in_stream(sys.stdin.buffer)
    if not Path(path).exists():
        raise UsageError(f"there is no file or folder {path}")
    return files.messages(Path(path))


def tell(report: BounceReport, indent: str = "") -> None:
    """Say what a reading came to."""
    told = {fate.value: number for fate, number in report.fates.items()}
    click.echo(
        f"{indent}{counted(report.messages, 'message')}: {counted(told['bounces'], 'bounce')}, "
        f"{counted(told['complaints'], 'complaint')}, {told['left']:,} unsubscribed, "
        f"{told['ignored']:,} ignored, {told['unproven']:,} unproven"
    )
    click.echo(
        f"{indent}{report.new:,} new; "
        f"{counted(report.suppressed, 'address', 'addresses')} suppressed"
    )


@bounces.command("fetch")
@click.argument("name", required=False)
@json_option
def fetch(name: str | None, *, as_json: bool) -> None:
    """Look into the mailboxes of [[bounces]] now; into one by its NAME, or into all.

    What was read is marked as seen there, or deleted, as the configuration says.
    """
    failures: list[str] = []
    with open_house() as house:
        if not name and not house.returns.mailboxes:
            raise UsageError(
                "no mailbox is configured: name one in [[bounces]], of a kind such as imap; "
                "reports and listeners bring theirs by themselves"
            )
        report = house.returns(name) if name else house.returns.all(failures)
    if as_json:
        output.document(report)
    else:
        tell(report)
    if failures:
        raise Failure("\n".join(failures))


@bounces.command("list")
@click.argument("edition", required=False)
@click.option("--kind", type=click.Choice(_KINDS), help="Only those of this kind.")
@click.option("--address", help="Only those of this subscriber.")
@click.option(
    "--limit",
    default=50,
    show_default=True,
    type=click.IntRange(1),
    metavar="N",
    help="Show at most so many.",
)
@click.option("--before", default=0, metavar="ID", help="Only those before this number.")
@json_option
def list_(
    edition: str | None,
    kind: str | None,
    address: str | None,
    limit: int,
    before: int,
    *,
    as_json: bool,
) -> None:
    """Show what came back, the newest first; of one EDITION, or of all."""
    from subscribers import BounceKind

    with open_house() as house:
        mailing = _mailing(house, edition) if edition else None
        found = house.people.bounces.listed(
            kind=BounceKind(kind) if kind else None,
            mailing=mailing,
            subscriber=house.people.show(address).subscriber.id if address else None,
            before=before,
            limit=limit,
        )
        tally = house.people.bounces.tally(mailing)
        zone = house.site.timezone
    if as_json:
        output.document(found)
        return
    rows = [(each.id, moment(each.at, zone), each.kind.value, *_told(each)) for each in found]
    if rows:
        output.table(rows, ("ID", "WHEN", "KIND", "STATUS", "ADDRESS", "SAID"))
    click.echo(", ".join(f"{number:,} {each.value}" for each, number in tally.items()))


def _mailing(house: House, edition: str) -> int:
    with house.store.read() as work:
        return edition_of(house, work, edition).id


def _told(each: Bounce) -> tuple[str, str, str]:
    address = f"{each.address} (suppressed)" if each.suppressed else each.address
    return each.status or "-", address, each.said
