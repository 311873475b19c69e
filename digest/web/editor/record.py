"""The record of who did what."""

from __future__ import annotations

from itertools import groupby

from starlette.responses import Response

from digest.core.account import Role
from digest.web.editor.routing import Page
from digest.web.editor.visit import Visit

_SHOWN = 300


def show(visit: Visit) -> Response:
    """Show the newest lines, by day."""
    who, zone = visit.asked("who"), visit.house.site.timezone
    deeds = visit.house.seats.deeds(_SHOWN, who)
    days = [
        (day, list(of_day))
        for day, of_day in groupby(deeds, lambda d: d.at.astimezone(zone).date())
    ]
    return visit.page("record", days=days, who=who, most=_SHOWN, is_full=len(deeds) == _SHOWN)


PAGES = (Page("record/", Role.PUBLISHER, show=show),)
