"""The week at a glance: the first page of the desk."""

from __future__ import annotations

from starlette.responses import Response

from digest.core.account import Role
from digest.web.editor.charts import LAYERS, bars, stacks
from digest.web.editor.routing import Page
from digest.web.editor.visit import Visit


def show(visit: Visit) -> Response:
    """Show the page."""
    week = visit.house.glance()
    highest = max((max(shelf.weeks) for shelf in week.shelves), default=0)
    rows = [(shelf, bars(shelf.weeks, highest)) for shelf in week.shelves]
    outcomes = tuple(reversed(week.outcomes))
    return visit.page(
        "glance",
        week=week,
        rows=rows,
        outcomes=outcomes,
        chart=stacks(outcomes),
        layers=LAYERS,
        sources=visit.house.source_titles,
    )


PAGES = (Page("", Role.VIEWER, show=show),)
