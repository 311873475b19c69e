"""``digest explain``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from digest.cli import output
from digest.cli.naming import resource_of
from digest.cli.output import json_option
from digest.cli.session import Group, open_house
from digest.core.address import canonical
from digest.errors import UsageError

if TYPE_CHECKING:
    from digest.core.edition import FiledResource
    from digest.ports import Work


@click.group(cls=Group)
def explain() -> None:
    """Why something is in, or out."""


@explain.command("resource")
@click.argument("which", metavar="ID|URL")
@json_option
def resource(which: str, *, as_json: bool) -> None:
    """Say why a resource is in or out.

    Where it came from, why it stands under its theme, and which editions have it.
    """
    with open_house() as house:
        with house.store.read() as work:
            item = _resource(work, which)
        said = house.explain.resource(item.resource.id)
    if as_json:
        filing = item.filing
        output.document({"id": item.resource.id, "why": said, "filing": filing})
        return
    click.secho(f"{item.resource.id}  {item.resource.facts.title}", bold=True)
    for sentence in said:
        click.echo(f"  {sentence}")


def _resource(work: Work, which: str) -> FiledResource:
    if which.isascii() and which.isdigit():
        return resource_of(work, int(which))
    found = work.resources.find(canonical(which))
    if found is None:
        raise UsageError(
            f"no resource has the address {which}; `digest collect` looks for new ones"
        )
    return resource_of(work, found.id)


@explain.command("subscriber")
@click.argument("address")
@click.option("--newsletter", metavar="SLUG", help="Only of this one.")
@json_option
def subscriber(address: str, newsletter: str | None, *, as_json: bool) -> None:
    """Say why somebody gets the newest editions, or not."""
    with open_house() as house:
        said = house.explain.subscriber(address, newsletter)
        titles = {slug: house.newsletters[slug].title for slug in said}
    if as_json:
        output.document({"address": address, "why": said})
        return
    for slug, sentences in said.items():
        click.secho(titles[slug], bold=True)
        for sentence in sentences:
            click.echo(f"  {sentence}")
