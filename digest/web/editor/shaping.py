"""What the buttons and forms of a draft mean: wishes, and the sentences that answer them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from digest.core.decision import Act
from digest.core.edition import EditionId, FiledResource
from digest.core.history import told
from digest.core.hygiene import prose
from digest.core.resource import ResourceId
from digest.errors import UsageError
from digest.jobs.deciding import Noted
from digest.jobs.wishes import Wish
from digest.web.editor.forms import Form
from digest.web.editor.visit import Visit

_NUMBER = re.compile(r"[0-9]{1,18}")
_STEPS = frozenset({"up", "down", "first", "last"})
_WHOLE = (Act.SUBJECT, Act.PREHEADER, Act.LETTER)


def wishes(form: Form, themes: Sequence[str]) -> list[Wish]:
    """What a button of the board asks for.

    Args:
        form: ``do`` says what, ``item`` of which item.
        themes: slugs of those that the newsletter carries.

    Raises:
        UsageError: it is no such button.
    """
    do, item = form.text("do"), _item(form.text("item"))
    if do in _STEPS:
        return [Wish(Act.REORDER, item, do)]
    if do == "put":
        return _put(form, item, themes)
    simple = {
        "pin": (Act.PIN, "yes"),
        "unpin": (Act.PIN, ""),
        "drop": (Act.DROP, form.text("reason") or "not for this edition"),
        "restore": (Act.DROP, ""),
        "move": (Act.MOVE, form.text("theme")),
        "merge": (Act.MERGE, form.text("into")),
        "split": (Act.MERGE, ""),
        "remove": (Act.ADD, ""),
    }
    if do not in simple or (do != "unpin" and item is None):
        raise UsageError("that button is not known here; open the page again")
    act, value = simple[do]
    return [Wish(act, item, value)]


def words(form: Form) -> list[Wish]:
    """What the form of subject, preheader and letter asks for; what it lacks stays as it is."""
    given = dict(form.fields)
    return [Wish(act, None, given[act.value]) for act in _WHOLE if act.value in given]


def rewording(form: Form, item: FiledResource) -> list[Wish]:
    """What the form of one item asks for; its own words mean that nothing is changed."""
    resource, facts = item.resource.id, item.resource.facts
    pairs = (
        (Act.RETITLE, "title", facts.title),
        (Act.SUMMARISE, "summary", facts.summary),
        (Act.NOTE, "note", ""),
        (Act.MOVE, "theme", item.filing.theme),
    )
    given = dict(form.fields)
    return [
        Wish(act, resource, "" if prose(given[name]) == prose(own) else given[name])
        for act, name, own in pairs
        if name in given
    ]


def edition_of(visit: Visit) -> EditionId:
    """The edition that a page is about, by its address."""
    return EditionId(visit.number("edition"))


def keep(visit: Visit, edition: EditionId, asked: Sequence[Wish]) -> str:
    """Note wishes, and say what was done and what others did meanwhile.

    Raises:
        ClashError: somebody else decided the same otherwise.
        ConflictError: the edition is no draft any more.
        UsageError: they make no sense.
    """
    seen = number(visit.form.text("seen"))
    made = visit.house.deciding.together(edition, asked, by=visit.by, seen=seen)
    return sentence(visit, edition, made)


def sentence(visit: Visit, edition: EditionId, made: Noted) -> str:
    """Say what was done, and what others did meanwhile."""
    with visit.house.store.read() as work:
        decisions = work.editions.decisions(edition)
        names = visit.house.review.names(work, decisions)
    own = [told(each, names, decisions) for each in made.made]
    said = f"You {'; '.join(own)}." if own else "Nothing changed: it is so already."
    others = [f"{each.by} {told(each, names, decisions)}" for each in made.meanwhile[-3:]]
    return f"{said} Meanwhile {'; '.join(others)}." if others else said


def _put(form: Form, item: ResourceId | None, themes: Sequence[str]) -> list[Wish]:
    """Where an item was dragged to: before another one, or to the end, perhaps of another theme."""
    if item is None:
        raise UsageError("that button is not known here; open the page again")
    moves = []
    if (theme := form.text("theme")) and theme in themes and theme != form.text("from"):
        moves.append(Wish(Act.MOVE, item, theme))
    before = form.text("before")
    return [*moves, Wish(Act.REORDER, item, f"before {before}" if before else "last")]


def number(text: str) -> int | None:
    """What somebody's form or address says, if it is a number that a database can hold."""
    return int(text) if _NUMBER.fullmatch(text) else None


def _item(text: str) -> ResourceId | None:
    found = number(text)
    return None if found is None else ResourceId(found)
