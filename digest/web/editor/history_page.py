"""Who decided what on a draft, when, and the way back."""

from __future__ import annotations

from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.responses import Response

from digest.core.account import Role
from digest.core.edition import EditionState
from digest.core.history import told
from digest.web.editor.routing import Page
from digest.web.editor.shaping import edition_of, number, sentence
from digest.web.editor.visit import Visit


def show(visit: Visit) -> Response:
    """Show the page; of any edition, also one that is out."""
    house = visit.house
    with house.store.read() as work:
        record = work.editions.outline(edition_of(visit))
        if record is None:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        past = house.review.history(work, record)
        names = house.review.names(work, [each.decision for each in past])
    made = [each.decision for each in past]
    rows = [(each, told(each.decision, names, made)) for each in reversed(past)]
    is_open = record.state is EditionState.DRAFT
    plan = house.drafting.newsletter(record.newsletter)
    return visit.page("history", record=record, newsletter=plan, rows=rows, is_open=is_open)


def act(visit: Visit) -> Response:
    """Take one decision back."""
    edition, which = edition_of(visit), number(visit.form.text("number"))
    if not which:
        raise HTTPException(HTTPStatus.BAD_REQUEST)
    made = visit.house.deciding.undo(edition, which, by=visit.by)
    return visit.go(f"drafts/{int(edition)}/history/", sentence(visit, edition, made))


_PATH = "drafts/{edition}/history/"
PAGES = (
    Page(_PATH, Role.VIEWER, show=show),
    Page(f"{_PATH}undo", Role.EDITOR, act=act, deed="undid a decision", about="edition"),
)
