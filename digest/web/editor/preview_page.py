"""The preview of an edition: what goes out, seen in every way that a reader may see it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from email import policy
from email.parser import BytesParser
from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.responses import Response

from digest.core.account import Role
from digest.core.comparison import Comparison, compare
from digest.core.decision import Rulings
from digest.core.edition import Edition, EditionState, content_hash
from digest.errors import ConflictError, UsageError
from digest.jobs.preview import Persona
from digest.ports import EditionRecord, Work
from digest.renderers.linearising import linearised
from digest.web.capability import Glimpse, token
from digest.web.editor.routing import Page
from digest.web.editor.shaping import edition_of, number
from digest.web.editor.visit import Visit
from digest.web.glimpses import BARE
from subscribers import PeopleError

MODES = (
    ("letter", "Letter"),
    ("text", "Text part"),
    ("reading", "Read aloud"),
    ("page", "Web page"),
    ("feed", "Feed entry"),
    ("headers", "Headers"),
    ("source", "Source"),
    ("changes", "Changes"),
)
WIDTHS = (("phone", "Phone"), ("tablet", "Tablet"), ("desktop", "Desktop"))
SCHEMES = (("light", "Light"), ("dark", "Dark"), ("forced", "Dark, forced"), ("own", "As it is"))
_FRAMED = frozenset({"letter", "page"})


@dataclass(frozen=True, slots=True)
class Choice:
    """How an edition is looked at; what an address does not say is the first of its kind.

    Attributes:
        themes: of an example reader; ``None``: all.
        reader: number of a real subscriber; 0: an example reader.
    """

    mode: str
    width: str
    scheme: str
    images: bool
    themes: tuple[str, ...] | None
    reader: int

    @property
    def look(self) -> str:
        """How the frame is asked for; a forced inversion turns what is light."""
        scheme = "light" if self.scheme == "forced" else self.scheme
        return scheme if self.images else f"{scheme}{BARE}"


def show(visit: Visit) -> Response:
    """Show the page."""
    house, choice = visit.house, _choice(visit)
    with house.store.read() as work:
        record = work.editions.get(edition_of(visit))
        if record is None:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        edition = house.preview.edition(work, record)
        persona = house.preview.seen_by(record.newsletter, choice.themes, choice.reader)
        values = _shown(visit, work, record, edition, persona, choice)
    plan = house.drafting.newsletter(record.newsletter)
    glimpse = Glimpse(record.id, choice.themes, choice.reader)
    name = token(house.store.key(), glimpse, house.clock.now())
    return visit.page(
        "preview",
        record=record,
        newsletter=plan,
        edition=edition,
        hash=content_hash(edition),
        choice=choice,
        persona=persona,
        frame=f"{visit.place.root}preview/{name}/{choice.look}/",
        modes=MODES,
        widths=WIDTHS,
        schemes=SCHEMES,
        framed=_FRAMED,
        offered=[theme for theme in house.themes if theme.slug in edition.themes],
        **{**_NOTHING, **values},
    )


def find(visit: Visit) -> Response:
    """Look with the eyes of a subscriber, who is found by address but named by number."""
    edition, house = edition_of(visit), visit.house
    with house.store.read() as work:
        record = work.editions.outline(edition)
    if record is None:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    try:
        reader = house.preview.find_reader(record.newsletter, visit.form.text("address"))
    except PeopleError as error:
        raise UsageError(str(error)) from None
    return visit.go(f"drafts/{int(edition)}/preview/?reader={reader}")


_NOTHING: dict[str, object] = {
    "message": None,
    "text": "",
    "spoken": (),
    "entry": None,
    "changes": (),
    "problem": "",
    "size": 0,
}


def _shown(
    visit: Visit,
    work: Work,
    record: EditionRecord,
    edition: Edition,
    persona: Persona,
    choice: Choice,
) -> dict[str, object]:
    """What only one mode needs."""
    house, now = visit.house, visit.house.clock.now()
    if choice.mode == "changes":
        return _changes(visit, work, record, edition)
    if choice.mode == "feed":
        made = {a.path: a.body for a in house.preview.pages(work, edition, now)}
        return {"entry": _feed_entry(made.get(f"{edition.newsletter}/feed.json", b"{}"))}
    if choice.mode == "page":
        return {}
    try:
        letter = house.preview.letter(record, edition, now, persona)
    except ConflictError as error:
        return {"problem": str(error)}
    made = {artifact.path: artifact.body for artifact in letter}
    html = made["letter.html"].decode("utf-8", "replace")
    return {
        "message": BytesParser(policy=policy.default).parsebytes(made["letter.eml"]),
        "text": made["letter.txt"].decode("utf-8", "replace"),
        "html": html,
        "spoken": linearised(html) if choice.mode == "reading" else (),
        "size": len(made["letter.html"]),
    }


def _changes(
    visit: Visit, work: Work, record: EditionRecord, edition: Edition
) -> dict[str, object]:
    """Since the edition before it; of a draft, what editors made of it, also since an approval."""
    house = visit.house
    found: list[tuple[str, Comparison]] = []
    if record.state is EditionState.DRAFT:
        fresh = house.drafting.replayed(work, record, Rulings()).draft.edition
        found.append(("What editors changed", compare(fresh, edition)))
    if approved := house.preview.approved(work, record):
        found.append(("Since it was last approved", compare(approved, edition)))
    try:
        before = house.preview.edition(work, house.review.before(work, record))
        found.append((f"Since the edition before, {before.slug}", compare(before, edition)))
    except UsageError:
        pass  # the first one of its newsletter
    return {"changes": found}


def _feed_entry(document: bytes) -> dict[str, object] | None:
    items: Sequence[dict[str, object]] = json.loads(document).get("items", [])
    return items[0] if items else None


def _choice(visit: Visit) -> Choice:
    def one_of(name: str, known: Sequence[tuple[str, str]]) -> str:
        said = visit.asked(name)
        return said if said in dict(known) else known[0][0]

    themes = tuple(visit.request.query_params.getlist("theme"))
    return Choice(
        mode=one_of("mode", MODES),
        width=one_of("width", WIDTHS[::-1]),
        scheme=one_of("scheme", SCHEMES),
        images=visit.asked("images") != "off",
        themes=themes or None,
        # Whose letter it is shows in it: that is for those who may see readers.
        reader=(visit.may(Role.EDITOR) and number(visit.asked("reader"))) or 0,
    )


PAGES = (
    Page("drafts/{edition}/preview/", Role.VIEWER, show=show),
    Page(
        "drafts/{edition}/preview/reader",
        Role.EDITOR,
        act=find,
        deed="looked at a reader's letter",
        about="edition",
    ),
)
