"""What an editor asks for, before it is a decision: does it make sense, and does it clash?"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from digest.core.decision import OF_THE_WHOLE, Act, Decision, replay, standing
from digest.core.edition import Edition
from digest.core.hygiene import line, printable, prose
from digest.core.ordering import place_at
from digest.core.resource import ResourceId
from digest.errors import ConflictError, UsageError

_POSITION = re.compile(r"[1-9][0-9]{0,5}")
_BEFORE = re.compile(r"before ([1-9][0-9]{0,17})")
_NUMBER = re.compile(r"[1-9][0-9]{0,17}")
_LIMITS: Mapping[Act, tuple[Callable[[str], str], int]] = {
    Act.DROP: (line, 500),
    Act.RETITLE: (line, 500),
    Act.SUMMARISE: (prose, 5_000),
    Act.NOTE: (prose, 2_000),
    Act.SUBJECT: (line, 300),
    Act.PREHEADER: (line, 500),
    Act.LETTER: (printable, 20_000),
}
"""How texts are cleaned, and how many characters they may have."""


@dataclass(frozen=True, slots=True)
class Wish:
    """Something to decide on a draft.

    Attributes:
        resource: what it is about; ``None`` for the edition as a whole.
        value: as for :class:`~digest.core.decision.Act`, but a place may also be ``up``, ``down``,
            ``first``, ``last`` or ``before 17``.
    """

    act: Act
    resource: ResourceId | None
    value: str

    def made(self, value: str) -> Wish:
        """The same with another value."""
        return Wish(self.act, self.resource, value)


@dataclass(frozen=True, slots=True)
class Clash:
    """A wish, and what somebody else decided meanwhile on the same question.

    Attributes:
        now: what stands; empty when it was taken back.
        by: who decided it.
    """

    wish: Wish
    now: str
    by: str


class ClashError(ConflictError):
    """Somebody else decided otherwise meanwhile; nothing was noted.

    Attributes:
        clashes: each wish that clashes.
        version: the draft as it is now.
    """

    def __init__(self, clashes: Sequence[Clash], version: int) -> None:
        first = clashes[0]
        theirs = f'it is "{first.now}" now' if first.now else "it was taken back"
        super().__init__(
            f"{first.by} changed the same meanwhile ({first.wish.act.value}): {theirs}; "
            "look at it, then say again what you want"
        )
        self.clashes = tuple(clashes)
        self.version = version


def sensible(wish: Wish) -> Wish:
    """Clean a wish.

    Raises:
        UsageError: it makes no sense.
    """
    act, resource = wish.act, wish.resource
    if act in OF_THE_WHOLE and resource is not None:
        raise UsageError(f"{act.value} is about the edition as a whole, not about a resource")
    if act not in OF_THE_WHOLE and resource is None and (wish.value or act is not Act.PIN):
        raise UsageError(f"expected the number of the resource to {act.value}")
    if act in {Act.MERGE, Act.UNDO} and wish.value and not _NUMBER.fullmatch(wish.value):
        raise UsageError(f'expected a number to {act.value}, not "{line(wish.value)[:40]}"')
    if act not in _LIMITS:
        return wish
    clean, most = _LIMITS[act]
    value = clean(wish.value)
    if len(value) > most:
        raise UsageError(f"expected at most {most:,} characters to {act.value}, not {len(value):,}")
    return wish.made(value if value.strip() else "")


def placed(wish: Wish, edition: Edition) -> Wish:
    """Say where in its theme an item is to stand, in the words that decisions keep.

    Raises:
        UsageError: it is no place, or the item is in no theme of the draft.
    """
    if not wish.value or wish.resource is None:
        return wish
    shown = _neighbours(edition, wish.resource)
    at = shown.index(wish.resource) + 1 if wish.resource in shown else len(shown) + 1
    position = _wanted(wish.value, at, shown)
    return wish.made(str(place_at(shown, wish.resource, position)))


def clashes(wishes: Sequence[Wish], decisions: Sequence[Decision], seen: int | None) -> list[Clash]:
    """The wishes whose question was answered otherwise since an editor looked.

    Args:
        wishes: what is wanted.
        decisions: all on the draft.
        seen: the version that the editor saw; ``None``: whatever it is now.
    """
    if seen is None or seen >= len(decisions):
        return []
    before, now = _answers(decisions[:seen]), _answers(decisions)
    return [
        Clash(wish, now.get(_question(wish), ""), _last_by(wish, decisions))
        for wish in wishes
        if before.get(_question(wish), "") != now.get(_question(wish), "")
        and not _agrees(wish, now.get(_question(wish), ""))
    ]


def is_new(wish: Wish, decisions: Sequence[Decision]) -> bool:
    """Whether a wish changes anything; a place always does, since places are steps."""
    if wish.act in {Act.REORDER, Act.UNDO}:
        return True
    return _answers(decisions).get(_question(wish), "") != _answer(wish)


def no_circle(wish: Wish, decisions: Sequence[Decision]) -> None:
    """See that nothing is merged into itself.

    Raises:
        UsageError: it would be.
    """
    if wish.act is not Act.MERGE or not wish.value or wish.resource is None:
        return
    into = ResourceId(int(wish.value))
    if replay(decisions).root(into) == wish.resource:
        raise UsageError(f"item {int(into)} is already merged into item {int(wish.resource)}")


_Question = tuple[Act, ResourceId | None]


def _question(wish: Wish) -> _Question:
    return wish.act, None if wish.act is Act.PIN else wish.resource


def _answer(made: Wish | Decision) -> str:
    if made.act is Act.PIN:
        return str(int(made.resource)) if made.value and made.resource is not None else ""
    return made.value


def _answers(decisions: Sequence[Decision]) -> dict[_Question, str]:
    return {made.question: _answer(made) for _, made in standing(decisions)}


def _agrees(wish: Wish, now: str) -> bool:
    """Two who drop the same thing agree, whatever their reasons."""
    return bool(now) == bool(wish.value) if wish.act is Act.DROP else now == _answer(wish)


def _last_by(wish: Wish, decisions: Sequence[Decision]) -> str:
    for made in reversed(decisions):
        touched = made
        while touched.act is Act.UNDO:
            touched = decisions[int(touched.value) - 1]
        if touched.question == _question(wish):
            return made.by
    return "somebody"


def _neighbours(edition: Edition, resource: ResourceId) -> list[ResourceId]:
    """What stands in the section of an item, or would if it were not featured."""
    featured = edition.featured
    for section in edition.sections:
        shown = [entry.resource for entry in section.entries]
        is_top = featured and featured.resource == resource and featured.theme == section.theme
        if resource in shown or is_top:
            return shown
    raise UsageError(f"item {int(resource)} is not in this draft, so it has no place in it")


def _wanted(value: str, at: int, shown: Sequence[ResourceId]) -> int:
    named = {"up": at - 1, "down": at + 1, "first": 1, "last": len(shown) + 1}
    if value in named:
        return named[value]
    if _POSITION.fullmatch(value):
        return int(value)
    if found := _BEFORE.fullmatch(value):
        other = ResourceId(int(found[1]))
        if other in shown:
            index = shown.index(other) + 1
            return index - 1 if at < index else index
        raise UsageError(f"item {int(other)} does not stand in the same theme of this draft")
    raise UsageError(
        f'expected a position from 1, not "{line(value)[:40]}"; '
        "or one of up, down, first, last, before NUMBER"
    )
