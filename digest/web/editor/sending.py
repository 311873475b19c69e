"""How a sending goes on, and the report when it is over: one page, which tells its own end."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from starlette.responses import Response

from digest.core.account import Role
from digest.core.edition import EditionId, EditionState
from digest.core.outbox import DeliveryState
from digest.core.pace import Pace
from digest.ports import EditionRecord
from digest.web.editor.charts import LAYERS, Mark
from digest.web.editor.routing import Endpoint, Page
from digest.web.editor.visit import Visit

_LATELY = timedelta(minutes=1)
_WIDE, _HIGH = 640, 28
"""The bar of all letters, in units of the drawing."""


def show(visit: Visit, record: EditionRecord) -> Response:
    """Show where each letter of the audience is."""
    house = visit.house
    report = house.accounting(record.id)
    is_going = record.state is EditionState.APPROVED
    with house.store.read() as work:
        since = house.clock.now() - _LATELY
        lately = work.deliveries.accepted_since(record.id, since) if is_going else 0
    returned = house.people.bounces.tally(record.id)
    plan = house.newsletters.get(record.newsletter)
    pace = Pace(report.balance.counts, lately / _LATELY.total_seconds())
    return visit.page(
        "sending",
        record=record,
        newsletter=plan,
        report=report,
        pace=pace,
        is_going=is_going,
        marks=_bar(report.balance.counts),
        layers=LAYERS,
        wide=_WIDE,
        high=_HIGH,
        returned=[(kind, count) for kind, count in returned.items() if count],
        themes={theme.slug: theme.title for theme in house.themes},
    )


def _bar(counts: Mapping[DeliveryState, int]) -> list[Mark]:
    """One bar as wide as the audience, cut by what became of it."""
    whole, x, marks = sum(counts.values()), 0.0, []
    for kind, _, states in LAYERS:
        value = sum(counts.get(state, 0) for state in states)
        if value:
            width = round(value / whole * _WIDE, 2)
            marks.append(Mark(x, 0, width, _HIGH, kind, value))
            x += width
    return marks


def pause(visit: Visit) -> Response:
    """Let no more letters go for now."""
    number = EditionId(visit.number("edition"))
    visit.house.halting.pause(number, why=visit.form.text("why") or f"{visit.by} paused it")
    return visit.go(
        f"editions/{number}/", "Paused. Whoever is sending ends with the batch at hand."
    )


def resume(visit: Visit) -> Response:
    """Let it go on."""
    number = EditionId(visit.number("edition"))
    again = visit.house.halting.resume(number)
    more = f" {again:,} letters that were refused because of us are due again." if again else ""
    return visit.go(f"editions/{number}/", f"It goes on.{more}")


def cancel(visit: Visit) -> Response:
    """Cancel a draft, or what is not yet sent."""
    number = EditionId(visit.number("edition"))
    why = visit.form.text("why") or f"{visit.by} cancelled it"
    visit.house.curate.cancel(number, why=why)
    return visit.go("editions/", "Cancelled. What nobody got is free for the next edition.")


def _page(name: str, act: Endpoint, deed: str) -> Page:
    return Page(f"editions/{{edition}}/{name}", Role.PUBLISHER, act=act, deed=deed, about="edition")


PAGES = (
    _page("pause", pause, "paused an edition"),
    _page("resume", resume, "let an edition go on"),
    _page("cancel", cancel, "cancelled an edition"),
)
