"""What happened on all connections since somebody looked last."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Generic, TypeVar

from digest.core.letter import Letter
from digest.core.outbox import Receipt
from digest.mailers.smtp_parcel import Parcel

S = TypeVar("S")
"""A session."""


@dataclass(slots=True)
class Round(Generic[S]):
    """The sessions write, the run reads and empties.

    Attributes:
        receipts: what became of letters.
        at_dot: sessions that have all but a letter's content; they wait for leave to send it.
        free: sessions that could carry a letter.
        returned: letters that go over another connection.
        ended: sessions that are closed.
    """

    receipts: list[tuple[Letter, Receipt]] = field(default_factory=list)
    at_dot: list[S] = field(default_factory=list)
    free: list[S] = field(default_factory=list)
    returned: list[Parcel] = field(default_factory=list)
    ended: list[S] = field(default_factory=list)
