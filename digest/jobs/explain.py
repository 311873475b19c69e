"""Why a resource or a person is in or out, in sentences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from digest.core.edition import Edition, EditionState, FiledResource
from digest.core.newsletter import Newsletter, Unfiled
from digest.core.outbox import FINAL, DeliveryState
from digest.core.reason import Reason
from digest.core.resource import ResourceId
from digest.core.source import BY_HAND
from digest.jobs.ahead import Ahead
from digest.ports import EditionRecord, Store, Work
from subscribers import People

_RECENT = 3
"""Editions that the explanation of a person goes back."""
_TELLS_ALTERNATIVES = frozenset({"learnt", "to-file"})
"""Rules whose reasons name the likeliest themes themselves."""
_BECAME = {
    DeliveryState.DUE: "is due",
    DeliveryState.CLAIMED: "is about to be sent",
    DeliveryState.AT_DOT: "is being sent",
    DeliveryState.ACCEPTED: "was accepted",
    DeliveryState.REFUSED: "was refused",
    DeliveryState.DEFERRED: "was deferred and will be tried again",
    DeliveryState.IN_DOUBT: "may have been sent; a crash left it in doubt",
    DeliveryState.HELD: "was not sent in time, and is held",
    DeliveryState.CANCELLED: "was cancelled",
}


@dataclass(frozen=True, slots=True)
class Explain:
    """Answers; nothing is written.

    Attributes:
        themes: titles by slug, *other* included.
        sources: titles by name.
        zone: where times are told.
    """

    store: Store
    ahead: Ahead
    people: People
    themes: Mapping[str, str]
    sources: Mapping[str, str]
    zone: ZoneInfo

    def resource(self, number: ResourceId) -> list[str]:
        """Where a resource came from, where it stands, and which editions have it.

        Nothing is said of a number that no resource has.
        """
        with self.store.read() as work:
            item = work.resources.get(number)
            if item is None:
                return []
            return [
                *self._origin(work, item),
                *self._place(work, item),
                *self._editions(work, item),
            ]

    def subscriber(self, address: str, newsletter: str | None = None) -> dict[str, list[str]]:
        """Why somebody gets the newest editions, or not; of one newsletter, or all.

        Returns:
            The sentences, by slug of the newsletter.

        Raises:
            PeopleError: nobody has this address.
            UsageError: there is no such newsletter.
        """
        drafting = self.ahead.drafting
        slugs = [drafting.newsletter(newsletter).slug] if newsletter else drafting.newsletters
        with self.store.read() as work:
            return {slug: list(self._letters(work, address, slug)) for slug in slugs}

    def _origin(self, work: Work, item: FiledResource) -> Iterator[str]:
        resource, facts = item.resource, item.resource.facts
        names = {BY_HAND: "An editor", **self.sources}
        first, *others = [names.get(name, name) for name in facts.sources] or ["a source"]
        seen, changed = self._at(resource.first_seen), self._at(resource.changed_at)
        yield f"{first} showed it; we first saw it on {seen}."
        if others:
            yield f"Also seen at {', '.join(others)}."
        kept = len(work.sources.sightings_of(resource.id))
        if kept > 1:
            yield f"{kept} sightings of it are merged, since they lead to the same address."
        if changed != seen:
            yield f"It last changed on {changed}."

    def _place(self, work: Work, item: FiledResource) -> Iterator[str]:
        now = item.filing
        yield f"It stands under {self._theme(now.theme)}: {now.reason}."
        if now.guesses and now.reason.rule not in _TELLS_ALTERNATIVES:
            likely = (f"{self._theme(g.theme)} {g.probability:.0%}" for g in now.guesses)
            yield f"What was learnt would have said {', '.join(likely)}."
        if now.also:
            yield f"It would also fit {', '.join(map(self._theme, now.also))}."
        for before, at in work.resources.filings(item.resource.id)[1:]:
            place = f"it stood under {self._theme(before.theme)}"
            yield f"From {self._at(at)} {place}: {before.reason}."

    def _editions(self, work: Work, item: FiledResource) -> Iterator[str]:
        places = {
            record.newsletter: (record, why)
            for record, why in work.editions.where(item.resource.id)
        }
        for plan in self.ahead.drafting.newsletters.values():
            if plan.slug in places:
                yield f"{plan.title}: {self._where(work, item, *places[plan.slug])}."
            else:
                yield f"{plan.title}: {self._why_waiting(work, item, plan)}."

    def _where(
        self, work: Work, item: FiledResource, record: EditionRecord, why: Reason | None
    ) -> str:
        if why:
            return f"left out of {_name(record)}, since {why}"
        if record.state is EditionState.DRAFT:
            return f"in draft {record.id}, which waits for approval"
        full = work.editions.get(record.id)
        shown = _shown(full.edition, item.resource.id) if full and full.edition else ""
        return f"in {_name(record)}, which is {self._state(record)}{shown}"

    def _why_waiting(self, work: Work, item: FiledResource, plan: Newsletter) -> str:
        if item.resource.hidden:
            return "in no edition, since an editor hid it"
        if item.resource.backlog and item.resource.facts.sources == (BY_HAND,):
            return "not for it, since an editor brought it in for another edition"
        if item.resource.backlog:
            return "in no edition, since it was there long before its source was first read"
        if plan.unfiled is Unfiled.WAIT and item.filing.is_to_file:
            return "waits until an editor files it; `digest themes queue` shows it"
        if plan.themes and item.filing.theme not in plan.themes:
            return f"not for it, since it does not carry {self._theme(item.filing.theme)}"
        coming = self.ahead.coming(work, plan.slug)
        at = f"{coming.slot.astimezone(plan.timezone):%Y-%m-%d %H:%M} {plan.timezone}"
        return f"waits for the next edition, {at if plan.schedule else 'which is made by hand'}"

    def _letters(self, work: Work, address: str, newsletter: str) -> Iterator[str]:
        plan = self.ahead.drafting.newsletter(newsletter)
        issues = work.editions.issues(newsletter, _RECENT)
        held = issues[0].edition.themes if issues else self.themes.keys()
        themes = [theme for theme in plan.themes or self.themes if theme in held]
        yield from self.people.explain(address, newsletter, themes)
        person = self.people.show(address).subscriber
        for issue in issues:
            record = work.editions.find(newsletter, issue.edition.slug)
            if record:
                yield f"{_name(record)}: {self._letter(work, record, person.id)}."

    def _letter(self, work: Work, record: EditionRecord, subscriber: int) -> str:
        delivery = work.deliveries.find(record.id, subscriber)
        if delivery is None and work.deliveries.is_condensed(record.id):
            return "what became of each of its letters is not kept any more"
        if delivery is None:
            when = self._at(record.approved_at or record.slot)
            return f"no letter, since they were not in its audience when it was approved, {when}"
        said = f" ({delivery.reply})" if delivery.reply else ""
        became = f"the letter with {', '.join(delivery.themes)} {_BECAME[delivery.state]}{said}"
        is_waiting = record.paused_at and delivery.state not in FINAL
        return f"{became}; the edition is {self._state(record)}" if is_waiting else became

    def _state(self, record: EditionRecord) -> str:
        if record.paused_at is None:
            return record.state.value
        return f"paused since {self._at(record.paused_at)} ({record.paused})"

    def _at(self, moment: datetime) -> str:
        return f"{moment.astimezone(self.zone):%Y-%m-%d %H:%M}"

    def _theme(self, slug: str) -> str:
        return self.themes.get(slug, slug)


def _name(record: EditionRecord) -> str:
    return f"{record.newsletter}/{record.slug or record.slot.date()}"


def _shown(edition: Edition, number: ResourceId) -> str:
    if edition.featured and edition.featured.resource == number:
        return ", as its featured item"
    for section in edition.sections:
        if any(entry.resource == number for entry in section.entries[section.shown :]):
            return f"; on its web page only, since the letter shows {section.shown} of a theme"
    return ""
