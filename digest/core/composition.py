"""Compose a draft: from what is new, by theme, with the editors' decisions replayed over it.

Composing twice from the same values gives the same draft; nothing is looked up or written.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from digest.core.decision import Rulings
from digest.core.edition import Edition, Entry, FiledResource, Section
from digest.core.newsletter import OTHER, Newsletter, Theme, Unfiled
from digest.core.ordering import arranged
from digest.core.reason import Reason
from digest.core.resource import ResourceId
from digest.core.source import BY_HAND

NOT_CARRIED = "not-carried"
"""Rule of the reason for items of themes that a newsletter does not have."""

_RICH_SUMMARY = 160
"""Characters from which a summary says enough to stand at the top."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A composed edition that may still change, and what is left out of it with the reason.

    Attributes:
        waiting: what is not in it, and not left out either: it comes with the first edition after
            an editor has filed it.
    """

    edition: Edition
    left_out: tuple[tuple[ResourceId, Reason], ...]
    waiting: tuple[tuple[ResourceId, Reason], ...] = ()


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
        table = _Table({theme.slug: [] for theme in carried}, {}, newsletter, rulings)
        titles = {theme.slug: theme.title for theme in self.themes}
        renamed = {old: theme.slug for theme in self.themes for old in theme.formerly}
        for item in items:
            theme = _theme_of(item, rulings)
            theme = known_theme(renamed.get(theme, theme), titles)
            table.put(item, entry_of(item, theme, self.source_titles, titles))
        table.merge()
        featured = _featured(list(table.shown()), rulings)
        sections = (table.section(theme, featured) for theme in carried)
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
        return Draft(edition, tuple(table.left_out.items()))

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
    found_by = [name for name in facts.sources if name != BY_HAND]
    source, *others = [sources.get(name, name) for name in found_by] or [""]
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


def waits(item: FiledResource, newsletter: Newsletter, rulings: Rulings) -> bool:
    """Whether an item stays out of the newsletter's windows until an editor files it."""
    decided = any(item.resource.id in r for r in (rulings.themes, rulings.added, rulings.drops))
    return newsletter.unfiled is Unfiled.WAIT and item.filing.is_to_file and not decided


def known_theme(theme: str, themes: Container[str]) -> str:
    """A theme that left the configuration takes nothing with it: its items are *other*."""
    return theme if theme in themes else OTHER


@dataclass(frozen=True, slots=True)
class _Table:
    """Everything a newsletter carries, laid out by theme.

    Attributes:
        by_theme: also what is left out, since other items may have been put before it.
        left_out: why, by resource.
    """

    by_theme: dict[str, list[Entry]]
    left_out: dict[ResourceId, Reason]
    newsletter: Newsletter
    rulings: Rulings

    def put(self, item: FiledResource, entry: Entry) -> None:
        """Lay one item down, or aside."""
        if reason := self._why_not(item, entry.theme):
            self.left_out[entry.resource] = reason
        if entry.theme in self.by_theme:
            self.by_theme[entry.theme].append(_ruled(entry, self.rulings))

    def merge(self) -> None:
        """Lay aside what editors found to be the same as another item, which names its source."""
        known = {entry.resource: entry for entries in self.by_theme.values() for entry in entries}
        others: dict[ResourceId, list[Entry]] = {}
        for resource, decision in self.rulings.merges.items():
            root = self.rulings.root(resource)
            if root == resource or root not in known or resource not in known:
                continue
            reason = Reason("merged", f'{decision.by} merged it into "{known[root].title}"')
            self.left_out.setdefault(resource, reason)
            others.setdefault(root, []).append(known[resource])
        for entries in self.by_theme.values():
            entries[:] = [_with_sources(one, others.get(one.resource)) for one in entries]

    def shown(self) -> Iterator[Entry]:
        """What stays."""
        for entries in self.by_theme.values():
            yield from (entry for entry in entries if entry.resource not in self.left_out)

    def section(self, theme: Theme, featured: Entry | None) -> Section:
        """The items of a theme in order, without the one at the top of the edition."""
        entries = {entry.resource: entry for entry in self.by_theme[theme.slug]}
        newest = sorted(entries.values(), key=_newest_first, reverse=True)
        order = arranged([entry.resource for entry in newest], self.rulings.steps)
        absent = {*self.left_out, featured.resource} if featured else self.left_out
        return Section(
            theme=theme.slug,
            title=theme.title,
            description=theme.description,
            entries=tuple(entries[resource] for resource in order if resource not in absent),
            shown=self.newsletter.max_items_per_theme,
            featured=bool(featured and featured.theme == theme.slug),
        )

    def _why_not(self, item: FiledResource, theme: str) -> Reason | None:
        if drop := self.rulings.drops.get(item.resource.id):
            return Reason("dropped", f"{drop.by} dropped it: {drop.value}")
        if item.resource.hidden:
            return Reason("hidden", "it was hidden before the edition was approved")
        if theme not in self.by_theme:
            title = self.newsletter.title
            return Reason(NOT_CARRIED, f'{title} does not carry the theme "{theme}"')
        return None


def _theme_of(item: FiledResource, rulings: Rulings) -> str:
    number = item.resource.id
    return rulings.themes.get(number) or rulings.added.get(number) or item.filing.theme


def _ruled(entry: Entry, rulings: Rulings) -> Entry:
    return replace(
        entry,
        title=rulings.titles.get(entry.resource, entry.title),
        summary=rulings.summaries.get(entry.resource, entry.summary),
        note=rulings.notes.get(entry.resource, ""),
    )


def _with_sources(entry: Entry, others: Iterable[Entry] | None) -> Entry:
    """Say where else it was, for whatever was merged into it."""
    if others is None:
        return entry
    named = [*entry.also_at, *(title for one in others for title in (one.source, *one.also_at))]
    also_at = tuple(title for title in dict.fromkeys(named) if title and title != entry.source)
    return replace(entry, also_at=also_at)


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
