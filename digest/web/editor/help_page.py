"""Help: what is where, and which keys lead there."""

from __future__ import annotations

from starlette.responses import Response

from digest.core.account import Role
from digest.web.editor.routing import Page
from digest.web.editor.visit import Visit


def show(visit: Visit) -> Response:
    """Show the page."""
    return visit.page("help")


PAGES = (Page("help/", Role.VIEWER, show=show),)
