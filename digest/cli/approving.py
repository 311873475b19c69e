"""``digest editions approve | withdraw | test``: let a draft out, take that back, try it out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from digest.cli import output
from digest.cli.faults import Failure
from digest.cli.naming import edition_of, edition_or_next
from digest.cli.output import counted, json_option, moment
from digest.cli.person import by_option
from digest.cli.session import Command, open_house
from digest.core.outbox import Outcome

if TYPE_CHECKING:
    from digest.jobs.approve import Approval
    from digest.ports import EditionRecord
    from digest.wiring import House


@click.command("approve", cls=Command)
@click.argument("edition")
@click.option(
    "--hash", "expecting", default="", metavar="H", help="Only if the draft still has this content."
)
@click.option("--despite", default="", metavar="REASON", help="Why, although a check blocks it.")
@by_option
@json_option
def approve(edition: str, expecting: str, despite: str, by: str, *, as_json: bool) -> None:
    """Let a draft out.

    Where several people have to approve it, the last one does; any change in between voids what
    the others said. The next run, or `send`, hands it off, or after the time that the newsletter
    holds it back (`hold_for`), in which `withdraw` takes the approval back.
    """
    with open_house() as house:
        with house.store.read() as work:
            record = edition_of(house, work, edition)
        approval = house.sign_off(record.id, by=by, expecting=expecting, despite=despite)
        if not (approval.missing or approval.hold_until):
            house.publish()
        if as_json:
            output.document({"edition": record.id, **described(approval)})
        else:
            _tell(house, record, approval)


def described(approval: Approval) -> dict[str, object]:
    """An approval as JSON shows it."""
    return {
        "slug": approval.edition.slug,
        "number": approval.edition.number,
        "items": approval.edition.count,
        "hash": approval.content_hash,
        "audience": approval.audience,
        "missing": approval.missing,
        "hold_until": approval.hold_until,
    }


def _tell(house: House, record: EditionRecord, approval: Approval) -> None:
    edition = approval.edition
    name = f"{record.newsletter}/{edition.slug}"
    items = counted(edition.count, "item")
    if approval.missing:
        more = counted(approval.missing, "more person has", "more people have")
        click.echo(f"noted for {name}, {items}; {more} to approve it")
    elif approval.hold_until:
        until = moment(approval.hold_until, house.drafting.newsletter(record.newsletter).timezone)
        click.echo(f"approved {name}, number {edition.number}: {items}; held back until {until}")
    else:
        people = counted(approval.audience, "person", "people")
        click.echo(f"approved {name}, number {edition.number}: {items} for {people}")
    click.echo(f"hash {approval.content_hash}")
    if approval.hold_until:
        click.echo(f"`digest editions withdraw {record.id}` takes it back until then")
    elif not approval.missing:
        click.echo(f"`digest editions send {record.id}` hands it off, or the next `digest run`")


@click.command("withdraw", cls=Command)
@click.argument("edition")
@by_option
@json_option
def withdraw(edition: str, by: str, *, as_json: bool) -> None:
    """Take an approval back while the edition is held back.

    It is a draft again, and nobody got a letter. What is out already can be paused or cancelled.
    """
    with open_house() as house:
        with house.store.read() as work:
            record = edition_of(house, work, edition)
        house.approve.withdraw(record.id, by=by)
    if as_json:
        output.document({"edition": record.id, "state": "draft"})
    else:
        click.echo(f"taken back: edition {record.id} of {record.newsletter} is a draft again")


@click.command("test", cls=Command)
@click.argument("edition", metavar="EDITION|NEWSLETTER")
@click.option("--to", "address", required=True, metavar="ADDRESS", help="Whom to send it to.")
@click.option("--theme", "themes", multiple=True, metavar="SLUG", help="As if they followed these.")
@json_option
def test(edition: str, address: str, themes: tuple[str, ...], *, as_json: bool) -> None:
    """Send the letter to one address, by the mail server that readers get it from.

    It has all headers that a reader's letter has, and mail.test_mark before its subject. Its links
    to unsubscribe and to change themes open nothing.
    """
    with open_house() as house:
        with house.store.read() as work:
            record = edition_or_next(house, work, edition)
        report = house.trial(record.id, address, themes or None)
        if as_json:
            output.document(report)
        else:
            click.echo(f"“{output.clean(report.subject)}” to {report.address}: {report.outcome}")
            click.echo(f"  {output.clean(report.reply)}")
    if report.outcome is not Outcome.ACCEPTED:
        raise Failure(f"the mail server did not take it: {report.reply}")
