"""The editions, and each of them as far as it is: to be approved, on its way, out."""

from __future__ import annotations

from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.responses import Response

from digest.core.account import Role
from digest.core.edition import EditionId, EditionState
from digest.ports import EditionRecord
from digest.web.editor import approving, sending
from digest.web.editor.routing import Page
from digest.web.editor.visit import Visit

_SHOWN = 50


def show_all(visit: Visit) -> Response:
    """List the newest."""
    with visit.house.store.read() as work:
        records = work.editions.records(limit=_SHOWN)
    titles = {slug: plan.title for slug, plan in visit.house.newsletters.items()}
    return visit.page("editions", records=records, titles=titles, shown=_SHOWN)


def show(visit: Visit) -> Response:
    """Show one."""
    record = outline(visit)
    if record.state in {EditionState.DRAFT, EditionState.READY}:
        return approving.show(visit, record)
    return sending.show(visit, record)


def outline(visit: Visit) -> EditionRecord:
    """The edition that the address names, without its content.

    Raises:
        HTTPException: 404, there is none.
    """
    with visit.house.store.read() as work:
        record = work.editions.outline(EditionId(visit.number("edition")))
    if record is None:
        raise HTTPException(HTTPStatus.NOT_FOUND, "There is no such edition.")
    return record


PAGES = (
    Page("editions/", Role.VIEWER, show=show_all),
    Page("editions/{edition}/", Role.VIEWER, show=show),
)
