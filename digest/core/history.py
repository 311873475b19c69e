"""The history of a draft: who did what, when, and whether it still counts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from digest.core.decision import OF_THE_WHOLE, Act, Decision, standing, undoings
from digest.core.hygiene import cut, line
from digest.core.ordering import Place
from digest.core.resource import ResourceId

_QUOTED = 60


class Force(StrEnum):
    """Whether a decision still counts."""

    STANDS = "stands"
    REPLACED = "replaced"
    """A later decision answers the same question."""
    UNDONE = "undone"


@dataclass(frozen=True, slots=True)
class Past:
    """One decision in the history of a draft.

    Attributes:
        number: counts the decisions of the draft from 1.
        undone_by: number of the undo; 0: nobody took it back.
    """

    number: int
    decision: Decision
    force: Force
    undone_by: int = 0


@dataclass(frozen=True, slots=True)
class Names:
    """What things are called in sentences.

    Attributes:
        titles: of resources.
        themes: titles by slug.
    """

    titles: Mapping[ResourceId, str]
    themes: Mapping[str, str]

    def item(self, resource: ResourceId | None) -> str:
        """A resource, in quotation marks."""
        if resource is None:
            return "the item"
        return _quoted(self.titles.get(resource, f"item {int(resource)}"))


def history(decisions: Sequence[Decision]) -> list[Past]:
    """All decisions of a draft, the first one first."""
    undone = undoings(decisions)
    last = {decision.question: number for number, decision in standing(decisions)}
    return [
        Past(number, decision, _force(number, decision, undone, last), undone.get(number, 0))
        for number, decision in enumerate(decisions, 1)
    ]


def to_undo(decisions: Sequence[Decision], by: str = "") -> int:
    """The number of the newest decision that can be taken back; 0: there is none.

    Args:
        decisions: of a draft.
        by: only what this editor did; empty: anybody.
    """
    return max((n for n, made in standing(decisions) if not by or made.by == by), default=0)


def to_redo(decisions: Sequence[Decision], by: str = "") -> int:
    """The number of the newest undo that can itself be taken back; 0: there is none.

    Only what was undone last can be done again: a decision that came after it speaks of a draft
    without it.
    """
    undone = undoings(decisions)
    for number, made in reversed(list(enumerate(decisions, 1))):
        if number in undone or (made.act is Act.UNDO and _undoes_an_undo(made, decisions)):
            continue
        return number if made.act is Act.UNDO and (not by or made.by == by) else 0
    return 0


def moved_on(decisions: Iterable[Decision], by: int) -> list[Decision]:
    """The same decisions behind so many others: what they take back has other numbers there."""
    return [
        replace(made, value=str(int(made.value) + by)) if made.act is Act.UNDO else made
        for made in decisions
    ]


def told(decision: Decision, names: Names, decisions: Sequence[Decision] = ()) -> str:
    """Say what somebody did, as ``dropped "The otter": off topic``.

    Args:
        decision: what.
        names: what items and themes are called.
        decisions: all of the draft, to say what an undo took back.
    """
    if decision.act is Act.UNDO:
        return _told_undo(decision, names, decisions)
    if decision.act in OF_THE_WHOLE:
        what = "the letter" if decision.act is Act.LETTER else f"the {decision.act.value}"
        shown = "" if decision.act is Act.LETTER else f" {_quoted(decision.value)}"
        return f"wrote {what}{shown}" if decision.value else f"cleared {what}"
    said = _DONE if decision.value else _TAKEN_BACK
    item, value = names.item(decision.resource), decision.value
    return said[decision.act].format(
        item=item,
        value=_quoted(value),
        reason=cut(line(value), _QUOTED),
        theme=names.themes.get(value, value),
        place=_place(decision),
        other=_other(decision, names),
    )


_DONE = {
    Act.DROP: "dropped {item}: {reason}",
    Act.MOVE: "moved {item} to {theme}",
    Act.PIN: "pinned {item} as featured",
    Act.RETITLE: "retitled {item} to {value}",
    Act.SUMMARISE: "rewrote the summary of {item}",
    Act.REORDER: "put {item} in place {place}",
    Act.NOTE: "put a note to {item}: {value}",
    Act.MERGE: "merged {item} into {other}",
    Act.ADD: "added {item} under {theme}",
}
_TAKEN_BACK = {
    Act.DROP: "restored {item}",
    Act.MOVE: "put {item} back under its own theme",
    Act.PIN: "unpinned {item}",
    Act.RETITLE: "gave {item} its own title back",
    Act.SUMMARISE: "gave {item} its own summary back",
    Act.REORDER: "put {item} back in its own place",
    Act.NOTE: "removed the note to {item}",
    Act.MERGE: "split {item} off again",
    Act.ADD: "took {item} out again",
}


def _force(
    number: int,
    decision: Decision,
    undone: Mapping[int, int],
    last: Mapping[tuple[Act, ResourceId | None], int],
) -> Force:
    if number in undone:
        return Force.UNDONE
    is_last = decision.act is Act.UNDO or last[decision.question] == number
    return Force.STANDS if is_last else Force.REPLACED


def _undoes_an_undo(made: Decision, decisions: Sequence[Decision]) -> bool:
    return decisions[int(made.value) - 1].act is Act.UNDO


def _told_undo(decision: Decision, names: Names, decisions: Sequence[Decision]) -> str:
    number = int(decision.value)
    if not 0 < number <= len(decisions):
        return f"took back decision {number}"
    undone = decisions[number - 1]
    if undone.act is Act.UNDO:
        return f"took the undo of decision {undone.value} back"
    return f"took back: {told(undone, names, decisions)}"


def _place(decision: Decision) -> str:
    if decision.act is not Act.REORDER or not decision.value:
        return ""
    place = Place.parse(decision.value)
    return "last" if place.last else str(place.position)


def _other(decision: Decision, names: Names) -> str:
    is_merge = decision.act is Act.MERGE and decision.value
    return names.item(ResourceId(int(decision.value))) if is_merge else ""


def _quoted(text: str) -> str:
    return f"“{cut(line(text), _QUOTED)}”"
