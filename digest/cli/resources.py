"""``digest resources``."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import click

from digest.cli import output
from digest.cli.naming import check_theme, resource_of
from digest.cli.output import json_option, moment
from digest.cli.person import by_option
from digest.cli.session import Group, open_house
from digest.core.edition import FiledResource, Filing
from digest.core.resource import ResourceId
from digest.errors import UsageError

if TYPE_CHECKING:
    from digest.wiring import House


@click.group(cls=Group)
def resources() -> None:
    """What was found."""


@resources.command("list")
@click.option("--theme", metavar="SLUG", help="Only of this theme.")
@click.option("--text", default="", metavar="WORDS", help="Only with these words in the title.")
@click.option(
    "--limit",
    default=20,
    show_default=True,
    type=click.IntRange(1),
    metavar="N",
    help="Show at most so many.",
)
@json_option
def list_(theme: str | None, text: str, limit: int, *, as_json: bool) -> None:
    """Show the newest resources."""
    with open_house() as house:
        if theme is not None:
            check_theme(house, theme)
        with house.store.read() as work:
            found = work.resources.newest(limit, theme=theme, text=text)
        if as_json:
            output.document([described(item) for item in found])
        elif not found:
            click.echo("no resources; `digest collect` looks for some")
        else:
            output.table([_row(house, item) for item in found], ("ID", "DATE", "THEME", "TITLE"))


def described(item: FiledResource) -> dict[str, object]:
    """A resource as JSON shows it."""
    resource, facts = item.resource, item.resource.facts
    return {
        "id": resource.id,
        "title": facts.title,
        "url": facts.url,
        "published": str(facts.published or ""),
        "theme": item.filing.theme,
        "why": str(item.filing.reason),
        "rule": item.filing.reason.rule,
        "filed_by": item.filing.by,
        "guesses": item.filing.guesses,
        "terms": item.filing.terms,
        "labels": facts.labels,
        "tags": facts.tags,
        "sources": facts.sources,
        "first_seen": resource.first_seen,
        "backlog": resource.backlog,
        "hidden": resource.hidden,
    }


def _row(house: House, item: FiledResource) -> tuple[object, ...]:
    facts = item.resource.facts
    date = str(facts.published or "")[:10] or moment(item.resource.first_seen, house.site.timezone)
    return (item.resource.id, date[:10], item.filing.theme, facts.title)


@resources.command("show")
@click.argument("number", type=int, metavar="ID")
@json_option
def show(number: int, *, as_json: bool) -> None:
    """Show everything known of a resource."""
    with open_house() as house:
        with house.store.read() as work:
            item = resource_of(work, number)
            filings = work.resources.filings(item.resource.id)
            places = work.editions.where(item.resource.id)
        facts = item.resource.facts
        if as_json:
            output.document(
                {
                    **described(item),
                    "summary": facts.summary,
                    "issuer": facts.issuer,
                    "author": facts.author,
                    "download": facts.download,
                    "also_at": facts.also_at,
                    "tag": item.resource.tag,
                    "filings": [
                        {"theme": f.theme, "why": str(f.reason), "at": at} for f, at in filings
                    ],
                    "editions": [{"id": r.id, "left_out": str(why or "")} for r, why in places],
                }
            )
            return
        click.secho(facts.title, bold=True)
        click.echo(facts.url)
        if facts.summary:
            click.echo(f"\n{facts.summary}\n")
        output.table([(name, said) for name, said in _facts(house, item) if said])
        _tell_filings(house, filings)
        click.echo(f"\n`digest explain resource {number}` says where it went, and why.")


def _facts(house: House, item: FiledResource) -> list[tuple[str, str]]:
    resource, facts = item.resource, item.resource.facts
    titles = house.source_titles
    return [
        ("published", str(facts.published or "")),
        ("issuer", facts.issuer),
        ("author", facts.author),
        ("labels", ", ".join(facts.labels)),
        ("tags", ", ".join(facts.tags)),
        ("download", facts.download),
        ("shown by", ", ".join(titles.get(name, name) for name in facts.sources)),
        ("also at", " ".join(facts.also_at)),
        ("first seen", moment(resource.first_seen, house.site.timezone)),
        ("state", "hidden" if resource.hidden else "backlog" if resource.backlog else ""),
    ]


def _tell_filings(house: House, filings: Sequence[tuple[Filing, datetime]]) -> None:
    rows = [(moment(at, house.site.timezone), f.theme, str(f.reason)) for f, at in filings]
    output.heading("Filed")
    output.table(rows, indent="  ")


@resources.command("file")
@click.argument("number", type=int, metavar="ID")
@click.argument("theme", required=False)
@click.option("--undo", is_flag=True, help="Take the last filing by an editor back.")
@by_option
def file(number: int, theme: str | None, by: str, *, undo: bool) -> None:
    """Put resource ID under another THEME.

    What comes later is filed by what is learnt from it, and so is what waits.
    """
    if undo == bool(theme):
        raise UsageError("expected either the slug of a theme, or --undo")
    with open_house() as house:
        if theme:
            house.curate.file(ResourceId(number), theme, by=by)
        else:
            theme = house.curate.unfile(ResourceId(number)).theme
    click.echo(f"resource {number} now stands under {theme}")


@resources.command("hide")
@click.argument("number", type=int, metavar="ID")
@click.option("--undo", is_flag=True, help="Bring it back.")
def hide(number: int, *, undo: bool) -> None:
    """Take resource ID out of everything to come."""
    with open_house() as house:
        house.curate.hide(ResourceId(number), hidden=not undo)
    click.echo(f"resource {number} is {'back' if undo else 'hidden'}")
