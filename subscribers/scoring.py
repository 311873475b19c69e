"""When bounces and complaints strike an address off.

Pure: what came back before goes in, a decision and its reason come out. The rules weigh two wrongs:
mailing where nobody is spoils the sender's name with every provider, and striking off a reader for
a full mailbox loses a reader who did nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date, datetime


class BounceKind(StrEnum):
    """What came back."""

    HARD = "hard"
    """Nobody has the address."""
    SOFT = "soft"
    """Full, out of order, refused by rules."""
    DELAY = "delay"
    """A server still tries: kept, never counted."""
    OURS = "ours"
    """We were not believed or not wanted: kept, never counted."""
    COMPLAINT = "complaint"
    """The reader called the letter spam."""


@dataclass(frozen=True, slots=True)
class Past:
    """One thing that came back before."""

    kind: BounceKind
    at: datetime


@dataclass(frozen=True, slots=True)
class Verdict:
    """Why an address must not be mailed any more: in a word, and in a sentence."""

    reason: str
    why: str


HARD_WITHIN = timedelta(days=14)
HARD_DAYS = 2
SLOW_WITHIN = timedelta(days=120)
SLOW_DAYS = 3
"""For who gets a letter a month: two of them are never within two weeks."""
SOFT_DAYS = 5
STALE = timedelta(days=40)
"""After so long without a bounce, those before say nothing any more."""


def verdict(history: Sequence[Past], *, is_certain: bool = False) -> Verdict | None:
    """Decide by all that came back, the newest included; in the order it came.

    Of one day only one bounce counts, the hardest: one letter may bounce in many ways.

    Args:
        history: at least one.
        is_certain: the newest is the recipient's own server saying that nobody has the mailbox,
            while the letter was handed over.
    """
    newest = history[-1]
    if newest.kind is BounceKind.COMPLAINT:
        return Verdict("complaint", "the reader called a letter spam")
    if newest.kind is BounceKind.HARD and is_certain:
        return Verdict("bounces", "the mail server says that nobody has this mailbox")
    for within, most in ((HARD_WITHIN, HARD_DAYS), (SLOW_WITHIN, SLOW_DAYS)):
        days = _days(history, newest.at - within, {BounceKind.HARD})
        if len(days) >= most:
            told = f"letters bounced for good on {len(days)} days within {within.days}"
            return Verdict("bounces", told)
    days = _lately(_days(history, newest.at - SLOW_WITHIN, {BounceKind.HARD, BounceKind.SOFT}))
    if len(days) >= SOFT_DAYS:
        return Verdict("bounces", f"letters bounced on {len(days)} days, one after the other")
    return None


def _days(history: Iterable[Past], after: datetime, kinds: set[BounceKind]) -> list[date]:
    return sorted({past.at.date() for past in history if past.kind in kinds and past.at > after})


def _lately(days: list[date]) -> list[date]:
    """Those since the last long pause."""
    start = 0
    for number in range(1, len(days)):
        if days[number] - days[number - 1] > STALE:
            start = number
    return days[start:]
