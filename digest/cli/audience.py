"""``digest editions audience | report``: whom it goes to, and what became of that."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from digest.cli import output
from digest.cli.naming import edition_of, edition_or_next
from digest.cli.output import counted, json_option, moment
from digest.cli.session import Command, open_house
from digest.errors import ConflictError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from digest.core.reach import Reach
    from digest.jobs.accounting import EditionReport
    from digest.wiring import House


@click.command("audience", cls=Command)
@click.argument("edition", metavar="EDITION|NEWSLETTER")
@json_option
def audience(edition: str, *, as_json: bool) -> None:
    """Show whom a draft would go to, or an edition went to.

    By theme, by selection of themes, and who is left out and why.
    """
    with open_house() as house:
        with house.store.read() as work:
            record = edition_or_next(house, work, edition)
            shown = record.edition or house.preview.edition(work, record)
        reach = record.reach or house.reckon(shown)
        if as_json:
            output.document({"edition": record.id, **described(reach)})
        else:
            _tell_reach(reach, {section.theme: section.title for section in shown.sections})


def described(reach: Reach) -> dict[str, object]:
    """An audience as JSON shows it."""
    return {
        "subscriptions": reach.subscriptions,
        "readers": reach.readers,
        "themes": {share.name: share.people for share in reach.themes},
        "combinations": reach.combinations,
        "rest": reach.rest,
        "left_out": {share.name: share.people for share in reach.left_out},
    }


def _tell_reach(reach: Reach, titles: Mapping[str, str]) -> None:
    click.secho(f"{counted(reach.readers, 'reader')} of {reach.subscriptions:,} subscriptions")
    if reach.themes:
        output.heading("By theme")
        shares = [(share.people, titles.get(share.name, share.name)) for share in reach.themes]
        output.table(shares, indent="  ")
    if reach.combinations:
        output.heading("By selection")
        output.table([(c.people, ", ".join(c.themes)) for c in reach.combinations], indent="  ")
        if reach.rest:
            click.echo(f"  and {reach.rest:,} with other selections")
    if reach.left_out:
        output.heading("Left out")
        output.table([(share.people, share.name) for share in reach.left_out], indent="  ")


@click.command("report", cls=Command)
@click.argument("edition")
@json_option
def report(edition: str, *, as_json: bool) -> None:
    """Show what became of an edition, so that it adds up.

    Every letter of the audience is in exactly one line of the sum.
    """
    with open_house() as house:
        with house.store.read() as work:
            record = edition_of(house, work, edition)
        found = house.accounting(record.id)
        if as_json:
            output.document(accounted(found))
        else:
            _tell_report(house, found)
    if not found.balance.adds_up:
        raise ConflictError("the sum does not add up; please report this as a fault")


def accounted(found: EditionReport) -> dict[str, object]:
    """A report as JSON shows it."""
    reach = found.balance.reach
    return {
        "edition": found.record.id,
        "state": found.record.state,
        "audience": found.balance.audience,
        "lines": dict(found.balance.lines),
        "adds_up": found.balance.adds_up,
        "refusals": {kind.value: number for kind, number in found.refusals},
        "reach": described(reach) if reach else None,
        "signatures": found.signatures,
    }


def _tell_report(house: House, found: EditionReport) -> None:
    record, zone = found.record, house.site.timezone
    name = f"{record.newsletter}/{record.slug}"
    click.secho(f"{name}: {record.state.value}, approved {moment(record.approved_at, zone)}")
    output.heading(f"Audience: {found.balance.audience:,}")
    output.table([(number, what) for what, number in found.balance.lines], indent="  ")
    if found.refusals:
        output.heading("Refused because of")
        output.table([(number, kind.value) for kind, number in found.refusals], indent="  ")
    if found.balance.reach and found.balance.reach.left_out:
        output.heading("Left out")
        left = [(share.people, share.name) for share in found.balance.reach.left_out]
        output.table(left, indent="  ")
    for signature in found.signatures:
        despite = f", despite: {output.clean(signature.despite)}" if signature.despite else ""
        click.echo(f"approved by {output.clean(signature.by)}{despite}")
