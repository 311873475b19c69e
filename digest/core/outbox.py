"""The ledger of deliveries: one row per edition and subscriber, and what may become of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NewType

from digest.core.edition import EditionId

DeliveryId = NewType("DeliveryId", int)

_BACKOFF = (5, 15, 60, 240, 480, 960)
"""Minutes to wait after the first, second … deferral; the last one repeats."""


class DeliveryState(StrEnum):
    """Where a delivery is.

    ``due -> claimed -> at_dot -> accepted | refused | deferred | in_doubt``; a deferred one is
    claimed again when its time comes. That a letter is at the dot is written into its sender's
    journal before the server can have taken it, so a crash leaves a letter that is either safe
    to send again or in doubt, never one that looks unsent but was taken (RFC 1047). A row says
    ``at_dot`` when its server has let us wait for a while. ``held`` is what was not sent in time,
    such as after a backup was restored, and is not sent by itself any more.
    """

    DUE = "due"
    CLAIMED = "claimed"
    AT_DOT = "at_dot"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    DEFERRED = "deferred"
    IN_DOUBT = "in_doubt"
    HELD = "held"
    CANCELLED = "cancelled"


FINAL = frozenset({DeliveryState.ACCEPTED, DeliveryState.REFUSED, DeliveryState.CANCELLED})
"""States that nothing leaves by itself."""

MAY_HAVE_GONE = frozenset(
    {
        DeliveryState.CLAIMED,
        DeliveryState.AT_DOT,
        DeliveryState.ACCEPTED,
        DeliveryState.IN_DOUBT,
        DeliveryState.HELD,
    }
)
"""States in which somebody has the letter, or may have it."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One edition to one subscriber.

    Attributes:
        subscriber: the subscriber's number; his address is looked up when the letter is made.
        themes: the slugs of the themes he gets of this edition, frozen at approval.
        attempt: counts claims; a worker may settle only the attempt it claimed (fencing).
    """

    id: DeliveryId
    edition: EditionId
    subscriber: int
    themes: tuple[str, ...]
    state: DeliveryState
    attempt: int = 0
    next_try: datetime | None = None
    updated_at: datetime | None = None
    reply: str = ""


class Outcome(StrEnum):
    """How a mail server answered."""

    ACCEPTED = "accepted"
    DEFERRED = "deferred"
    REFUSED = "refused"
    IN_DOUBT = "in_doubt"


_STATES = {outcome: DeliveryState(outcome.value) for outcome in Outcome}


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the mail server answered for one letter, such as ``250 2.0.0 queued as 4F1``."""

    outcome: Outcome
    reply: str


@dataclass(frozen=True, slots=True)
class Settlement:
    """What one attempt came to.

    Attributes:
        attempt: the claim it was; a later one is not touched by it (fencing).
        next_try: when a deferred one is due again.
    """

    delivery: DeliveryId
    attempt: int
    state: DeliveryState
    reply: str = ""
    next_try: datetime | None = None


def settlement(
    delivery: DeliveryId, attempt: int, receipt: Receipt, again: datetime | None
) -> Settlement:
    """Say what a receipt makes of an attempt; a deferral without another try is a refusal."""
    state = _STATES[receipt.outcome]
    if state is not DeliveryState.DEFERRED:
        again = None
    elif again is None:
        state = DeliveryState.REFUSED
    return Settlement(delivery, attempt, state, receipt.reply, again)


def next_try(
    attempt: int, now: datetime, *, give_up_after: timedelta, due: datetime
) -> datetime | None:
    """When to try a deferred delivery again.

    Args:
        attempt: how often it was tried, from 1.
        now: the moment of the deferral.
        give_up_after: how long after ``due`` trying makes sense.
        due: when the delivery became due.

    Returns:
        The moment, or ``None``: give up.
    """
    wait = timedelta(minutes=_BACKOFF[min(attempt, len(_BACKOFF)) - 1])
    return None if now + wait > due + give_up_after else now + wait
