"""Resources as entries, so that lists and feeds show them as editions do."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from digest.core.composition import entry_of, known_theme

if TYPE_CHECKING:
    from digest.core.catalogue import Catalogue
    from digest.core.edition import Entry, FiledResource


class Desk:
    """Knows the titles of sources and themes of one catalogue."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._sources = dict(catalogue.source_titles)
        self._themes = {theme.slug: theme.title for theme in catalogue.themes}

    def entry(self, filed: FiledResource) -> Entry:
        """Show a resource as an entry, with its content."""
        theme = known_theme(filed.filing.theme, self._themes)
        entry = entry_of(filed, theme, self._sources, self._themes)
        return replace(entry, content=filed.resource.facts.content)
