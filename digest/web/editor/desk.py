"""The desk as a whole: every page behind the guard."""

from __future__ import annotations

from starlette.routing import Route

from digest.web.editor import (
    accounts,
    adding_page,
    approving,
    checking,
    draft,
    drafts,
    editions,
    glance,
    help_page,
    history_page,
    identity_pages,
    preview_page,
    record,
    sending,
    signing_in,
    sources,
    wording_pages,
)
from digest.web.editor.guard import DeskRoute, Guard
from digest.web.editor.place import place, static
from digest.wiring import House

GROUPS = (
    *(
        signing_in,
        identity_pages,
        glance,
        drafts,
        draft,
        wording_pages,
        adding_page,
        history_page,
        preview_page,
    ),
    *(editions, approving, checking, sending),
    *(sources, accounts, record, help_page),
)
"""Each has ``PAGES``, the pages that it is about."""


def routes(house: House) -> list[Route]:
    """Give the routes under ``/editor/``."""
    guard = Guard(house, place(house.site, house.templates))
    pages = (page for group in GROUPS for page in group.PAGES)
    return [static(house.templates), *(DeskRoute(page, guard) for page in pages)]
