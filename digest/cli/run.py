"""``digest run``: one pass, and what it came to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from digest.cli import output
from digest.cli.bounces import tell as tell_returned
from digest.cli.collecting import tell_collected
from digest.cli.delivered import tell_delivered
from digest.cli.editions import described
from digest.cli.faults import Failure
from digest.cli.halting import paused, tell_paused
from digest.cli.live import watched
from digest.cli.notes import described_notes
from digest.cli.output import counted, json_option, occasion
from digest.cli.progress import activity
from digest.cli.session import Command, open_house
from digest.core.edition import EditionState
from digest.web.signals import told_by_signals

if TYPE_CHECKING:
    from digest.core.edition import Edition
    from digest.jobs.assemble import AssembleReport
    from digest.jobs.conveyor import PassReport
    from digest.wiring import House

_NAMED = 3
"""Steps with the same cause that are named."""


@click.command(cls=Command)
@click.option("--now", is_flag=True, help="As if everything were due.")
@click.option("--newsletter", metavar="SLUG", help="Make editions of this one only.")
@json_option
def run(newsletter: str | None, *, now: bool, as_json: bool) -> None:
    """Do whatever is due, once.

    Collects, composes, publishes and hands off.

    A source that fails is shown and stops nothing else; the exit code is 1 when a step failed
    as a whole.

    Told to stop (Ctrl-C, SIGTERM), it finishes what is under way, sends no more letters, and
    says so; told twice, it ends at once.
    """
    with open_house() as house:
        if newsletter is not None:
            house.drafting.newsletter(newsletter)
        with activity(), watched(house), told_by_signals(house.stop):
            report = house.conveyor(now=now, newsletter=newsletter)
        if as_json:
            output.document(_described(house, report))
        else:
            _tell(house, report, newsletter)
    if report.failures:
        raise Failure("\n".join(_causes(report.failures)))


def _causes(failures: Sequence[str]) -> Iterator[str]:
    """One line per cause: a locked database fails every step, and is said once."""
    stopped: dict[str, list[str]] = {}
    for failure in failures:
        step, _, why = failure.partition(": ")
        stopped.setdefault(why, []).append(step)
    for why, steps in stopped.items():
        rest = [f"{len(steps) - _NAMED} more"] if len(steps) > _NAMED else []
        what = ", ".join([*steps[:_NAMED], *rest])
        yield f"{what}: {why}" if why else what


def _described(house: House, report: PassReport) -> dict[str, object]:
    return {
        "sources": report.collected,
        "newsletters": [
            {**_plain(made), "themes": _themes(_edition(house, made))} for made in report.assembled
        ],
        "published": {"changed": report.published, "index": _index(house)},
        "returned": report.returned,
        "deliveries": report.delivered,
        "notes": report.notes,
        "paused": [described(record) for record in paused(house)],
        "next": {slug: house.assemble.next(slug) for slug in house.newsletters},
        "failures": report.failures,
    }


def _plain(made: AssembleReport) -> dict[str, object]:
    shown = output.plain(made)
    assert isinstance(shown, dict)
    return shown


def _index(house: House) -> Path:
    return house.settings.root / house.settings.publish.directory / "index.html"


def _tell(house: House, report: PassReport, only: str | None) -> None:
    click.secho("Sources", bold=True)
    tell_collected(report.collected)
    if not report.collected:
        click.echo("  none is due")
    output.heading("Newsletters")
    for slug in [only] if only else house.newsletters:
        _tell_newsletter(house, slug, report)
    output.heading("Published")
    if any(failure.startswith("publishing") for failure in report.failures):
        click.echo("  failed, so no letters were handed off: they link to these pages")
    else:
        changed = counted(len(report.published), "file") if report.published else "nothing"
        click.echo(f"  {changed} changed; start at {output.place(_index(house))}")
    told = {delivery.edition for delivery in report.delivered if delivery.paused}
    waiting = [record for record in paused(house) if record.id not in told]
    if report.returned.messages:
        output.heading("Came back")
        tell_returned(report.returned, indent="  ")
    if report.delivered or waiting:
        output.heading("Email")
        tell_delivered(house, report.delivered)
        tell_paused(house, waiting)
    if told_notes := described_notes(report.notes):
        output.heading("Letters to single people")
        click.echo(f"  {told_notes}")


def _tell_newsletter(house: House, slug: str, report: PassReport) -> None:
    plan = house.newsletters[slug]
    made = next((each for each in report.assembled if each.newsletter == slug), None)
    failed = any(failure.startswith(f"edition of {slug}:") for failure in report.failures)
    click.echo(f"  {plan.title}: {'failed' if failed else _outcome(house, made)}")
    edition = _edition(house, made) if made else None
    if edition:
        said = [f"{section.title} {section.count}" for section in edition.sections]
        click.echo(f"    {' · '.join(said)}")
    if coming := house.assemble.next(slug):
        click.echo(f"    next: {occasion(coming, plan.timezone)}")


def _outcome(house: House, made: AssembleReport | None) -> str:
    """What became of a newsletter, as the end of a sentence."""
    if made is None:
        return "not due"
    if made.state is EditionState.SKIPPED:
        return f"no edition, {made.reason}"
    if made.state is EditionState.DRAFT:
        waits = f"a draft of {counted(made.items, 'item')} waits"
        return f"{waits}: digest editions approve {made.edition}"
    edition = _edition(house, made)
    if edition is None:
        return "another process makes this edition"
    return f"number {edition.number}, {edition.slug}, {counted(edition.count, 'item')}"


def _edition(house: House, made: AssembleReport) -> Edition | None:
    if made.edition is None:
        return None
    with house.store.read() as work:
        record = work.editions.get(made.edition)
    return record.edition if record else None


def _themes(edition: Edition | None) -> dict[str, int]:
    return {section.theme: section.count for section in edition.sections} if edition else {}
