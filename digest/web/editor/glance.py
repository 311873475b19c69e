"""The week at a glance: the first page of the desk."""

from __future__ import annotations

from starlette.responses import Response

from digest.core.account import Role
from digest.core.composition import other_theme
from digest.core.resource import ResourceId
from digest.errors import UsageError
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
        themes=_titles(visit),
    )


def file(visit: Visit) -> Response:
    """Say where an item belongs; what waits and is beyond doubt by now is filed as well."""
    theme = visit.form.text("theme") or visit.form.text("another")
    if not theme:
        raise UsageError("choose a theme to file it under")
    visit.house.curate.file(ResourceId(visit.number("resource")), theme, by=visit.by)
    return visit.go("", f"Filed under {_titles(visit)[theme]}")


def _titles(visit: Visit) -> dict[str, str]:
    """What there is to choose, in the order of the configuration."""
    return {theme.slug: theme.title for theme in (*visit.house.themes, other_theme())}


PAGES = (
    Page("", Role.VIEWER, show=show),
    Page("file/{resource}", Role.EDITOR, act=file, deed="filed an item", about="resource"),
)
