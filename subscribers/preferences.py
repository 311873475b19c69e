"""What a reader's own choice changes, and how the form says it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from subscribers.consent import Act, Step, choose, decide
from subscribers.model import Offer, State, Subscription, Themes, What

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

_FOLLOWING = (State.ACTIVE, State.PAUSED)


@dataclass(frozen=True, slots=True)
class Choice:
    """One newsletter on the form.

    Attributes:
        all_themes: all of them, also those added later; otherwise only ``themes``.
    """

    offer: Offer
    follows: bool
    all_themes: bool
    themes: frozenset[str]

    @property
    def missing(self) -> bool:
        """Only some themes were asked for, but none was named."""
        return self.follows and not self.all_themes and not self.themes

    @property
    def wanted(self) -> Themes:
        """The themes in the order of the offer."""
        if self.all_themes:
            return None
        return tuple(theme for theme, _ in self.offer.themes if theme in self.themes)


def shown(offers: Sequence[Offer], held: Sequence[Subscription]) -> list[Choice]:
    """What the form shows of a reader's subscriptions."""
    by_newsletter = {subscription.newsletter: subscription for subscription in held}
    return [_shown(offer, by_newsletter.get(offer.newsletter)) for offer in offers]


def _shown(offer: Offer, held: Subscription | None) -> Choice:
    every = frozenset(theme for theme, _ in offer.themes)
    follows = held is not None and held.state in _FOLLOWING
    themes = None if held is None else held.themes
    chosen = every if themes is None else every.intersection(themes)
    return Choice(offer, follows, all_themes=themes is None, themes=chosen)


def read(offers: Sequence[Offer], fields: Sequence[tuple[str, str]]) -> list[Choice]:
    """What a sent form says; whatever is not on offer is passed over.

    ``newsletter=SLUG`` follows one, ``scope:SLUG=some`` only the themes ``theme:SLUG=THEME``.
    """
    said = frozenset(fields)
    return [
        Choice(
            offer,
            follows=("newsletter", offer.newsletter) in said,
            all_themes=not offer.themes or (f"scope:{offer.newsletter}", "some") not in said,
            themes=frozenset(
                theme for theme, _ in offer.themes if (f"theme:{offer.newsletter}", theme) in said
            ),
        )
        for offer in offers
    ]


def changes(
    held: Mapping[str, Subscription],
    wanted: Mapping[str, Themes],
    offered: Collection[str],
    now: datetime,
    how: str,
) -> list[Step]:
    """What follows from a choice; newsletters that were not offered stay as they are."""
    steps = [
        step
        for newsletter in wanted
        if (step := _follow(held.get(newsletter), newsletter, wanted[newsletter], now, how))
    ]
    steps = _moved(steps, held, wanted, offered)
    for newsletter in offered:
        if newsletter not in wanted and (current := held.get(newsletter)):
            step = decide(current, Act.LEAVE, newsletter, now, how=how)
            steps += [step] if step else []
    return steps


def _moved(
    steps: list[Step],
    held: Mapping[str, Subscription],
    wanted: Mapping[str, Themes],
    offered: Collection[str],
) -> list[Step]:
    """Owe to who goes from one newsletter to another what comes between the two.

    Whoever follows a monthly one and takes the daily one instead has not read what the daily one
    brought since the last monthly edition. Who moves on before that was paid is owed it still, from
    where they came first.
    """
    left = [
        one
        for slug, one in held.items()
        if slug in offered and slug not in wanted and one.state in _FOLLOWING
    ]
    if not left:
        return steps
    last = max(left, key=lambda one: one.since)
    since = last.catch_up_from if last.moved_from else last.since
    origin = last.moved_from or last.newsletter
    return [
        replace(step, after=replace(step.after, catch_up_from=since, moved_from=origin))
        if step.consent.what is What.JOINED
        else step
        for step in steps
    ]


def _follow(
    current: Subscription | None, newsletter: str, themes: Themes, now: datetime, how: str
) -> Step | None:
    if current is not None and current.state in _FOLLOWING:
        return choose(current, themes, now, how=how)
    return decide(current, Act.REJOIN, newsletter, now, how=how, themes=themes)
