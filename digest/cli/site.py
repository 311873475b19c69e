"""``digest init`` and ``digest check``."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import click

from digest.cli import output
from digest.cli.faults import Failure
from digest.cli.output import counted, json_option
from digest.cli.session import Command, open_house, session
from digest.errors import DigestError, UsageError

if TYPE_CHECKING:
    from digest.wiring import House

_PACKAGE = Path(__file__).parents[1]
_STARTERS = (_PACKAGE / "templates" / "site", _PACKAGE.parent / "templates" / "site")
"""In the installed package, and in the repository."""
_MADE_LATER = ("public", "var")


@click.command(cls=Command)
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
def init(folder: Path) -> None:
    """Make a new site in DIR, which must be empty or not there yet."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"{folder} is not empty; expected a new or an empty folder")
    starter = next(place for place in _STARTERS if place.is_dir())
    try:
        shutil.copytree(starter, folder, dirs_exist_ok=True, copy_function=shutil.copyfile)
        (folder / "gitignore").rename(folder / ".gitignore")
        for name in _MADE_LATER:
            (folder / name).mkdir()
    except OSError as error:
        raise DigestError(f"{folder} cannot be written: {error.strerror or error}") from None
    _welcome(folder)


def _welcome(folder: Path) -> None:
    click.echo(f"a new site stands in {folder}; next:")
    output.table(
        [
            (f"cd {folder}", ""),
            ("edit config.toml", "who you are, your sources, themes and newsletters"),
            ("digest check", "says what is wrong"),
            ("digest subscribers add you@example.org --how myself", "a first reader"),
            ("digest run --now", "a first edition"),
        ],
        indent="  ",
    )


@click.command(cls=Command)
@click.option("--dns", is_flag=True, help="Print the DNS record by which receivers check letters.")
@click.option("--openid", is_flag=True, help="Ask the site by which people sign in at the desk.")
@json_option
def check(*, dns: bool, openid: bool, as_json: bool) -> None:
    """Say all that is wrong with the site.

    Looks at the configuration, the templates, the folders and the database; changes nothing.
    """
    from digest.cli.advice import advice
    from digest.cli.checks import faults

    with open_house() as house:
        if dns:
            _tell_record(house, as_json=as_json)
            return
        if openid:
            _ask_provider(house, as_json=as_json)
            return
        problems, warnings = faults(house), advice(house)
        parts = (
            counted(len(house.settings.sources), "source"),
            counted(len(house.themes), "theme"),
            counted(len(house.newsletters), "newsletter"),
        )
    if as_json:
        output.document({"problems": problems, "warnings": warnings})
        click.get_current_context().exit(1 if problems else 0)
    for warning in warnings:
        click.echo(f"warning: {warning}")
    if problems:
        raise Failure("\n".join(problems))
    click.echo(f"{session().config} is well: {', '.join(parts)}")


def _ask_provider(house: House, *, as_json: bool) -> None:
    if house.identities is None:
        raise UsageError("people sign in here by themselves: there is no [openid] in config.toml")
    house.identities.depart()
    back = house.identities.back
    if as_json:
        output.document({"title": house.identities.title, "back": back})
    else:
        click.echo(f"{house.identities.title} answers; it has to know {back} as an address of ours")


def _tell_record(house: House, *, as_json: bool) -> None:
    from digest.signing import record

    mail = house.settings.mail
    if mail.dkim is None:
        raise UsageError("letters are not signed here: there is no [mail.dkim] in config.toml")
    found = record(mail.dkim, mail.domain, house.settings.root)
    if as_json:
        output.document({"name": found.name, "type": "TXT", "value": found.value})
    else:
        click.echo(found)
