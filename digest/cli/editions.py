"""``digest editions``: from the draft to the hand-off."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from digest.cli import output
from digest.cli.adding import add
from digest.cli.approving import approve, test, withdraw
from digest.cli.audience import audience, report
from digest.cli.comparing import diff
from digest.cli.deciding import decide
from digest.cli.drafts import draft
from digest.cli.faults import Failure
from digest.cli.halting import cancel, pause, resume
from digest.cli.inspecting import check
from digest.cli.live import watched
from digest.cli.naming import edition_of
from digest.cli.output import json_option, moment
from digest.cli.preview import preview
from digest.cli.session import Command, Group, open_house
from digest.cli.shaping import history, letter, merge, redo, split, suggest, undo
from digest.core.edition import EditionState
from digest.errors import UsageError
from digest.web.signals import told_by_signals

if TYPE_CHECKING:
    from digest.ports import EditionRecord
    from digest.wiring import House


@click.group(cls=Group)
def editions() -> None:
    """Drafts and editions.

    EDITION is the number of its row, or an address such as weekly/2026-11-23.
    """


@click.command("list", cls=Command)
@click.option("--newsletter", metavar="SLUG", help="Only of this one.")
@click.option(
    "--limit",
    default=20,
    show_default=True,
    type=click.IntRange(1),
    metavar="N",
    help="Show at most so many.",
)
@json_option
def list_(newsletter: str | None, limit: int, *, as_json: bool) -> None:
    """Show editions, the newest first."""
    with open_house() as house:
        if newsletter is not None:
            house.drafting.newsletter(newsletter)
        with house.store.read() as work:
            records = work.editions.records(newsletter, limit=limit)
        if as_json:
            output.document([described(record) for record in records])
        elif not records:
            click.echo("no editions yet; `digest run` makes those that are due")
        else:
            output.table([_row(house, r) for r in records], _HEADS)


_HEADS = ("ID", "EDITION", "FOR", "STATE", "NO.", "WHY")


def described(record: EditionRecord) -> dict[str, object]:
    """An edition without its content, as JSON shows it."""
    return {
        "id": record.id,
        "newsletter": record.newsletter,
        "slug": record.slug,
        "number": record.number,
        "state": record.state,
        "slot": record.slot,
        "approved_at": record.approved_at,
        "approved_by": record.approved_by,
        "hash": record.content_hash,
        "reason": record.reason,
        "paused_at": record.paused_at,
        "paused": record.paused,
        "release_at": record.release_at,
        "hold_until": record.hold_until,
        "waits": record.waits,
    }


def _row(house: House, record: EditionRecord) -> tuple[object, ...]:
    plan = house.newsletters.get(record.newsletter)
    zone = plan.timezone if plan else house.site.timezone
    by = f"approved by {record.approved_by}" if record.approved_by else ""
    return (
        int(record.id),
        f"{record.newsletter}/{record.slug}" if record.slug else record.newsletter,
        moment(record.slot, zone),
        "paused" if record.paused_at else record.state.value,
        str(record.number or "-"),
        record.reason or record.paused or record.waits or by,
    )


@click.command("send", cls=Command)
@click.argument("edition")
@json_option
def send(edition: str, *, as_json: bool) -> None:
    """Hand off what is due of an approved edition."""
    from digest.cli.delivered import tell_delivered

    with open_house() as house:
        with house.store.read() as work:
            record = edition_of(house, work, edition)
        if record.state is EditionState.READY:
            record = house.release(record.id)
        if record.state is EditionState.READY:
            until = moment(record.hold_until, house.site.timezone)
            raise UsageError(f"edition {record.id} is held back until {until}")
        if not record.number:
            raise UsageError(f"edition {record.id} is {record.state.value}; approve it first")
        house.publish()  # letters link to its pages
        with watched(house), told_by_signals(house.stop):
            report = house.deliver(record.id)
        if as_json:
            output.document(report)
        else:
            tell_delivered(house, [report])
    if house.told_to_stop and report.left:
        raise Failure("stopped before all was sent; send it again to go on from here")


_SHAPING = (decide, undo, redo, history, merge, split, add, letter, suggest)
for _command in (
    *(list_, draft, preview, diff),
    *_SHAPING,
    *(check, audience, test),
    *(approve, withdraw, send, pause, resume, cancel, report),
):
    editions.add_command(_command)
