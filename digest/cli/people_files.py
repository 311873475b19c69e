"""``digest subscribers import`` and ``export``: people as CSV."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import IO, TYPE_CHECKING, TextIO

import click

from digest.cli import output
from digest.cli.output import counted, json_option
from digest.cli.progress import at_terminal
from digest.cli.session import Command, open_house
from digest.errors import DigestError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from subscribers import ImportReport, SuppressionReport

# Bytes that are no UTF-8 become a sign that the line's check refuses, not the end of it all.
CSV = click.File("r", encoding="utf-8-sig", errors="replace")


@click.command("import", cls=Command)
@click.argument("file", type=CSV)
@click.option("--newsletter", default="", metavar="SLUG", help="For lines that name none.")
@click.option(
    "--how",
    default="",
    metavar="TEXT",
    help="How they gave consent; without it they stay pending and get nothing.",
)
@click.option(
    "--map",
    "mapped",
    multiple=True,
    metavar="COLUMN=NAME",
    help='What a column of another name is, such as "E-Mail=address"; may be given again.',
)
@click.option("--dry-run", is_flag=True, help="Only say what would happen.")
@json_option
def import_(
    file: IO[str],
    newsletter: str,
    how: str,
    mapped: tuple[str, ...],
    *,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Import people from a CSV FILE.

    Importing it again changes nothing. The first line names the columns: address (or email),
    name, language, newsletters, themes, since, state, consent. Exports of listmonk, Mailchimp
    and Buttondown are recognised: who left there stays out, who bounced or complained there is
    suppressed.
    """
    mapping = dict(_meaning(each) for each in mapped)
    with open_house() as house:
        if newsletter:
            house.drafting.newsletter(newsletter)
        report = house.people.read_csv(
            file,
            newsletter=newsletter,
            how=how,
            offers=house.offers,
            mapping=mapping,
            dry_run=dry_run,
            progress=tell_progress if at_terminal() else None,
        )
    if as_json:
        output.document(report)
    else:
        _tell_import(report, dry_run=dry_run)


def _meaning(text: str) -> tuple[str, str]:
    column, equals, name = text.rpartition("=")
    if not equals or not column or not name:
        raise UsageError(f'--map: expected "COLUMN=NAME", found "{text}"')
    return column, name


def tell_progress(lines: int) -> None:
    """Count the lines at the terminal."""
    click.echo(f"\r{lines:,} lines", nl=False, err=True)


def _tell_import(report: ImportReport, *, dry_run: bool) -> None:
    lines = tell_rejected(report, report.warnings)
    said = "would be " if dry_run else ""
    click.echo(
        f"{counted(report.added, 'person', 'people')} {said}added, {report.changed:,} changed, "
        f"{report.unchanged:,} unchanged, {counted(lines, 'line')} rejected"
    )
    if report.suppressed:
        click.echo(f"{report.suppressed:,} of them {said}suppressed: they get no letter")


def tell_rejected(report: ImportReport | SuppressionReport, warnings: Sequence[str] = ()) -> int:
    """Say what was passed over, and why; answers how many lines."""
    if at_terminal():
        click.echo("\r", nl=False, err=True)
    for warning in warnings:
        output.note(warning)
    for rejected in report.rejected:
        output.note(f"line {rejected.line}: {rejected.reason}")
    if report.rejected_more:
        output.note(f"and {report.rejected_more:,} more lines like these")
    return len(report.rejected) + report.rejected_more


OUT = click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write there.  [default: print]",
)


@click.command("export", cls=Command)
@OUT
def export(out: Path | None) -> None:
    """Write everybody as CSV that `import` takes."""
    with open_house() as house:
        if out is None:
            house.people.export(sys.stdout)
            return
        count = written(out, house.people.export)
    click.echo(f"{counted(count, 'person', 'people')} written to {out}")


def written(out: Path, export: Callable[[TextIO], int]) -> int:
    """Write a file that names people; answers what the export does.

    Raises:
        DigestError: it cannot be written.
    """
    try:
        with out.open("w", encoding="utf-8", newline="") as file:
            out.chmod(0o600)  # it names people
            return export(file)
    except OSError as error:
        raise DigestError(f"{out} cannot be written: {error.strerror}") from None
