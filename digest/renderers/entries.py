"""Resources as entries, so that lists and feeds show them as editions do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest.core.edition import Entry

if TYPE_CHECKING:
    from digest.core.catalogue import Catalogue
    from digest.core.edition import FiledResource


class Desk:
    """Knows the titles of sources and themes of one catalogue."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._sources = dict(catalogue.source_titles)
        self._themes = {theme.slug: theme.title for theme in catalogue.themes}

    def entry(self, filed: FiledResource) -> Entry:
        """Show a resource as an entry."""
        resource, facts = filed.resource, filed.resource.facts
        source, *others = [self._sources.get(name, name) for name in facts.sources] or [""]
        return Entry(
            resource=resource.id,
            tag=resource.tag,
            url=facts.url,
            title=facts.title,
            theme=filed.filing.theme,
            summary=facts.summary,
            content=facts.content,
            labels=facts.labels,
            tags=facts.tags,
            author=facts.author,
            issuer=facts.issuer,
            source=source,
            published=str(facts.published) if facts.published else "",
            download=facts.download,
            language=facts.language,
            first_seen=resource.first_seen.isoformat(),
            also_in=tuple(self._themes.get(slug, slug) for slug in filed.filing.also),
            also_at=tuple(others),
        )
