"""What happened on all connections since somebody looked last."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from digest.core.letter import Letter
from digest.core.outbox import Receipt
from digest.mailers.smtp_parcel import Parcel

if TYPE_CHECKING:
    from digest.mailers.smtp_session import Session


@dataclass(slots=True)
class Round:
    """The sessions write, the run reads and empties.

    Attributes:
        receipts: what became of letters.
        at_dot: sessions that have all but a letter's content; they wait for leave to send it.
        free: sessions that could carry a letter.
        returned: letters that go over another connection.
        ended: sessions that are closed.
    """

    receipts: list[tuple[Letter, Receipt]] = field(default_factory=list)
    at_dot: list[Session] = field(default_factory=list)
    free: list[Session] = field(default_factory=list)
    returned: list[Parcel] = field(default_factory=list)
    ended: list[Session] = field(default_factory=list)
