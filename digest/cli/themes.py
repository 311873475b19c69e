"""``digest themes``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from digest.cli import output
from digest.cli.faults import Failure
from digest.cli.output import counted, json_option
from digest.cli.session import Group, open_house
from digest.cli.theme_reviews import evaluate, propose
from digest.core.newsletter import OTHER

if TYPE_CHECKING:
    from digest.jobs.to_file import Question, Queue
    from digest.wiring import House


@click.group(cls=Group)
def themes() -> None:
    """Sections that readers follow, and how resources get there."""


@themes.command("list")
@json_option
def list_(*, as_json: bool) -> None:
    """Show every theme with what stands under it."""
    with open_house() as house:
        rows = _counts(house)
        if as_json:
            output.document([dict(zip(_KEYS, row, strict=True)) for row in rows])
        else:
            output.table(rows, ("THEME", "TITLE", "KEYWORDS", "RESOURCES", "TAUGHT"))


_KEYS = ("slug", "title", "keywords", "resources", "taught")


def _counts(house: House) -> list[tuple[str, str, int, int, int]]:
    from digest.core.composition import other_theme

    with house.store.read() as work:
        standing = work.resources.tally()
        taught = work.lessons.tally()
    return [
        (
            theme.slug,
            theme.title,
            len(theme.keywords),
            sum(standing.get(slug, 0) for slug in (theme.slug, *theme.formerly)),
            sum(taught.get(slug, 0) for slug in (theme.slug, *theme.formerly)),
        )
        for theme in (*house.themes, other_theme())
    ]


@themes.command("queue")
@click.option(
    "--limit",
    default=20,
    show_default=True,
    type=click.IntRange(1),
    metavar="N",
    help="Show at most so many.",
)
@json_option
def queue(limit: int, *, as_json: bool) -> None:
    """Show what waits to be filed, each with the likeliest themes.

    `digest resources file ID THEME` answers; what is learnt from it counts at once.
    """
    with open_house() as house:
        found = house.to_file(limit)
        if as_json:
            items = [_described(question) for question in found.questions]
            output.document({"count": found.count, "items": items})
        else:
            _tell_queue(found)


def _described(question: Question) -> dict[str, object]:
    from digest.cli.resources import described

    fresh = {"guesses": question.choices, "terms": question.terms, "why": str(question.why)}
    return {**described(question.item), **fresh}


def _tell_queue(found: Queue) -> None:
    for question in found.questions:
        facts = question.item.resource.facts
        click.secho(f"{question.item.resource.id}  {facts.title}", bold=True)
        click.echo(f"  {facts.url}")
        said = (f"{choice.theme} {choice.probability:.0%}" for choice in question.choices)
        click.echo(f"  {' · '.join(said) or 'there are no themes'}")
        if question.terms:
            click.echo(f"  {', '.join(question.terms)} spoke for the first")
    if not found.questions:
        click.echo("nothing waits to be filed")
        return
    more = found.count - len(found.questions)
    rest = f"; {more:,} more are not shown" if more else ""
    click.echo(f"\n{counted(found.count, 'resource')} to file{rest}")
    click.echo(f'answer: digest resources file ID THEME (or "{OTHER}")')


@themes.command("rebuild")
@click.option("--check", is_flag=True, help="Only say what differs from the filings.")
@json_option
def rebuild(*, check: bool, as_json: bool) -> None:
    """Learn again all that editors filed.

    Nothing is lost by it: what was learnt is made from the filings, and this makes it once more.
    """
    with open_house() as house:
        if check:
            wrong = house.rebuild.check()
            if as_json:
                output.document({"problems": wrong})
                click.get_current_context().exit(1 if wrong else 0)
            if wrong:
                raise Failure("\n".join(wrong))
            click.echo("what was learnt is what editors filed")
            return
        made = house.rebuild()
    if as_json:
        output.document(made)
        return
    click.echo(f"learnt {counted(made.lessons, 'filing')}, {counted(made.counts, 'count')}")
    if made.added:
        click.echo(f"{counted(made.added, 'filing')} had not been learnt before")


themes.add_command(evaluate)
themes.add_command(propose)
