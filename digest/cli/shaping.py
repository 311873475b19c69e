"""``digest editions undo|redo|history|merge|split|letter|suggest``: more that shapes a draft."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING

import click

from digest.cli import output
from digest.cli.naming import edition_of
from digest.cli.output import json_option, moment
from digest.cli.person import by_option
from digest.cli.session import Command, open_house
from digest.core.decision import Act
from digest.core.headline import Line, hint, suggestions
from digest.core.history import Force, Past, told
from digest.core.resource import ResourceId

if TYPE_CHECKING:
    from digest.core.decision import Decision
    from digest.jobs.deciding import Noted
    from digest.ports import EditionRecord
    from digest.wiring import House


@click.command("undo", cls=Command)
@click.argument("edition")
@click.argument("number", type=click.IntRange(1), required=False)
@click.option("--own", is_flag=True, help="Without NUMBER: the newest of your own.")
@by_option
@json_option
def undo(edition: str, number: int | None, by: str, *, own: bool, as_json: bool) -> None:
    """Take decision NUMBER of a draft back, or the newest one.

    What it had replaced counts again. `history` shows the numbers.
    """
    with open_house() as house:
        record = _record(house, edition)
        noted = house.deciding.undo(record.id, number or 0, by=by, own=own)
        tell_noted(house, record, noted, as_json=as_json)


@click.command("redo", cls=Command)
@click.argument("edition")
@click.option("--own", is_flag=True, help="Only if you undid it yourself.")
@by_option
@json_option
def redo(edition: str, by: str, *, own: bool, as_json: bool) -> None:
    """Do again what was taken back last."""
    with open_house() as house:
        record = _record(house, edition)
        noted = house.deciding.redo(record.id, by=by, own=own)
        tell_noted(house, record, noted, as_json=as_json)


@click.command("history", cls=Command)
@click.argument("edition")
@json_option
def history(edition: str, *, as_json: bool) -> None:
    """Show every decision on an edition: who, when, and whether it still counts."""
    with open_house() as house:
        record = _record(house, edition)
        with house.store.read() as work:
            past = house.review.history(work, record)
            names = house.review.names(work, [each.decision for each in past])
        made = [each.decision for each in past]
        if as_json:
            output.document([_described(each, told(each.decision, names, made)) for each in past])
        elif not past:
            click.echo("nobody decided anything yet")
        else:
            plan = house.newsletters.get(record.newsletter)
            zone = plan.timezone if plan else house.site.timezone
            rows = [
                (
                    each.number,
                    moment(each.decision.at, zone),
                    each.decision.by,
                    "" if each.force is Force.STANDS else each.force.value,
                    told(each.decision, names, made),
                )
                for each in past
            ]
            output.table(rows, ("NO.", "WHEN", "WHO", "", "WHAT"))


@click.command("merge", cls=Command)
@click.argument("edition")
@click.argument("resource", type=int)
@click.argument("into", type=int)
@by_option
@json_option
def merge(edition: str, resource: int, into: int, by: str, *, as_json: bool) -> None:
    """Make RESOURCE one with the resource INTO, which then names both sources."""
    with open_house() as house:
        record = _record(house, edition)
        noted = house.curate.decide(
            record.id, Act.MERGE, str(into), resource=ResourceId(resource), by=by
        )
        tell_noted(house, record, noted, as_json=as_json)


@click.command("split", cls=Command)
@click.argument("edition")
@click.argument("resource", type=int)
@by_option
@json_option
def split(edition: str, resource: int, by: str, *, as_json: bool) -> None:
    """Take RESOURCE out of what it was merged into."""
    with open_house() as house:
        record = _record(house, edition)
        noted = house.curate.decide(record.id, Act.MERGE, "", resource=ResourceId(resource), by=by)
        tell_noted(house, record, noted, as_json=as_json)


@click.command("letter", cls=Command)
@click.argument("edition")
@click.argument("file", type=click.File(encoding="utf-8"), required=False)
@by_option
@json_option
def letter(edition: str, file: IO[str] | None, by: str, *, as_json: bool) -> None:
    """Open an edition with the words of FILE (- is standard input), in Markdown.

    Without FILE the letter as it stands is printed.
    """
    with open_house() as house:
        record = _record(house, edition)
        if file:
            noted = house.curate.decide(record.id, Act.LETTER, file.read(), resource=None, by=by)
            tell_noted(house, record, noted, as_json=as_json)
            return
        with house.store.read() as work:
            words = house.preview.edition(work, record).letter
        if as_json:
            output.document({"letter": words})
        else:
            click.echo(words)


@click.command("suggest", cls=Command)
@click.argument("edition")
@json_option
def suggest(edition: str, *, as_json: bool) -> None:
    """Suggest subjects and preheaders for an edition, and judge those it has."""
    with open_house() as house:
        record = _record(house, edition)
        with house.store.read() as work:
            shown = house.preview.edition(work, record)
        found = {kind: suggestions(kind, shown) for kind in Line}
        said = {Line.SUBJECT: shown.subject, Line.PREHEADER: shown.preheader}
        if as_json:
            output.document(
                {
                    kind: {"now": said[kind], "hint": hint(kind, said[kind]), "suggestions": texts}
                    for kind, texts in found.items()
                }
            )
            return
        for kind, texts in found.items():
            output.heading(f"{kind.value.capitalize()}: {said[kind] or '(the template writes it)'}")
            rows = [(hint(kind, text).length, text, hint(kind, text).advice) for text in texts]
            output.table(rows, indent="  ")


def tell_noted(house: House, record: EditionRecord, noted: Noted, *, as_json: bool) -> None:
    """Say what became of wishes, and what others decided meanwhile."""
    if as_json:
        made = [_decision(each) for each in noted.made]
        output.document({"edition": record.id, "version": noted.version, "noted": made})
        return
    with house.store.read() as work:
        made_so_far = work.editions.decisions(record.id)
        names = house.review.names(work, made_so_far)
    for each in noted.made:
        click.echo(told(each, names, made_so_far))
    if not noted.made:
        click.echo("nothing to change: it is so already")
    click.echo(f"`digest editions draft {record.newsletter}` shows what comes of it")


def _record(house: House, edition: str) -> EditionRecord:
    with house.store.read() as work:
        return edition_of(house, work, edition)


def _decision(made: Decision) -> dict[str, object]:
    return {
        "act": made.act,
        "resource": made.resource,
        "value": made.value,
        "by": made.by,
        "at": made.at,
    }


def _described(past: Past, sentence: str) -> dict[str, object]:
    return {
        "number": past.number,
        **_decision(past.decision),
        "force": past.force,
        "undone_by": past.undone_by or None,
        "told": sentence,
    }
