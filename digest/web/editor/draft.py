"""One draft: the board of its items, by theme."""

from __future__ import annotations

from starlette.responses import JSONResponse, Response

from digest.core.account import Role
from digest.core.likeness import alike
from digest.jobs.wishes import ClashError
from digest.web.editor.routing import Page
from digest.web.editor.shaping import edition_of, keep, sentence, wishes
from digest.web.editor.table import Table, laid_out
from digest.web.editor.visit import Visit

_MOST_PAIRS = 8
"""Perhaps-the-same hints shown at once."""


def show(visit: Visit) -> Response:
    """Show the board."""
    return _board(visit)


def act(visit: Visit) -> Response:
    """Do what a button of the board says."""
    edition, do = edition_of(visit), visit.form.text("do")
    back = f"drafts/{int(edition)}/"
    if do in {"undo", "redo"}:
        turn = visit.house.deciding.undo if do == "undo" else visit.house.deciding.redo
        return visit.go(back, sentence(visit, edition, turn(edition, by=visit.by)))
    themes = [theme.slug for theme in table(visit).themes]
    try:
        return visit.go(back, keep(visit, edition, wishes(visit.form, themes)))
    except ClashError as clash:
        return _board(visit, str(clash))


def version(visit: Visit) -> Response:
    """Say how many decisions there are, whose the last one is, and the state: for open pages."""
    with visit.house.store.read() as work:
        record = work.editions.get(edition_of(visit))
        decisions = work.editions.decisions(edition_of(visit))
    last = decisions[-1].by if decisions else ""
    state = record.state if record else ""
    said = {"version": len(decisions), "by": last, "own": last == visit.by, "state": state}
    return JSONResponse(said)


def table(visit: Visit) -> Table:
    """The draft that a page is about.

    Raises:
        UsageError: there is no such edition.
        ConflictError: it is no draft any more.
    """
    with visit.house.store.read() as work:
        return laid_out(visit.house, work, edition_of(visit))


def _board(visit: Visit, problem: str = "") -> Response:
    laid = table(visit)
    entries = list(laid.edition.entries())
    pairs = alike([entry.title for entry in entries])[:_MOST_PAIRS]
    likely = [(entries[pair.one], entries[pair.other]) for pair in pairs]
    status = 409 if problem else 200
    return visit.page("draft", status, table=laid, likely=likely, problem=problem)


PAGES = (
    Page("drafts/{edition}/", Role.VIEWER, show=show),
    Page("drafts/{edition}/do", Role.EDITOR, act=act, deed="shaped a draft", about="edition"),
    Page("drafts/{edition}/version", Role.VIEWER, show=version),
)
