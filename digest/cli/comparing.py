"""``digest editions diff``."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

from digest.cli import output
from digest.cli.naming import edition_of
from digest.cli.output import counted, json_option
from digest.cli.session import Command, open_house
from digest.core.comparison import Comparison, compare, text_diff
from digest.errors import UsageError

if TYPE_CHECKING:
    from digest.core.edition import Edition, Entry
    from digest.ports import EditionRecord, Work
    from digest.wiring import House


@click.command("diff", cls=Command)
@click.argument("edition")
@click.argument("other", required=False)
@click.option("--approved", is_flag=True, help="Compare a draft with what was approved last.")
@click.option("--text", is_flag=True, help="Compare the texts line by line instead.")
@json_option
def diff(edition: str, other: str | None, *, approved: bool, text: bool, as_json: bool) -> None:
    """Compare EDITION with another one.

    Shows what was added, removed, moved and changed since OTHER: the edition before it, if
    none is named.
    """
    with open_house() as house, house.store.read() as work:
        record = edition_of(house, work, edition)
        after = house.preview.edition(work, record)
        before = _approved(house, work, record) if approved else _before(house, work, record, other)
        if text:
            click.echo("\n".join(text_diff(before, after)))
        elif as_json:
            output.document(_described(compare(before, after)))
        else:
            click.echo(f"{_name(before)} -> {_name(after)}")
            _tell(compare(before, after))


def _before(house: House, work: Work, record: EditionRecord, other: str | None) -> Edition:
    earlier = edition_of(house, work, other) if other else house.review.before(work, record)
    return house.preview.edition(work, earlier)


def _approved(house: House, work: Work, record: EditionRecord) -> Edition:
    if found := house.preview.approved(work, record):
        return found
    raise UsageError(
        "there is no approval of this draft to compare with: nobody approved it, or a source "
        "changed an item since"
    )


def _name(edition: Edition) -> str:
    return f"{edition.newsletter}/{edition.slug}"


def _described(found: Comparison) -> dict[str, object]:
    changed = [{**_entry(each.after), "fields": each.fields} for each in found.changed]
    return {
        "added": [_entry(entry) for entry in found.added],
        "removed": [_entry(entry) for entry in found.removed],
        "moved": [{**_entry(each.after), "from": each.before.theme} for each in found.moved],
        "changed": changed,
        "whole": [
            {"name": name, "before": before, "after": after} for name, before, after in found.whole
        ],
        "reordered": found.order,
    }


def _entry(entry: Entry) -> dict[str, object]:
    return {"resource": int(entry.resource), "theme": entry.theme, "title": entry.title}


def _tell(found: Comparison) -> None:
    _tell_items("Added", found.added)
    _tell_items("Removed", found.removed)
    _tell_items("Moved", [each.after for each in found.moved])
    _tell_items("Changed", [each.after for each in found.changed])
    if found.whole:
        output.heading("Of the whole")
        output.table([(name, after or "(empty)") for name, _, after in found.whole], indent="  ")
    if found.order:
        output.heading("In another order")
        output.table([(theme,) for theme in found.order], indent="  ")
    if not found:
        click.echo("no difference")


def _tell_items(what: str, entries: Iterable[Entry]) -> None:
    rows = [(int(entry.resource), entry.theme, entry.title) for entry in entries]
    if rows:
        output.heading(f"{what}: {counted(len(rows), 'item')}")
        output.table(rows, indent="  ")
