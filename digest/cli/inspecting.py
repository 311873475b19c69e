"""``digest editions check``: what readers would stumble over."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from digest.cli import output
from digest.cli.faults import Failure
from digest.cli.naming import edition_or_next
from digest.cli.output import counted, json_option
from digest.cli.progress import activity
from digest.cli.session import Command, open_house

if TYPE_CHECKING:
    from digest.core.checks.finding import Finding, Report, Result


@click.command("check", cls=Command)
@click.argument("edition", metavar="EDITION|NEWSLETTER")
@json_option
def check(edition: str, *, as_json: bool) -> None:
    """Look at a draft before it goes out.

    Each check says what is wrong, where, and how to mend it. The exit code is 1 when one that
    blocks an approval found something; which ones do is set by [checks].
    """
    with open_house() as house:
        with house.store.read() as work:
            record = edition_or_next(house, work, edition)
            shown = house.preview.edition(work, record)
        with activity():
            report = house.inspect.report(record, shown)
        if as_json:
            output.document({"edition": record.id, **described(report)})
        else:
            _tell(report)
    if report.blocking:
        raise Failure(f"approval is blocked: {report.why}")


def described(report: Report) -> dict[str, object]:
    """The report as JSON shows it."""
    return {
        "hash": report.content_hash,
        "blocked": bool(report.blocking),
        "checks": [
            {
                "name": result.name,
                "title": result.title,
                "why": result.why,
                "level": result.level,
                "blocks": result.blocks,
                "skipped": result.skipped,
                "findings": result.findings,
            }
            for result in report.results
        ],
    }


def _tell(report: Report) -> None:
    _tell_group("Blocks approval", report.blocking)
    _tell_group("Worth a look", report.advisory)
    if report.skipped:
        output.heading("Skipped")
        output.table([(each.title, each.skipped) for each in report.skipped], indent="  ")
    output.heading("Passed")
    click.echo(f"  {', '.join(result.title for result in report.passed) or 'none'}")
    click.echo()
    found = sum(len(result.findings) for result in report.results)
    checks = counted(len(report.results) - len(report.skipped), "check")
    click.echo(f"{checks} made, {counted(found, 'finding')}; hash {report.content_hash}")


def _tell_group(title: str, results: Sequence[Result]) -> None:
    if not results:
        return
    output.heading(title)
    for result in results:
        click.echo(f"  {click.style(result.title, bold=True)} ({result.name}): {result.why}")
        for found in result.findings[:_MOST]:
            _tell_finding(found)
        if len(result.findings) > _MOST:
            click.echo(f"    and {len(result.findings) - _MOST} more; --json has them all")


def _tell_finding(found: Finding) -> None:
    click.echo(f"    - {output.clean(found.what)}")
    for word, said in (("where", found.where), ("to mend it", found.fix)):
        if said:
            click.echo(f"        {word}: {output.clean(said)}")


_MOST = 10
"""Findings of one check that are told."""
