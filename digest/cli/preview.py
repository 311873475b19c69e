"""``digest editions preview``: the bytes that would go out, in a folder to look at."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from digest.cli import output
from digest.cli.naming import check_theme, edition_or_next
from digest.cli.output import counted, json_option
from digest.cli.session import Command, open_house
from digest.core.edition import content_hash
from digest.errors import UsageError

if TYPE_CHECKING:
    from digest.core.artifact import Artifact
    from digest.jobs.preview import Persona
    from digest.ports import EditionRecord
    from digest.wiring import House

_MAILS = "email"
_SITE = "site"


@click.command("preview", cls=Command)
@click.argument("edition", metavar="EDITION|NEWSLETTER")
@click.option(
    "--out",
    required=True,
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Where to put the files.",
)
@click.option(
    "--as", "themes", multiple=True, metavar="THEME", help="For who follows this; again for more."
)
@click.option("--reader", metavar="ADDRESS", help="For this subscriber, with inert links.")
@json_option
def preview(
    edition: str, out: Path, themes: tuple[str, ...], reader: str | None, *, as_json: bool
) -> None:
    """Write into a folder what would go out.

    The letter as html, text and eml, and all pages and feeds. The bytes are those that readers
    get, but for the personal values of the letter: those are of an example reader who follows
    every theme, or as asked for; the personal links open nothing.
    """
    with open_house() as house, house.store.read() as work:
        record = edition_or_next(house, work, edition)
        frozen = house.preview.edition(work, record)
        now = house.clock.now()
        persona = _persona(house, record, themes, reader)
        mails = _write(out / _MAILS, house.preview.letter(record, frozen, now, persona))
        pages = _write(out / _SITE, house.preview.documents(work, frozen, now))
    if as_json:
        output.document(
            {"edition": record.id, "hash": content_hash(frozen), "files": mails + pages}
        )
        return
    click.echo(f"{frozen.title}, number {frozen.number}: {counted(frozen.count, 'item')}")
    output.table([(name, out / _MAILS / name) for name in mails], indent="  ")
    click.echo(f"  {counted(len(pages), 'page or feed', 'pages and feeds')} under {out / _SITE}")
    click.echo(f"hash {content_hash(frozen)}")


def _persona(
    house: House, record: EditionRecord, themes: tuple[str, ...], reader: str | None
) -> Persona:
    from digest.jobs.preview import EVERYTHING, Persona

    if themes and reader:
        raise UsageError("expected either --as or --reader: a subscriber has themes of their own")
    for theme in themes:
        check_theme(house, theme)
    if reader:
        return house.preview.persona(record.newsletter, reader)
    return Persona(themes) if themes else EVERYTHING


def _write(folder: Path, artifacts: Iterable[Artifact]) -> list[str]:
    """Put artifacts into a folder by the publisher; an earlier preview is written over."""
    from digest.publishers.directory import DirectoryPublisher

    shown = list(artifacts)
    DirectoryPublisher(folder).publish(shown)
    return [artifact.path for artifact in shown]
