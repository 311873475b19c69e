"""What editors do to a draft, replayed over it however often it is composed anew."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from digest.core.resource import ResourceId


class Act(StrEnum):
    """The kinds of decision; what its ``value`` means stands behind each."""

    DROP = "drop"  # the reason
    MOVE = "move"  # slug of the theme
    PIN = "pin"  # any word: make it the featured item
    RETITLE = "retitle"  # the new title
    SUMMARISE = "summarise"  # the new summary
    REORDER = "reorder"  # its position within the theme, from 1
    NOTE = "note"  # a remark shown with the item
    SUBJECT = "subject"  # of the whole edition
    PREHEADER = "preheader"  # of the whole edition
    LETTER = "letter"  # the opening words of the edition


OF_THE_WHOLE = frozenset({Act.SUBJECT, Act.PREHEADER, Act.LETTER})
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


@dataclass(frozen=True, slots=True)
class Rulings:
    """What all decisions on a draft come to: the last word on each question.

    The mappings go from the resource to what was decided of it.

    Attributes:
        pinned: the resource to feature; ``None`` when nobody chose.
    """

    drops: Mapping[ResourceId, Decision] = field(default_factory=dict)
    themes: Mapping[ResourceId, str] = field(default_factory=dict)
    titles: Mapping[ResourceId, str] = field(default_factory=dict)
    summaries: Mapping[ResourceId, str] = field(default_factory=dict)
    notes: Mapping[ResourceId, str] = field(default_factory=dict)
    positions: Mapping[ResourceId, int] = field(default_factory=dict)
    pinned: ResourceId | None = None
    subject: str = ""
    preheader: str = ""
    letter: str = ""


def replay(decisions: Iterable[Decision]) -> Rulings:
    """Fold decisions, in the order they were made, into the last word on each question.

    An empty value takes an earlier decision of the same kind back; a drop taken back is a drop
    with the value ``""``.
    """
    last: dict[tuple[Act, ResourceId | None], Decision] = {}
    for decision in decisions:
        question = decision.act, None if decision.act is Act.PIN else decision.resource
        last.pop(question, None)  # of two items at one position, the one moved last comes first
        last[question] = decision
    kept = [decision for decision in last.values() if decision.value]
    pin = last.get((Act.PIN, None))
    return Rulings(
        drops={d.resource: d for d in kept if d.act is Act.DROP and d.resource is not None},
        themes=_values(kept, Act.MOVE),
        titles=_values(kept, Act.RETITLE),
        summaries=_values(kept, Act.SUMMARISE),
        notes=_values(kept, Act.NOTE),
        positions={key: int(value) for key, value in _values(kept, Act.REORDER).items()},
        pinned=pin.resource if pin and pin.value else None,
        subject=_whole(kept, Act.SUBJECT),
        preheader=_whole(kept, Act.PREHEADER),
        letter=_whole(kept, Act.LETTER),
    )


def _values(decisions: Iterable[Decision], act: Act) -> dict[ResourceId, str]:
    return {d.resource: d.value for d in decisions if d.act is act and d.resource is not None}


def _whole(decisions: Iterable[Decision], act: Act) -> str:
    return next((d.value for d in decisions if d.act is act), "")
