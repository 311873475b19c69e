"""What editors do to a draft, replayed over it however often it is composed anew."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from digest.core.resource import ResourceId


class Act(StrEnum):
    """The kinds of decision; ``value`` of the decision means what stands behind each."""

    DROP = "drop"  # the reason
    MOVE = "move"  # slug of the theme
    PIN = "pin"  # make it the featured item
    RETITLE = "retitle"  # the new title
    SUMMARISE = "summarise"  # the new summary
    REORDER = "reorder"  # its position within the theme, from 1
    NOTE = "note"  # a remark shown with the item
    SUBJECT = "subject"  # of the whole edition
    PREHEADER = "preheader"  # of the whole edition
    LETTER = "letter"  # the opening words of the edition


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
