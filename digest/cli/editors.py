"""``digest editors``: who sits at the editors' desk, and what they did there."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from digest.cli import output
from digest.cli.naming import operator
from digest.cli.output import counted, json_option, moment
from digest.cli.session import Group, open_house
from digest.core.account import Role

if TYPE_CHECKING:
    from digest.wiring import House

_ROLE = click.Choice([role.value for role in Role])


@click.group(cls=Group)
def editors() -> None:
    """Who sits at the editors' desk, and who did what there."""


@editors.command("add")
@click.argument("name")
@click.option("--role", type=_ROLE, default=Role.EDITOR.value, show_default=True)
def add(name: str, role: str) -> None:
    """Give NAME an account, and print a link that opens it once.

    Each role may do what those before it may: a viewer looks, an editor shapes drafts, a
    publisher approves them, an admin decides who sits at the desk.
    """
    with open_house() as house:
        account = house.seats.add(name, Role(role), by=operator())
        click.echo(f"{account.name} is {account.role.value}; this link works once, for a day:")
        click.echo(_link(house, account.name))


@editors.command("list")
@json_option
def list_(*, as_json: bool) -> None:
    """Show every account."""
    with open_house() as house:
        accounts = house.seats.all()
        zone = house.site.timezone
    if as_json:
        output.document(
            [
                {
                    "name": a.name,
                    "role": a.role.value,
                    "password": bool(a.password),
                    "codes": bool(a.totp),
                    "single_sign_on": bool(a.subject),
                    "added_at": a.added_at,
                }
                for a in accounts
            ]
        )
        return
    rows = [
        (
            a.name,
            a.role.value,
            *map(_yes, (a.password, a.totp, a.subject)),
            moment(a.added_at, zone),
        )
        for a in accounts
    ]
    output.table(rows, ("NAME", "ROLE", "PASSWORD", "CODES", "SINGLE SIGN-ON", "SINCE"))


@editors.command("role")
@click.argument("name")
@click.argument("role", type=_ROLE)
def role_(name: str, role: str) -> None:
    """Let NAME do what ROLE may, from the next click on."""
    with open_house() as house:
        house.seats.role(name, Role(role), by=operator())
    click.echo(f"{name} is {role}")


@editors.command("password")
@click.argument("name")
def password(name: str) -> None:
    """Set the password of NAME, asked for here or read from standard input.

    Every browser that is signed in as NAME has to sign in again.
    """
    with open_house() as house:
        house.seats.password(name, _new_password(), by=operator())
    click.echo(f"The password of {name} is set; every session of {name} has ended")


@editors.command("link")
@click.argument("name")
def link(name: str) -> None:
    """Print a link that signs NAME in, once, within a day."""
    with open_house() as house:
        click.echo(_link(house, name))


@editors.command("sign-out")
@click.argument("name")
def sign_out(name: str) -> None:
    """End every session and every unused link of NAME."""
    with open_house() as house:
        ended = house.seats.sign_out(name, by=operator())
    click.echo(f"{counted(ended, 'session or link', 'sessions and links')} of {name} ended")


@editors.command("no-codes")
@click.argument("name")
def no_codes(name: str) -> None:
    """Let NAME in without codes of an app, for instance because the phone is lost."""
    with open_house() as house:
        house.seats.unprotect(name, by=operator())
    click.echo(f"{name} is asked for no codes any more")


@editors.command("remove")
@click.argument("name")
def remove(name: str) -> None:
    """Take the account of NAME away; the record of what NAME did stays."""
    with open_house() as house:
        house.seats.remove(name, by=operator())
    click.echo(f"{name} has no account any more")


@editors.command("audit")
@click.option("--who", default="", metavar="NAME", help="Only what NAME did.")
@click.option("--limit", type=click.IntRange(1), default=100, show_default=True)
@json_option
def audit(who: str, limit: int, *, as_json: bool) -> None:
    """Show who did what at the desk, the newest first."""
    with open_house() as house:
        deeds = house.seats.deeds(limit, who)
        zone = house.site.timezone
    if as_json:
        output.document(deeds)
    else:
        rows = [(moment(d.at, zone), d.who or "-", d.act, d.about) for d in deeds]
        output.table(rows, ("WHEN", "WHO", "WHAT", "ABOUT"))


def _link(house: House, name: str) -> str:
    return f"{house.site.url}/editor/link/{house.seats.link(name, by=operator())}"


def _new_password() -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    asked: str = click.prompt("New password", hide_input=True, confirmation_prompt=True)
    return asked


def _yes(value: str) -> str:
    return "yes" if value else "no"
