"""Compose a draft: from what is new, by theme, with the editors' decisions replayed over it.

Composing twice from the same values gives the same draft; nothing is looked up or written.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
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
        titles = {theme.slug: theme.title for theme in self.themes}
        left_out: list[tuple[ResourceId, Reason]] = []
        by_theme: dict[str, list[Entry]] = {theme.slug: [] for theme in carried}
        for item in items:
            theme = rulings.themes.get(item.resource.id, item.filing.theme)
            theme = known_theme(theme, titles)
            if reason := _why_not(item, theme, rulings, newsletter, by_theme):
                left_out.append((item.resource.id, reason))
            else:
                entry = entry_of(item, theme, self.source_titles, titles)
                by_theme[theme].append(_ruled(entry, rulings))
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


def entry_of(
    item: FiledResource, theme: str, sources: Mapping[str, str], themes: Mapping[str, str]
) -> Entry:
    """Show a resource as an entry, without its content.

    Args:
        item: the resource.
        theme: slug of the theme it is shown under.
        sources: what readers call each source, by its name.
        themes: titles of the themes there are, by slug; what others it fits is not told.
    """
    resource, facts = item.resource, item.resource.facts
    source, *others = [sources.get(name, name) for name in facts.sources] or [""]
    return Entry(
        resource=resource.id,
        tag=resource.tag,
        url=facts.url,
        title=facts.title,
        theme=theme,
        summary=facts.summary,
        labels=facts.labels,
        tags=facts.tags,
        author=facts.author,
        issuer=facts.issuer,
        source=source,
        published=str(facts.published or ""),
        download=facts.download,
        language=facts.language,
        first_seen=resource.first_seen.isoformat(),
        also_in=tuple(
            themes[slug] for slug in item.filing.also if slug in themes and slug != theme
        ),
        also_at=tuple(dict.fromkeys(others)),
    )


def other_theme() -> Theme:
    """The section for what no rule could place."""
    return Theme(OTHER, "Other", "What fits no theme yet")


def known_theme(theme: str, themes: Container[str]) -> str:
    """A theme that left the configuration takes nothing with it: its items are *other*."""
    return theme if theme in themes else OTHER


def _ruled(entry: Entry, rulings: Rulings) -> Entry:
    return replace(
        entry,
        title=rulings.titles.get(entry.resource, entry.title),
        summary=rulings.summaries.get(entry.resource, entry.summary),
        note=rulings.notes.get(entry.resource, ""),
    )


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
