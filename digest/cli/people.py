"""``digest subscribers``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from digest.cli import output
from digest.cli.output import counted, json_option, moment
from digest.cli.people_files import export, import_
from digest.cli.session import Group, open_house
from digest.errors import UsageError

if TYPE_CHECKING:
    from digest.wiring import House
    from subscribers import Dossier, Subscriber


@click.group(cls=Group)
def subscribers() -> None:
    """People, and what they follow."""


@subscribers.command("add")
@click.argument("address")
@click.option(
    "--newsletter",
    "wishes",
    multiple=True,
    metavar="SLUG[:THEME,THEME]",
    help="What they follow; may be given again.  [default: the only newsletter]",
)
@click.option("--name", default="", help="What they are called.")
@click.option("--how", required=True, metavar="TEXT", help="How they gave consent.")
@click.option("--rejoin", is_flag=True, help="They left or were erased, and came back.")
def add(address: str, wishes: tuple[str, ...], name: str, how: str, *, rejoin: bool) -> None:
    """Add somebody who gave consent."""
    with open_house() as house:
        wanted = dict(_wish(house, each) for each in wishes or [_only(house)])
        person = house.people.add(address, wanted, how=how, name=name, rejoin=rejoin)
    for newsletter in wanted:
        held = person.subscription(newsletter)
        if held and held.state.value == "left":
            output.note(f"{person.address} left {newsletter} and stays out; see --rejoin")
    click.echo(f"{person.address} follows {_follows(person)}")


def _only(house: House) -> str:
    if len(house.newsletters) != 1:
        raise UsageError(f"expected --newsletter, one of {', '.join(house.newsletters)}")
    return next(iter(house.newsletters))


def _wish(house: House, text: str) -> tuple[str, tuple[str, ...] | None]:
    """Read ``weekly`` or ``weekly:floods,policy``."""
    slug, colon, listed = text.partition(":")
    plan = house.drafting.newsletter(slug)
    if not colon:
        return slug, None
    carried = {
        theme
        for offer in house.offers
        if offer.newsletter == plan.slug
        for theme, _ in offer.themes
    }
    themes = tuple(filter(None, listed.split(",")))
    for theme in themes:
        if theme not in carried:
            known = ", ".join(sorted(carried))
            raise UsageError(f'{slug} has no theme "{theme}"; expected one of {known}')
    return slug, themes


def _follows(person: Subscriber) -> str:
    active = [held for held in person.subscriptions if held.state.value in {"active", "paused"}]
    said = [f"{s.newsletter} ({_themes(s.themes)})" for s in active]
    return ", ".join(said) or "nothing"


def _themes(themes: tuple[str, ...] | None) -> str:
    return "all themes" if themes is None else ", ".join(themes)


@subscribers.command("list")
@click.option("--newsletter", metavar="SLUG", help="Only those who have to do with this one.")
@click.option(
    "--limit",
    default=50,
    show_default=True,
    type=click.IntRange(1),
    metavar="N",
    help="Show at most so many.",
)
@click.option("--after", default=0, metavar="ID", help="Only those after this number.")
@json_option
def list_(newsletter: str | None, limit: int, after: int, *, as_json: bool) -> None:
    """Show people by number."""
    with open_house() as house:
        if newsletter is not None:
            house.drafting.newsletter(newsletter)
        people = house.people.list(newsletter, after=after, limit=limit)
        total = house.people.count(newsletter)
    if as_json:
        output.document(people)
        return
    rows = [(person.id, person.address, person.state.value, _follows(person)) for person in people]
    if rows:
        output.table(rows, ("ID", "ADDRESS", "STATE", "FOLLOWS"))
    click.echo(f"{counted(len(rows), 'person', 'people')} of {total:,}")


@subscribers.command("show")
@click.argument("address")
@json_option
def show(address: str, *, as_json: bool) -> None:
    """Show all that is kept about somebody."""
    with open_house() as house:
        dossier = house.people.show(address)
        if as_json:
            output.document(dossier)
        else:
            _tell_dossier(house, dossier)


def _tell_dossier(house: House, dossier: Dossier) -> None:
    person, zone = dossier.subscriber, house.site.timezone
    click.secho(f"{person.name} <{person.address}>".strip(), bold=True)
    click.echo(
        f"number {person.id}, {person.state.value}, here since {moment(person.created_at, zone)}"
    )
    if dossier.suppression:
        stop = dossier.suppression
        since = moment(stop.since, zone)
        click.echo(f"must not be mailed since {since}: {stop.reason} ({stop.how})")
    output.heading("Follows")
    output.table(
        [(s.newsletter, s.state.value, _themes(s.themes)) for s in person.subscriptions],
        indent="  ",
    )
    output.heading("Consent")
    output.table(
        [(moment(c.at, zone), c.newsletter, c.what.value, c.how) for c in dossier.consents],
        indent="  ",
    )


@subscribers.command("erase")
@click.argument("address")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option(
    "--how",
    default="asked by command",
    show_default=True,
    metavar="TEXT",
    help="How it was asked, in words that name nobody.",
)
def erase(address: str, how: str, *, yes: bool) -> None:
    """Delete all that is kept about somebody.

    This cannot be undone.
    """
    with open_house() as house:
        found = house.people.show(address).subscriber
        if not yes:
            click.confirm(f"Delete all about {found.address}?", abort=True)
        house.people.erase(found.id, how=how)
    click.echo("erased")


@subscribers.command("suppress")
@click.argument("address")
@click.option(
    "--how", default="by command", show_default=True, metavar="TEXT", help="Why, in words."
)
def suppress(address: str, how: str) -> None:
    """Never mail an address, a subscriber's or not, until it is released."""
    with open_house() as house:
        house.people.suppress(address, "by hand", how=how)
    click.echo(f"{address} gets no letter any more")


@subscribers.command("release")
@click.argument("address")
@click.option(
    "--how", default="by command", show_default=True, metavar="TEXT", help="Why, in words."
)
def release(address: str, how: str) -> None:
    """Take a suppression back; what bounced before counts no more."""
    with open_house() as house:
        house.people.release(address, how=how)
    click.echo(f"{address} may be mailed again, if it is subscribed")


subscribers.add_command(import_)
subscribers.add_command(export)
