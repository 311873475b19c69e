"""What a configuration says, as values of the core."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from types import TracebackType
from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit

from digest.clock import SystemClock
from digest.config import Settings, core_values
from digest.core.checks.policy import Policy
from digest.core.composition import other_theme
from digest.core.newsletter import Newsletter, Site, Theme
from digest.core.throttle import Throttling, WarmUp
from subscribers import Offer

if TYPE_CHECKING:
    from digest.ports import (
        Clock,
    )


class Values:
    """What one site is; the parts and jobs are built on it.

    Args:
        settings: the configuration.
        clock: the time; tests give their own.

    Attributes:
        told_to_stop: jobs under way look here whether to end early.
    """

    def __init__(self, settings: Settings, clock: Clock | None = None) -> None:
        self.settings = settings
        self.clock = clock or SystemClock()
        self.told_to_stop = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def stop(self) -> None:
        """Ask the jobs under way to finish what they began and leave the rest for later.

        It takes no lock, so a signal handler may call it.
        """
        self.told_to_stop = True

    def _stopping(self) -> bool:
        return self.told_to_stop

    def close(self) -> None:
        """Give back connections."""
        for name in ("fetcher", "glancer", "registry", "database"):
            if part := self.__dict__.pop(name, None):
                part.close()

    # What the configuration says, as values of the core.

    @cached_property
    def site(self) -> Site:
        """Who publishes."""
        return core_values.site(self.settings)

    @cached_property
    def host(self) -> str:
        """Authority of the ``tag:`` URIs minted here."""
        return urlsplit(self.settings.site.url).hostname or "localhost"

    @cached_property
    def themes(self) -> tuple[Theme, ...]:
        """The configured themes, in order."""
        return core_values.themes(self.settings)

    @cached_property
    def newsletters(self) -> Mapping[str, Newsletter]:
        """The configured newsletters by slug, in order."""
        return core_values.newsletters(self.settings)

    @cached_property
    def policies(self) -> Mapping[str, Policy]:
        """What each newsletter makes of the checks, by its slug."""
        return core_values.policies(self.settings)

    @cached_property
    def configured_titles(self) -> Mapping[str, str]:
        """What readers call each source of the configuration, by its name."""
        return {entry.name: core_values.source(entry).title for entry in self.settings.sources}

    @cached_property
    def throttling(self) -> Throttling:
        """How many letters may go when."""
        mail = self.settings.mail
        named = {d.lower(): name for name, domains in mail.providers.items() for d in domains}
        return Throttling(
            rate=mail.rate,
            rates={name.lower(): rate for name, rate in mail.domain_rates.items()},
            domains=named,
            servers=tuple(server.rate for server in mail.relays),
            warm_up=WarmUp(**mail.warm_up.model_dump()) if mail.warm_up else None,
        )

    @cached_property
    def offers(self) -> tuple[Offer, ...]:
        """What subscribers may choose: newsletters with the titles of their themes."""
        titles = {theme.slug: theme.title for theme in (*self.themes, other_theme())}
        return tuple(
            Offer(plan.slug, plan.title, tuple((s, titles[s]) for s in plan.themes or titles))
            for plan in self.newsletters.values()
        )
