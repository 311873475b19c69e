"""Why somebody is in an edition's audience, or out of it, in sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from subscribers.model import State, What

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from subscribers.model import Dossier, Subscription, Themes

_STATES = {
    State.PENDING: "has not confirmed the subscription yet",
    State.PAUSED: "has paused",
    State.LEFT: "has left",
}


def explain(dossier: Dossier, newsletter: str, edition_themes: Sequence[str]) -> list[str]:
    """Say everything that lets one person in or keeps them out; the verdict comes last."""
    held = dossier.subscriber.subscription(newsletter)
    stops = _suppressed(dossier)
    if held is None:
        return [*stops, f"Never subscribed to {newsletter}.", "Out: gets no letter."]
    if held.state is not State.ACTIVE:
        sentence = f"{_STATES[held.state].capitalize()}, on {held.changed_at:%Y-%m-%d}"
        return [*stops, f"{sentence}{_how(dossier, newsletter)}.", "Out: gets no letter."]
    reasons = [
        *stops,
        f"Follows {newsletter} since {held.since:%Y-%m-%d}{_how(dossier, newsletter)}.",
        _themes(held),
    ]
    if stops:
        return [*reasons, "Out: gets no letter."]
    return [*reasons, _verdict(held.themes, edition_themes)]


def _suppressed(dossier: Dossier) -> list[str]:
    if not (found := dossier.suppression):
        return []
    how = f" ({found.how})" if found.how else ""
    return [f"The address must not be mailed since {found.since:%Y-%m-%d}: {found.reason}{how}."]


def _how(dossier: Dossier, newsletter: str) -> str:
    consents = [consent for consent in dossier.consents if consent.newsletter == newsletter]
    how = consents[-1].how if consents else ""
    return f" ({how})" if how else ""


def _themes(held: Subscription) -> str:
    if held.themes is None:
        return "Follows all themes."
    by = ", chosen by the reader" if held.chosen_at else ""
    return f"Follows the themes {', '.join(held.themes) or '(none)'}{by}."


def _verdict(themes: Themes, edition_themes: Sequence[str]) -> str:
    got = [theme for theme in edition_themes if themes is None or theme in themes]
    if not got:
        held = ", ".join(edition_themes) or "(none)"
        return f"Out: the edition holds the themes {held}, none of which they follow."
    return f"In: gets the themes {', '.join(got)}."


def reasons(dossier: Dossier, titles: Mapping[str, str]) -> list[str]:
    """Say to a person, of each newsletter that they get or got, how that came."""
    return [
        f"{titles.get(one.newsletter, one.newsletter)}: {_WHAT[one.what]} on {one.at:%d %B %Y}"
        f"{f' ({one.how})' if one.how else ''}."
        for one in dossier.consents
        if one.newsletter and one.what in _WHAT
    ]


_WHAT = {
    What.ASKED: "asked for",
    What.JOINED: "joined",
    What.CONFIRMED: "confirmed",
    What.CHOSE: "themes chosen",
    What.WIDENED: "themes added",
    What.PAUSED: "paused",
    What.RESUMED: "resumed",
    What.LEFT: "left",
    What.UNDID: "taken back",
}
