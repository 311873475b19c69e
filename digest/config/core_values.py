"""What the configuration describes, as values of the core."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from digest.config.settings import Settings, SourceSettings
from digest.core.checks.policy import Policy
from digest.core.newsletter import Newsletter, Site, Theme
from digest.core.source import Source


def site(settings: Settings) -> Site:
    """Who publishes."""
    table = settings.site
    return Site(
        name=table.name,
        url=table.url,
        language=table.language,
        timezone=ZoneInfo(table.timezone),
        contact=table.contact,
        postal_address=table.postal_address,
        description=table.description,
        accent=table.accent,
    )


def themes(settings: Settings) -> tuple[Theme, ...]:
    """The themes, in order."""
    return tuple(Theme(**theme.model_dump()) for theme in settings.themes)


def newsletters(settings: Settings) -> dict[str, Newsletter]:
    """The newsletters by slug, in order; zone and language are the site's unless they say other."""
    return {
        entry.slug: Newsletter(
            **entry.model_dump(exclude={"timezone", "language", "checks"}),
            timezone=ZoneInfo(entry.timezone or settings.site.timezone),
            language=entry.language or settings.site.language,
        )
        for entry in settings.newsletters
    }


def policies(settings: Settings) -> dict[str, Policy]:
    """What each newsletter makes of the checks, by its slug; what it leaves open is the site's."""
    site, found = settings.checks, {}
    for entry in settings.newsletters:
        own = entry.checks
        block = site.block if own.block is None else own.block
        off = site.off if own.off is None else own.off
        found[entry.slug] = Policy(frozenset(block), frozenset(off))
    return found


def source(entry: SourceSettings) -> Source:
    """A source; what only its kind understands stays in ``options``."""
    return Source(
        name=entry.name,
        title=entry.title or entry.name.replace("-", " ").title(),
        kind=entry.kind,
        theme=entry.theme,
        every=entry.every,
        first_days=entry.first_days,
    )
