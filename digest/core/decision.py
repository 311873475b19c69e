"""What editors do to a draft, replayed over it however often it is composed anew.

The decisions of a draft are counted from 1, in the order in which they were made; none is ever
changed or removed. How many there are is the *version* of the draft.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from digest.core.ordering import Place, Step
from digest.core.resource import ResourceId


class Act(StrEnum):
    """The kinds of decision; what its ``value`` means stands behind each."""

    DROP = "drop"  # the reason
    MOVE = "move"  # slug of the theme
    PIN = "pin"  # any word: make it the featured item
    RETITLE = "retitle"  # the new title
    SUMMARISE = "summarise"  # the new summary
    REORDER = "reorder"  # its place within the theme (see digest.core.ordering)
    NOTE = "note"  # a remark shown with the item
    MERGE = "merge"  # number of the item that it is the same as, and that stays
    ADD = "add"  # slug of the theme that something of no source is put under
    SUBJECT = "subject"  # of the whole edition
    PREHEADER = "preheader"  # of the whole edition
    LETTER = "letter"  # the opening words of the edition, in Markdown
    UNDO = "undo"  # number of the decision that is taken back


OF_THE_WHOLE = frozenset({Act.SUBJECT, Act.PREHEADER, Act.LETTER, Act.UNDO})
"""The kinds of decision that are about no single resource."""


@dataclass(frozen=True, slots=True)
class Decision:
    """One thing an editor did.

    Attributes:
        resource: what it is about; ``None`` for the edition as a whole.
    """

    act: Act
    resource: ResourceId | None
    value: str
    by: str
    at: datetime

    @property
    def question(self) -> tuple[Act, ResourceId | None]:
        """What it answers: of two decisions on the same question the later one counts."""
        return self.act, None if self.act is Act.PIN else self.resource


@dataclass(frozen=True, slots=True)
class Rulings:
    """What all decisions on a draft come to: the last word on each question.

    The mappings go from the resource to what was decided of it.

    Attributes:
        steps: the items put in a place, in the order in which that was done.
        merges: by the item that is left out; the value names the one that stays.
        added: themes of what editors brought in, by resource.
        pinned: the resource to feature; ``None`` when nobody chose.
    """

    drops: Mapping[ResourceId, Decision] = field(default_factory=dict)
    themes: Mapping[ResourceId, str] = field(default_factory=dict)
    titles: Mapping[ResourceId, str] = field(default_factory=dict)
    summaries: Mapping[ResourceId, str] = field(default_factory=dict)
    notes: Mapping[ResourceId, str] = field(default_factory=dict)
    steps: tuple[Step, ...] = ()
    merges: Mapping[ResourceId, Decision] = field(default_factory=dict)
    added: Mapping[ResourceId, str] = field(default_factory=dict)
    pinned: ResourceId | None = None
    subject: str = ""
    preheader: str = ""
    letter: str = ""

    def root(self, resource: ResourceId) -> ResourceId:
        """The item that a resource was merged into, over any number of merges; else itself."""
        seen = {resource}
        while found := self.merges.get(resource):
            resource = ResourceId(int(found.value))
            if resource in seen:
                return min(seen)  # a circle, which only two hands at once can make: one stays
            seen.add(resource)
        return resource


def replay(decisions: Iterable[Decision]) -> Rulings:
    """Fold decisions, in the order they were made, into the last word on each question.

    What an undo names does not count, unless that undo is itself undone. An empty value takes
    earlier decisions of the same kind back; a drop taken back is a drop with the value ``""``.
    """
    made = [decision for _, decision in standing(decisions)]
    last: dict[tuple[Act, ResourceId | None], Decision] = {}
    for decision in made:
        last[decision.question] = decision
    kept = [decision for decision in last.values() if decision.value]
    pin = last.get((Act.PIN, None))
    return Rulings(
        drops=_decisions(kept, Act.DROP),
        themes=_values(kept, Act.MOVE),
        titles=_values(kept, Act.RETITLE),
        summaries=_values(kept, Act.SUMMARISE),
        notes=_values(kept, Act.NOTE),
        steps=tuple(_steps(made)),
        merges=_decisions(kept, Act.MERGE),
        added=_values(kept, Act.ADD),
        pinned=pin.resource if pin and pin.value else None,
        subject=_whole(kept, Act.SUBJECT),
        preheader=_whole(kept, Act.PREHEADER),
        letter=_whole(kept, Act.LETTER),
    )


def standing(decisions: Iterable[Decision]) -> list[tuple[int, Decision]]:
    """The decisions that nobody took back, with their numbers; an undo is never among them."""
    numbered = list(enumerate(decisions, 1))
    undone = undoings(decision for _, decision in numbered)
    return [
        (number, decision)
        for number, decision in numbered
        if number not in undone and decision.act is not Act.UNDO
    ]


def undoings(decisions: Iterable[Decision]) -> dict[int, int]:
    """By what each decision that does not count was taken back: number to number.

    From the last one back, so that an undo which was undone takes nothing back.
    """
    undone: dict[int, int] = {}
    for number, decision in reversed(list(enumerate(decisions, 1))):
        if decision.act is Act.UNDO and number not in undone:
            undone.setdefault(int(decision.value), number)
    return undone


def _steps(made: Iterable[Decision]) -> Iterable[Step]:
    """All places in order; of an item that was moved to another theme since, only those there."""
    steps: dict[int, Step] = {}
    for number, decision in enumerate(made):
        if decision.resource is None or decision.act not in {Act.REORDER, Act.MOVE}:
            continue
        if decision.act is Act.REORDER and decision.value:
            steps[number] = Step(decision.resource, Place.parse(decision.value))
        else:
            steps = {n: step for n, step in steps.items() if step.resource != decision.resource}
    return steps.values()


def _decisions(decisions: Iterable[Decision], act: Act) -> dict[ResourceId, Decision]:
    return {d.resource: d for d in decisions if d.act is act and d.resource is not None}


def _values(decisions: Iterable[Decision], act: Act) -> dict[ResourceId, str]:
    return {resource: d.value for resource, d in _decisions(decisions, act).items()}


def _whole(decisions: Iterable[Decision], act: Act) -> str:
    return next((d.value for d in decisions if d.act is act), "")
