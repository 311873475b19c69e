"""What a sender asks of the database in one transaction: hear what became of letters, give rows.

A question is whole in itself, so that another thread may put it while letters go out.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime

from digest.core.outbox import Delivery, Settlement
from digest.errors import StorageError
from digest.ports import Claim, Work

Question = Callable[[], Claim]
Submit = Callable[[Question], "Future[Claim]"]
"""Has a question put, by this thread or by another one."""

_LEFT = "left before it was their turn"

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class News:
    """What the database has not heard of yet; told twice it changes nothing more.

    Attributes:
        worker: whose attempts these are.
        notes: what became of letters.
        leavers: rows of people who left meanwhile.
        now: when this was so.
        since: the same, in seconds of a clock that nobody sets.
    """

    worker: str
    notes: Sequence[Settlement]
    leavers: Sequence[Delivery]
    now: datetime
    since: float

    def tell(self, work: Work) -> None:
        """Write it down."""
        if self.leavers:
            work.deliveries.cancel(self.leavers, _LEFT, self.now)
        if self.notes:
            settled = work.deliveries.settle(self.worker, self.notes, self.now)
            if settled < len(self.notes):
                log.info("%d letters had been settled before", len(self.notes) - settled)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that may not be answered yet.

    Attributes:
        news: what is told with it.
        until: until when its rows may go, in seconds of a clock that nobody sets.
        answer: the claim, or a :class:`StorageError`.
    """

    news: News
    until: float
    answer: Future[Claim]


def at_once(question: Question) -> Future[Claim]:
    """Put a question here and now."""
    answer: Future[Claim] = Future()
    try:
        answer.set_result(question())
    except StorageError as error:
        answer.set_exception(error)
    return answer
