"""How a subscription may change: a pure machine that answers with what to keep and record.

::

    (none) ─ask──▶ pending ─confirm─▶ active ─pause─▶ paused ─resume─▶ active
    (none) ─join─▶ active             anything ─leave─▶ left ─undo | rejoin─▶ active

Nothing but *undo* and *rejoin*, which stand for the reader's own word, leads out of *left*.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum, auto

from subscribers.model import Consent, State, Subscription, Themes, What

UNDO_WITHIN = timedelta(days=30)
"""How long after leaving the same link brings a reader back."""


class Act(Enum):
    """What somebody does to a subscription."""

    ASK = auto()
    """Asked for by somebody who may not be the owner of the address."""
    JOIN = auto()
    """Added with consent given elsewhere; never brings back one who left."""
    REJOIN = auto()
    """The reader's own word that they want it, whatever was before."""
    CONFIRM = auto()
    PAUSE = auto()
    RESUME = auto()
    LEAVE = auto()
    UNDO = auto()
    """Take back a leave."""


@dataclass(frozen=True, slots=True)
class Step:
    """A change: the subscription as it is from now on, and the record of it."""

    after: Subscription
    consent: Consent


_MOVES: dict[Act, tuple[frozenset[State | None], State, What]] = {
    Act.ASK: (frozenset({None}), State.PENDING, What.ASKED),
    Act.JOIN: (frozenset({None, State.PENDING}), State.ACTIVE, What.JOINED),
    Act.REJOIN: (
        frozenset({None, State.PENDING, State.PAUSED, State.LEFT}),
        State.ACTIVE,
        What.JOINED,
    ),
    Act.CONFIRM: (frozenset({State.PENDING}), State.ACTIVE, What.CONFIRMED),
    Act.PAUSE: (frozenset({State.ACTIVE}), State.PAUSED, What.PAUSED),
    Act.RESUME: (frozenset({State.PAUSED}), State.ACTIVE, What.RESUMED),
    Act.LEAVE: (
        frozenset({None, State.PENDING, State.ACTIVE, State.PAUSED}),
        State.LEFT,
        What.LEFT,
    ),
    Act.UNDO: (frozenset({State.LEFT}), State.ACTIVE, What.UNDID),
}
_BEGINS = frozenset({Act.JOIN, Act.REJOIN, Act.CONFIRM})
"""Acts after which a reader counts as following from that moment."""
_BRINGS_THEMES = frozenset({Act.ASK, Act.JOIN, Act.REJOIN})


def decide(
    before: Subscription | None,
    act: Act,
    newsletter: str,
    now: datetime,
    *,
    how: str,
    themes: Themes = None,
    since: datetime | None = None,
) -> Step | None:
    """Say what an act does to a subscription.

    ``before`` is ``None`` where there is none yet. ``themes`` is what is followed, for the acts
    that begin a subscription; ``since`` when they joined, where that was earlier than ``now``.

    Returns:
        The change, or ``None``: the act changes nothing.
    """
    allowed, to, what = _MOVES[act]
    if (before.state if before else None) not in allowed:
        return None
    if act is Act.UNDO and before and now - before.changed_at > UNDO_WITHIN:
        return None
    begun = since or now
    if before is None:
        after = Subscription(newsletter, themes, to, since=begun, changed_at=now)
    else:
        after = replace(
            before,
            state=to,
            changed_at=now,
            since=begun if act in _BEGINS else before.since,
            themes=themes if act in _BRINGS_THEMES else before.themes,
        )
    if act is Act.REJOIN:
        after = replace(after, chosen_at=now)
    if to is not State.PAUSED:
        after = replace(after, paused_until=None)
    if to is State.LEFT:
        after = replace(after, catch_up_from=None, moved_from="")
    return Step(after, Consent(newsletter, what, now, how, after.themes))


def pause(
    before: Subscription,
    now: datetime,
    *,
    until: datetime | None,
    catch_up: bool,
    how: str,
) -> Step | None:
    """Let a reader have no letters for a while; ``None``: there is nothing to pause.

    With ``catch_up`` what comes meanwhile is not lost to them. Who pauses again while a catch-up
    is still to be sent keeps the earlier moment.
    """
    step = decide(before, Act.PAUSE, before.newsletter, now, how=how)
    if step is None:
        return None
    since = (before.catch_up_from or now) if catch_up else None
    return replace(step, after=replace(step.after, paused_until=until, catch_up_from=since))


def choose(before: Subscription, themes: Themes, now: datetime, *, how: str) -> Step | None:
    """Let a reader choose the themes; nobody's later addition overrides it."""
    if before.themes == themes:
        return None
    after = replace(before, themes=themes, chosen_at=now)
    return Step(after, Consent(before.newsletter, What.CHOSE, now, how, themes))


def widen(before: Subscription, themes: Themes, now: datetime, *, how: str) -> Step | None:
    """Add themes to those followed, unless the reader chose them or has left."""
    if before.state is State.LEFT or before.chosen_at or not themes or before.themes is None:
        return None
    new = tuple(theme for theme in themes if theme not in before.themes)
    if not new:
        return None
    after = replace(before, themes=before.themes + new)
    return Step(after, Consent(before.newsletter, What.WIDENED, now, how, after.themes))


def standing(subscriptions: tuple[Subscription, ...], *, suppressed: bool) -> State:
    """Where a person as a whole stands."""
    if suppressed:
        return State.SUPPRESSED
    states = {subscription.state for subscription in subscriptions}
    return next((s for s in (State.ACTIVE, State.PAUSED, State.PENDING) if s in states), State.LEFT)
