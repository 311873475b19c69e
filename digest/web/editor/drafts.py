"""The drafts there are, and the way to open the next one."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.responses import Response

from digest.core.account import Role
from digest.core.edition import EditionState
from digest.core.newsletter import Newsletter
from digest.ports import EditionRecord
from digest.web.editor.routing import Page
from digest.web.editor.visit import Visit

_PAST = 5


@dataclass(frozen=True, slots=True)
class Shelf:
    """A newsletter with its drafts and its newest editions.

    Attributes:
        coming: the draft that comes next; its number is 0 while nobody opened it.
    """

    newsletter: Newsletter
    coming: EditionRecord
    drafts: tuple[EditionRecord, ...]
    past: tuple[EditionRecord, ...]


def show(visit: Visit) -> Response:
    """Show the page."""
    house = visit.house
    with house.store.read() as work:
        shelves = [
            Shelf(
                plan,
                house.ahead.coming(work, plan.slug),
                tuple(work.editions.records(plan.slug, states=[EditionState.DRAFT])),
                tuple(
                    work.editions.records(
                        plan.slug, states=[EditionState.APPROVED, EditionState.SENT], limit=_PAST
                    )
                ),
            )
            for plan in house.newsletters.values()
        ]
    return visit.page("drafts", shelves=shelves)


def act(visit: Visit) -> Response:
    """Open the draft of a newsletter's next edition."""
    slug = visit.form.text("newsletter")
    if slug not in visit.house.newsletters:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    record = visit.house.ahead(slug)
    return visit.go(f"drafts/{record.id}/")


PAGES = (Page("drafts/", Role.VIEWER, show, act, deed="opened a draft"),)
