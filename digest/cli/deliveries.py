"""``digest deliveries``: the ledger of an edition."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from digest.cli import output
from digest.cli.halting import tell_paused
from digest.cli.naming import edition_of
from digest.cli.output import counted, json_option, moment
from digest.cli.relay_logs import as_utc, log_lines
from digest.cli.session import Group, open_house
from digest.core.outbox import DeliveryState
from digest.core.pace import Pace
from digest.core.refusal import refusal

if TYPE_CHECKING:
    from digest.core.outbox import Delivery
    from digest.jobs.resolve import Resolution
    from digest.wiring import House
    from subscribers import Recipient

_LATELY = timedelta(minutes=1)
_LIST = "list"
_POLICY = "policy"


class _WithDefault(Group):
    """``digest deliveries 3`` is short for ``digest deliveries list 3``."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if args and args[0] != "--help" and self.commands.keys().isdisjoint(args):
            args = [_LIST, *args]
        return super().parse_args(ctx, args)


@click.group(cls=_WithDefault, subcommand_metavar="EDITION | COMMAND [ARGS]...")
def deliveries() -> None:
    """What became of each letter.

    `digest deliveries EDITION` is short for `digest deliveries list EDITION`.
    """


@deliveries.command(_LIST)
@click.argument("edition")
@click.option(
    "--state",
    type=click.Choice([state.value for state in DeliveryState]),
    help="Only those in this state.",
)
@click.option(
    "--limit",
    default=50,
    show_default=True,
    type=click.IntRange(0),
    metavar="N",
    help="Show at most so many.",
)
@json_option
def list_(edition: str, state: str | None, limit: int, *, as_json: bool) -> None:
    """Show the letters of an edition and their states."""
    wanted = DeliveryState(state) if state else None
    with open_house() as house:
        with house.store.read() as work:
            record = edition_of(house, work, edition)
            counts = work.deliveries.counts(record.id)
            lately = work.deliveries.accepted_since(record.id, house.clock.now() - _LATELY)
            rows = list(work.deliveries.list(record.id, wanted, limit))
        pace = Pace(counts, lately / _LATELY.total_seconds())
        if as_json:
            told = [asdict(row) | {"refusal": _refusal(row)} for row in rows]
            output.document(
                {
                    "edition": record.id,
                    "audience": pace.audience,
                    "counts": counts,
                    "rate": round(pace.rate, 2),
                    "seconds_left": pace.time_left and pace.time_left.total_seconds(),
                    "deliveries": told,
                }
            )
            return
        _tell_counts(pace)
        if record.paused_at:
            tell_paused(house, [record])
        if rows:
            numbers = [row.subscriber for row in rows]
            people = house.people.recipients(record.newsletter, numbers)
            click.echo()
            output.table([_row(house, row, people.get(row.subscriber)) for row in rows], _HEADS)
        rest = (counts.get(wanted, 0) if wanted else sum(counts.values())) - len(rows)
        if rest > 0:
            click.echo(f"and {rest:,} more; --limit shows them")


_HEADS = ("ID", "SUBSCRIBER", "ADDRESS", "STATE", "TRIES", "CHANGED", "THEMES", "ANSWER")


def _row(house: House, delivery: Delivery, reader: Recipient | None) -> tuple[object, ...]:
    return (
        int(delivery.id),
        delivery.subscriber,
        reader.address if reader else "(not mailed any more)",
        delivery.state.value,
        delivery.attempt,
        moment(delivery.updated_at, house.site.timezone),
        ",".join(delivery.themes),
        f"{why}: {delivery.reply}" if (why := _refusal(delivery)) else delivery.reply,
    )


def _refusal(delivery: Delivery) -> str | None:
    """What was wrong, in a word, if it was refused."""
    return refusal(delivery.reply) if delivery.state is DeliveryState.REFUSED else None


def _tell_counts(pace: Pace) -> None:
    said = [f"{number:,} {state.value}" for state, number in pace.counts.items() if number]
    click.echo(f"{counted(pace.audience, 'letter')}: {', '.join(said) or 'none yet'}")
    if pace.to_go and pace.rate:
        click.echo(f"{pace.rate:,.1f} accepted a second; {pace.time_left} left at this rate")


@deliveries.command("resolve")
@click.argument("edition")
@click.option("--resend", "to", flag_value=DeliveryState.DUE.value, help="Send them again.")
@click.option("--accepted", "to", flag_value=DeliveryState.ACCEPTED.value, help="They arrived.")
@click.option("--refused", "to", flag_value=DeliveryState.REFUSED.value, help="Give them up.")
@click.option("--policy", "to", flag_value=_POLICY, help="Do what mail.on_doubt says.")
@click.option(
    "--postfix-log",
    "logs",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Settle each by the log of the relay, plain or .gz. Name every file of that time.",
)
@click.option(
    "--log-timezone",
    "zone",
    metavar="ZONE",
    help="Of times without a zone in the log.  [default: this machine's]",
)
def resolve(edition: str, to: str | None, logs: Sequence[Path], zone: str | None) -> None:
    """Settle the letters in doubt.

    Those are the letters that a crash left between sent and answered. A log settles those that it
    knows as arrived; those that it must know but does not are sent again; others stay in doubt.
    """
    if bool(to) == bool(logs):
        expected = "--resend, --accepted, --refused, --policy and --postfix-log"
        raise click.UsageError(f"expected one of {expected}")
    with open_house() as house:
        with house.store.read() as work:
            record = edition_of(house, work, edition)
        if logs:
            _tell_resolution(house.resolve.by_log(record.id, map(log_lines, logs), as_utc(zone)))
        elif to == _POLICY:
            settled = house.resolve.by_policy(record.id)
            policy = house.settings.mail.on_doubt
            click.echo(f'mail.on_doubt is "{policy}": {counted(settled, "letter")} made due again')
        elif to:
            settled = house.resolve.by_hand(record.id, DeliveryState(to))
            click.echo(f"{counted(settled, 'letter')} in doubt settled as {to}")


def _tell_resolution(found: Resolution) -> None:
    click.echo(
        f"by the log, {counted(found.accepted, 'letter')} accepted, {found.due:,} due again, "
        f"{found.left:,} still in doubt"
    )
    for reason in found.why:
        click.echo(f"  {reason}")
