"""What editors write: an item's words beside those of its source; subject, preheader and letter."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.responses import Response

from digest.core.account import Role
from digest.core.edition import FiledResource
from digest.core.headline import LENGTHS, Line, hint, suggestions
from digest.core.resource import ResourceId
from digest.jobs.wishes import ClashError
from digest.renderers.markdown import markdown
from digest.web.editor.draft import table
from digest.web.editor.routing import Page
from digest.web.editor.shaping import edition_of, keep, rewording, words
from digest.web.editor.visit import Visit


def item(visit: Visit) -> Response:
    """Show the form of one item beside what its source says."""
    return _item_page(visit, {})


def reword(visit: Visit) -> Response:
    """Keep what was written about one item."""
    edition = edition_of(visit)
    try:
        said = keep(visit, edition, rewording(visit.form, _item(visit)))
    except ClashError as clash:
        return _item_page(visit, dict(visit.form.fields), clash)
    return visit.go(f"drafts/{int(edition)}/", said)


def letter(visit: Visit) -> Response:
    """Show subject, preheader and letter."""
    return _letter_page(visit, {})


def write(visit: Visit) -> Response:
    """Keep them."""
    edition = edition_of(visit)
    try:
        said = keep(visit, edition, words(visit.form))
    except ClashError as clash:
        return _letter_page(visit, dict(visit.form.fields), clash)
    return visit.go(f"drafts/{int(edition)}/letter/", said)


def _item_page(visit: Visit, typed: Mapping[str, str], clash: ClashError | None = None) -> Response:
    """The form; after a clash with what was typed, so that no word is lost."""
    laid, found = table(visit), _item(visit)
    number, facts = found.resource.id, found.resource.facts
    rulings = laid.rulings
    as_is = {
        "title": rulings.titles.get(number, facts.title),
        "summary": rulings.summaries.get(number, facts.summary),
        "note": rulings.notes.get(number, ""),
        "theme": rulings.themes.get(number) or rulings.added.get(number) or found.filing.theme,
    }
    return visit.page(
        "item",
        HTTPStatus.CONFLICT if clash else HTTPStatus.OK,
        table=laid,
        item=found,
        typed={**as_is, **typed},
        sources=visit.house.source_titles,
        others=[entry for entry in laid.edition.entries() if entry.resource != number],
        clash=clash,
    )


def _letter_page(
    visit: Visit, typed: Mapping[str, str], clash: ClashError | None = None
) -> Response:
    laid = table(visit)
    edition = laid.edition
    as_is = {
        "subject": edition.subject,
        "preheader": edition.preheader,
        "letter": edition.letter,
    }
    said = {**as_is, **typed}
    return visit.page(
        "letter",
        HTTPStatus.CONFLICT if clash else HTTPStatus.OK,
        table=laid,
        typed=said,
        hints={kind.value: hint(kind, said[kind.value]) for kind in Line},
        lengths={kind.value: LENGTHS[kind] for kind in Line},
        suggestions={kind.value: suggestions(kind, edition) for kind in Line},
        html=markdown(said["letter"]),
        clash=clash,
    )


def _item(visit: Visit) -> FiledResource:
    with visit.house.store.read() as work:
        found = work.resources.get(ResourceId(visit.number("resource")))
    if found is None:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return found


_ITEM, _LETTER = "drafts/{edition}/items/{resource}/", "drafts/{edition}/letter/"
PAGES = (
    Page(_ITEM, Role.EDITOR, item, reword, deed="reworded an item", about="edition"),
    Page(_LETTER, Role.EDITOR, letter, write, deed="wrote for a draft", about="edition"),
)
