"""Compose a draft: from what is new, by theme, with the editors' decisions replayed over it.

Composing twice from the same values gives the same draft; nothing is looked up or written.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from digest.core.decision import Rulings
from digest.core.edition import Edition, Entry, FiledResource, Section
from digest.core.newsletter import OTHER, Newsletter, Theme
from digest.core.reason import Reason
from digest.core.resource import ResourceId

NOT_CARRIED = "not-carried"
"""Rule of the reason for items of themes that a newsletter does not have."""

_RICH_SUMMARY = 160
"""Characters from which a summary says enough to stand at the top."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A composed edition that may still change, and what is left out of it with the reason."""

    edition: Edition
    left_out: tuple[tuple[ResourceId, Reason], ...]


@dataclass(frozen=True, slots=True)
class Composer:
    """Composes drafts for one site.

    Attributes:
        themes: all configured themes, in order.
        source_titles: what readers call each source, by its name.
    """

    themes: tuple[Theme, ...]
    source_titles: Mapping[str, str]

    def draft(
        self,
        newsletter: Newsletter,
        items: Sequence[FiledResource],
        rulings: Rulings,
        slot: datetime,
    ) -> Draft:
        """Compose from everything the window holds."""
        carried = self._carried(newsletter)
        left_out: list[tuple[ResourceId, Reason]] = []
        by_theme: dict[str, list[Entry]] = {theme.slug: [] for theme in carried}
        for item in items:
            theme = self._known(rulings.themes.get(item.resource.id, item.filing.theme))
            if reason := _why_not(item, theme, rulings, newsletter, by_theme):
                left_out.append((item.resource.id, reason))
            else:
                by_theme[theme].append(self._entry(item, theme, rulings))
        featured = _featured([e for entries in by_theme.values() for e in entries], rulings)
        sections = (
            _section(theme, by_theme[theme.slug], featured, rulings, newsletter)
            for theme in carried
        )
        edition = Edition(
            newsletter=newsletter.slug,
            title=newsletter.title,
            number=0,
            slug="",
            date=slot,
            sections=tuple(section for section in sections if section.count),
            featured=featured,
            subject=rulings.subject,
            preheader=rulings.preheader,
            letter=rulings.letter,
            language=newsletter.language,
        )
        return Draft(edition, tuple(left_out))

    def _carried(self, newsletter: Newsletter) -> list[Theme]:
        known = {theme.slug: theme for theme in (*self.themes, other_theme())}
        return [known[slug] for slug in dict.fromkeys(newsletter.themes or known)]

    def _known(self, theme: str) -> str:
        """A theme that left the configuration takes nothing with it: its items are *other*."""
        return theme if any(theme == known.slug for known in self.themes) else OTHER

    def _entry(self, item: FiledResource, theme: str, rulings: Rulings) -> Entry:
        resource, facts = item.resource, item.resource.facts
        known = {known.slug: known.title for known in self.themes}
        sources = [self.source_titles.get(name, name) for name in facts.sources]
        also = (slug for slug in item.filing.also if slug in known and slug != theme)
        return Entry(
            resource=resource.id,
            tag=resource.tag,
            url=facts.url,
            title=rulings.titles.get(resource.id, facts.title),
            theme=theme,
            summary=rulings.summaries.get(resource.id, facts.summary),
            labels=facts.labels,
            tags=facts.tags,
            author=facts.author,
            issuer=facts.issuer,
            source=sources[0] if sources else "",
            published=str(facts.published or ""),
            download=facts.download,
            language=facts.language,
            first_seen=resource.first_seen.isoformat(),
            also_in=tuple(known[slug] for slug in also),
            also_at=tuple(dict.fromkeys(sources[1:])),
            note=rulings.notes.get(resource.id, ""),
        )


def other_theme() -> Theme:
    """The section for what no rule could place."""
    return Theme(OTHER, "Other", "What fits no theme yet")


def _why_not(
    item: FiledResource,
    theme: str,
    rulings: Rulings,
    newsletter: Newsletter,
    carried: Iterable[str],
) -> Reason | None:
    if drop := rulings.drops.get(item.resource.id):
        return Reason("dropped", f"{drop.by} dropped it: {drop.value}")
    if item.resource.hidden:
        return Reason("hidden", "it was hidden before the edition was approved")
    if theme not in carried:
        return Reason(NOT_CARRIED, f'{newsletter.title} does not carry the theme "{theme}"')
    return None


def _section(
    theme: Theme,
    entries: list[Entry],
    featured: Entry | None,
    rulings: Rulings,
    newsletter: Newsletter,
) -> Section:
    rest = [entry for entry in entries if not featured or entry.resource != featured.resource]
    rest.sort(key=_newest_first, reverse=True)
    for resource, position in sorted(rulings.positions.items(), key=lambda pair: pair[1]):
        _move_to(rest, resource, position)
    return Section(
        theme=theme.slug,
        title=theme.title,
        description=theme.description,
        entries=tuple(rest),
        shown=newsletter.max_items_per_theme,
        featured=bool(featured and featured.theme == theme.slug),
    )


def _move_to(entries: list[Entry], resource: ResourceId, position: int) -> None:
    for index, entry in enumerate(entries):
        if entry.resource == resource:
            entries.insert(position - 1, entries.pop(index))
            return


def _featured(entries: Sequence[Entry], rulings: Rulings) -> Entry | None:
    for entry in entries:
        if entry.resource == rulings.pinned:
            return replace(entry, why="Chosen by the editor")
    rich = [entry for entry in entries if len(entry.summary) >= _RICH_SUMMARY]
    if not rich or len(entries) == 1:
        return None
    best = max(
        rich, key=lambda entry: (bool(entry.download or entry.issuer), *_newest_first(entry))
    )
    return replace(best, why=_why(best))


def _why(entry: Entry) -> str:
    if entry.also_at:
        return f"Found by {entry.source} and {entry.also_at[0]}"
    return "The newest publication with a full description"


def _newest_first(entry: Entry) -> tuple[str, int]:
    date = entry.date
    return (date.at.isoformat() if date else entry.first_seen, entry.resource)
