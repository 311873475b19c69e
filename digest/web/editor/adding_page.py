"""Bring something into a draft by its address."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

from starlette.responses import Response

from digest.core.account import Role
from digest.errors import DigestError, StorageError
from digest.jobs.adding import Addition
from digest.web.editor.draft import table
from digest.web.editor.routing import Page
from digest.web.editor.shaping import edition_of
from digest.web.editor.visit import Visit

_FIELDS = ("url", "title", "summary", "theme")


def show(visit: Visit) -> Response:
    """Show the form."""
    return _page(visit, dict.fromkeys(_FIELDS, ""))


def act(visit: Visit) -> Response:
    """Read the page and bring it in; what was typed stays when that cannot be done."""
    edition = edition_of(visit)
    given = {name: visit.form.text(name) for name in _FIELDS}
    try:
        added = visit.house.adding(edition, Addition(**given), by=visit.by)
    except StorageError:
        raise
    except DigestError as error:
        return _page(visit, given, str(error))
    return visit.go(f"drafts/{int(edition)}/", f"You added “{added.title}”.")


def _page(visit: Visit, given: Mapping[str, str], problem: str = "") -> Response:
    status = HTTPStatus.UNPROCESSABLE_ENTITY if problem else HTTPStatus.OK
    return visit.page("add", status, table=table(visit), given=given, problem=problem)


PAGES = (
    Page("drafts/{edition}/add/", Role.EDITOR, show, act, deed="added a page", about="edition"),
)
