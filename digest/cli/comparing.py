"""``digest editions diff``."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

import click

from digest.cli import output
from digest.cli.naming import edition_of
from digest.cli.output import counted, json_option
from digest.cli.session import Command, open_house
from digest.core.edition import Edition
from digest.errors import UsageError

if TYPE_CHECKING:
    from digest.core.edition import Entry
    from digest.ports import EditionRecord, Work


@click.command("diff", cls=Command)
@click.argument("edition")
@click.argument("other", required=False)
@click.option("--text", is_flag=True, help="Compare the texts line by line instead.")
@json_option
def diff(edition: str, other: str | None, *, text: bool, as_json: bool) -> None:
    """Compare EDITION with another one.

    Shows what was added, removed, moved and changed since OTHER: the edition before it, if
    none is named.
    """
    with open_house() as house, house.store.read() as work:
        record = edition_of(house, work, edition)
        after = house.preview.edition(work, record)
        earlier = edition_of(house, work, other) if other else _before(work, record)
        before = house.preview.edition(work, earlier)
        if text:
            click.echo("\n".join(_text_diff(before, after)))
        elif as_json:
            output.document(_changes(before, after))
        else:
            click.echo(f"{_name(before)} -> {_name(after)}")
            _tell_changes(_changes(before, after))


def _before(work: Work, record: EditionRecord) -> EditionRecord:
    for heading in work.editions.headings(record.newsletter):
        earlier = heading.date < record.slot
        if earlier and (found := work.editions.find(record.newsletter, heading.slug)):
            return found
    raise UsageError(f"no edition of {record.newsletter} came before this one")


def _name(edition: Edition) -> str:
    return f"{edition.newsletter}/{edition.slug}"


def _changes(before: Edition, after: Edition) -> dict[str, list[dict[str, object]]]:
    old = {entry.resource: entry for entry in before.entries()}
    new = {entry.resource: entry for entry in after.entries()}
    both = [entry for entry in new.values() if entry.resource in old]
    return {
        "added": [_described(entry) for entry in new.values() if entry.resource not in old],
        "removed": [_described(entry) for entry in old.values() if entry.resource not in new],
        "moved": [_described(e) for e in both if old[e.resource].theme != e.theme],
        "changed": [_described(e) for e in both if _words(old[e.resource]) != _words(e)],
    }


def _described(entry: Entry) -> dict[str, object]:
    return {"resource": int(entry.resource), "theme": entry.theme, "title": entry.title}


def _words(entry: Entry) -> tuple[str, ...]:
    return (entry.title, entry.summary, entry.note, entry.url)


def _tell_changes(changes: dict[str, list[dict[str, object]]]) -> None:
    for what, entries in changes.items():
        if entries:
            output.heading(f"{what.capitalize()}: {counted(len(entries), 'item')}")
            output.table([tuple(entry.values()) for entry in entries], indent="  ")
    if not any(changes.values()):
        click.echo("no difference")


def _text_diff(before: Edition, after: Edition) -> list[str]:
    return list(
        difflib.unified_diff(
            _lines(before), _lines(after), _name(before), _name(after), lineterm=""
        )
    )


def _lines(edition: Edition) -> list[str]:
    lines = [edition.subject, edition.preheader, *edition.letter.splitlines()]
    for section in edition.sections:
        entries = [e for e in edition.entries() if e.theme == section.theme]
        lines += ["", f"## {section.title}"]
        for entry in entries:
            lines += ["", entry.title, entry.url, *entry.summary.splitlines(), entry.note]
    return [line for number, line in enumerate(lines) if line or number]
