"""``digest editions add``."""

from __future__ import annotations

import click

from digest.cli import output
from digest.cli.naming import edition_of
from digest.cli.output import json_option
from digest.cli.person import by_option
from digest.cli.session import Command, open_house


@click.command("add", cls=Command)
@click.argument("edition")
@click.argument("url")
@click.option("--title", default="", metavar="TEXT", help="Instead of the page's own.")
@click.option("--summary", default="", metavar="TEXT", help="Instead of the page's own.")
@click.option("--theme", default="", metavar="SLUG", help="Where it stands, whatever the rules.")
@by_option
@json_option
def add(
    edition: str, url: str, title: str, summary: str, theme: str, by: str, *, as_json: bool
) -> None:
    """Bring the page at URL into a draft, though no source showed it.

    What the page says of itself is read from it. It stands in this draft only; when a source
    shows it later, other newsletters take it as usual.
    """
    from digest.jobs.adding import Addition

    with open_house() as house:
        with house.store.read() as work:
            record = edition_of(house, work, edition)
        added = house.adding(record.id, Addition(url, title, summary, theme), by=by)
        if as_json:
            described = {"resource": added.resource, "title": added.title, "theme": added.theme}
            output.document({"edition": record.id, "version": added.noted.version, **described})
        else:
            click.echo(f"added “{added.title}” under {added.theme}, as item {int(added.resource)}")
