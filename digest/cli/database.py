"""``digest db``."""

from __future__ import annotations

from pathlib import Path

import click

from digest.cli import output
from digest.cli.faults import Failure
from digest.cli.output import json_option
from digest.cli.session import Group, open_house


@click.group(cls=Group)
def db() -> None:
    """The database: its schema and its safety."""


@db.command("upgrade")
def upgrade() -> None:
    """Bring the schema up to date.

    Every command that needs the database does so as well.
    """
    with open_house() as house:
        house.database.upgrade()
    click.echo("the schema is up to date")


@db.command("check")
@json_option
def check(*, as_json: bool) -> None:
    """Say what is wrong with the schema or the data."""
    with open_house() as house:
        problems = house.database.check()
    if as_json:
        output.document({"problems": problems})
    elif not problems:
        click.echo("the database is well")
    if problems and as_json:
        click.get_current_context().exit(1)
    if problems:
        raise Failure("\n".join(problems))


@db.command("backup")
@click.argument("to", type=click.Path(path_type=Path, dir_okay=False))
def backup(to: Path) -> None:
    """Write a copy of this moment TO a file.

    Everything else may go on meanwhile.
    """
    with open_house() as house:
        house.database.backup(to)
    click.echo(f"the database is copied to {to}, {to.stat().st_size:,} bytes")
