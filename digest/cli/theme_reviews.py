"""``digest themes evaluate`` and ``propose``: look back at the filings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from digest.cli import output
from digest.cli.output import counted, json_option
from digest.cli.person import by_option
from digest.cli.progress import progress
from digest.cli.session import Command, open_house, session
from digest.errors import UsageError

if TYPE_CHECKING:
    from digest.core.filing.proposals import Proposal
    from digest.core.trial import Verdict
    from digest.jobs.hindsight import Proposals
    from digest.wiring import House

_CONFUSED = 10


@click.command("evaluate", cls=Command)
@json_option
def evaluate(*, as_json: bool) -> None:
    """Say how well this site would file by itself.

    All that editors filed is filed once more, in time order, each by what was learnt before it.
    """
    with open_house() as house:
        found = _replayed(house)
    if as_json:
        output.document({**_numbers(found), "confused": found.confused})
    elif not found.items:
        click.echo("editors filed nothing yet; `digest themes queue` shows what waits for them")
    else:
        _tell(found)


def _replayed(house: House) -> Verdict:
    with house.store.read() as work:
        taught = sum(work.lessons.tally().values())
    with progress(taught or 1, "filing once more") as step:
        return house.hindsight.evaluate(lambda done, _: step(str(done)))


def _numbers(found: Verdict) -> dict[str, object]:
    return {
        "items": found.items,
        "accuracy": _share(found.right, found.themed),
        "top_3": _share(found.in_three, found.themed),
        "by_rules": {"items": found.ruled, "right": found.ruled_right},
        "by_learning": {
            "items": found.learnt,
            "right": found.learnt_right,
            "share": _share(found.learnt, found.items),
            "precision": _share(found.learnt_right, found.learnt),
        },
        "asked": {
            "items": found.asked,
            "first": found.asked_first,
            "second_or_third": found.asked_among,
        },
        "to_correct": found.to_correct,
        "touched": found.touched,
    }


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


def _tell(found: Verdict) -> None:
    rows = [
        ("first choice right", _percent(found.right, found.themed)),
        ("right one among three", _percent(found.in_three, found.themed)),
        ("placed by rules", _right(found.ruled, found.ruled_right, found.items)),
        ("filed by what was learnt", _right(found.learnt, found.learnt_right, found.items)),
        ("left to an editor", f"{found.asked:,}{_suggested(found)}"),
    ]
    click.secho(f"{counted(found.items, 'resource')}, as editors filed them", bold=True)
    output.table(rows, indent="  ")
    click.echo(
        f"\nAn editor would have had to touch {found.touched:,} of {found.items:,}: "
        f"{found.asked:,} to answer, {found.to_correct:,} to correct."
    )
    if found.confused:
        output.heading("Most often taken for another")
        output.table(found.confused[:_CONFUSED], ("EDITORS", "FIRST CHOICE", "TIMES"), indent="  ")


def _suggested(found: Verdict) -> str:
    if not found.asked:
        return ""
    rest = found.asked - found.asked_first - found.asked_among
    return (
        f": the right theme suggested first {found.asked_first:,}, "
        f"second or third {found.asked_among:,}, not at all {rest:,}"
    )


def _percent(part: int, whole: int) -> str:
    return f"{part / whole:.0%}" if whole else "-"


def _right(count: int, right: int, of: int) -> str:
    return f"{count:,} ({_percent(count, of)}), {_percent(right, count)} of them right"


@click.command("propose", cls=Command)
@click.option("--accept", metavar="NAME", help="Append this one to the configuration.")
@click.option("--slug", metavar="SLUG", default="", help="Its slug, in place of NAME.")
@click.option("--title", metavar="TITLE", default="", help="Its title.")
@click.option("--reject", metavar="NAME", help="Never propose this one, or its like, again.")
@by_option
@json_option
def propose(
    accept: str | None, slug: str, title: str, reject: str | None, by: str, *, as_json: bool
) -> None:
    """Propose themes for what none holds, and keywords for weak ones."""
    if (accept and reject) or ((slug or title) and not accept):
        raise UsageError("expected --accept NAME, with --slug and --title if you like, or --reject")
    with open_house() as house:
        found = house.hindsight.propose()
        if reject:
            house.hindsight.reject(_named(found, reject), by=by)
    if accept:
        _accept(_named(found, accept), slug, title)
    elif reject:
        click.echo(f"{reject} is not proposed again")
    elif as_json:
        output.document({"themes": map(_described, found.themes), "keywords": found.keywords})
    else:
        _show(found)


def _named(found: Proposals, name: str) -> Proposal:
    for proposal in found.themes:
        if proposal.slug == name:
            return proposal
    known = ", ".join(one.slug for one in found.themes) or "(nothing is proposed)"
    raise UsageError(f'no proposal "{name}"; expected one of {known}')


def _accept(proposal: Proposal, slug: str, title: str) -> None:
    from digest.cli.config_file import add_theme

    name = slug or proposal.slug
    add_theme(session().config, name, title or proposal.title, proposal.terms)
    click.echo(f"theme {name} added to {session().config}")
    click.echo("newsletters that name their themes do not carry it until it is named there")
    with open_house() as house:
        filed = house.to_file.resort()
    click.echo(f"{counted(filed, 'resource')} that waited filed")


def _described(proposal: Proposal) -> dict[str, object]:
    return {"name": proposal.slug, "title": proposal.title, **_plain(proposal)}


def _plain(proposal: Proposal) -> dict[str, object]:
    return {"count": proposal.count, "terms": proposal.terms, "titles": proposal.titles}


def _show(found: Proposals) -> None:
    from digest.cli.config_file import theme_table

    for proposal in found.themes:
        click.secho(f"{proposal.slug}: {counted(proposal.count, 'resource')}", bold=True)
        for title in proposal.titles:
            click.echo(f"  {title}")
        block = theme_table(proposal.slug, proposal.title, proposal.terms)
        click.echo("".join(f"    {row}\n" for row in block.strip().splitlines()))
    if found.themes:
        click.echo("take one: digest themes propose --accept NAME --slug SLUG --title TITLE")
        click.echo("never again: digest themes propose --reject NAME")
    else:
        click.echo("no new theme: what stands under other has too little in common")
    if found.keywords:
        output.heading("Keywords that weak themes lack")
        rows = [(w.theme, f"finds {w.found:.0%}", ", ".join(w.words)) for w in found.keywords]
        output.table(rows, indent="  ")
