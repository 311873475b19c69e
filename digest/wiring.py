"""The composition root: the only file that chooses concrete parts.

A part is built when it is first used, so that a command pays only for what it needs.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self, cast
from urllib.parse import urlsplit

from digest import plugins
from digest.clock import SystemClock
from digest.config import Options, Settings, SourceSettings, core_values, load, read_options
from digest.core.composition import Composer, other_theme
from digest.core.newsletter import Newsletter, Site, Theme
from digest.core.sender import Sender
from digest.core.source import Source
from digest.core.theme import RuleFiler
from digest.core.throttle import Throttling, WarmUp
from digest.errors import ConfigError, Problem, UsageError
from subscribers import Links, Offer

if TYPE_CHECKING:
    from digest.collectors.fetching import Fetcher
    from digest.core.dkim import Signer
    from digest.jobs.ahead import Ahead
    from digest.jobs.approve import Approve
    from digest.jobs.assemble import Assemble
    from digest.jobs.collect import Collect
    from digest.jobs.conveyor import Conveyor
    from digest.jobs.curate import Curate
    from digest.jobs.deliver import Deliver
    from digest.jobs.draft import Drafting
    from digest.jobs.explain import Explain
    from digest.jobs.letters import LetterWriter
    from digest.jobs.preview import Preview
    from digest.jobs.publish import Publish
    from digest.jobs.resolve import Resolve
    from digest.jobs.sweep import Sweep
    from digest.jobs.tasks import Tasks
    from digest.ports import (
        Clock,
        Collector,
        EmailRenderer,
        Engine,
        Filer,
        Mailer,
        Publisher,
        Renderer,
    )
    from digest.renderers.templating import Templates
    from digest.storage import Database
    from subscribers import People


def kind_options(group: str, kind: str) -> type[Options] | None:
    """What only a kind of source understands.

    Raises:
        ValueError: there is no such kind.
    """
    return cast("type[Options] | None", getattr(plugins.load(group, kind), "Options", None))


def settings(path: Path) -> Settings:
    """Read and check a configuration with everything its kinds understand."""
    found = load(path, kinds=kind_options)
    engine = plugins.load("engines", found.engine.kind)
    if fault := engine.unfit(found.storage.url.get_secret_value()):
        raise ConfigError(Problem(path.name, "engine.kind", fault))
    return found


class House:
    """One site with all its parts; close it when done.

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
        for name in ("fetcher", "database"):
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
    def source_titles(self) -> Mapping[str, str]:
        """What readers call each source, by its name."""
        return {entry.name: core_values.source(entry).title for entry in self.settings.sources}

    @cached_property
    def offers(self) -> tuple[Offer, ...]:
        """What subscribers may choose: newsletters with the titles of their themes."""
        titles = {theme.slug: theme.title for theme in (*self.themes, other_theme())}
        return tuple(
            Offer(plan.slug, plan.title, tuple((s, titles[s]) for s in plan.themes or titles))
            for plan in self.newsletters.values()
        )

    # Where things are kept.

    @cached_property
    def database(self) -> Database:
        """The database as it is, whatever its schema."""
        from digest.storage import Database

        url = self.settings.storage.url.get_secret_value()
        return Database(url, self.settings.root, queue=self.engine)

    @cached_property
    def store(self) -> Database:
        """The database, brought to the present schema."""
        self.database.upgrade()
        return self.database

    @cached_property
    def people(self) -> People:
        """The subscribers."""
        from subscribers import People

        return People(self.store.engine, self.store.key(), self.clock.now)

    # Edges.

    @cached_property
    def fetcher(self) -> Fetcher:
        """The one door for everything fetched from outside."""
        from digest.collectors.fetching import Fetcher

        return Fetcher(self.settings.collect)

    def collector(self, name: str) -> tuple[Source, Collector]:
        """A source with what reads it.

        Raises:
            UsageError: no source has that name.
        """
        for number, entry in enumerate(self.settings.sources, 1):
            if entry.name == name:
                kind = plugins.load("collectors", entry.kind)
                options = read_options(
                    kind.Options, entry.options, file="config.toml", key=f"sources[{number}]"
                )
                source = core_values.source(entry)
                return source, kind(source, options, self.fetcher, self.settings.root)
        known = ", ".join(self.source_titles) or "(none is configured)"
        raise UsageError(f'no source "{name}"; expected one of {known}')

    @cached_property
    def templates(self) -> Templates:
        """The templates of the site, then those that come with the program."""
        from digest.renderers.templating import environment

        return environment(self.settings.root, self.site)

    @cached_property
    def renderers(self) -> tuple[Renderer, ...]:
        """Everything that makes documents for the public."""
        kinds = plugins.kinds("renderers")
        return tuple(plugins.load("renderers", kind)(self.templates) for kind in kinds)

    @cached_property
    def email(self) -> EmailRenderer:
        """What makes the email of an edition."""
        from digest.renderers.email import TemplateEmailRenderer

        return TemplateEmailRenderer(self.templates, self.site)

    def render_page(self, template: str, /, **values: object) -> str:
        """Render one of the pages that are made when they are asked for."""
        return self.templates.render(template, root=f"{urlsplit(self.site.url).path}/", **values)

    @cached_property
    def publisher(self) -> Publisher:
        """Where readers fetch pages and feeds."""
        kind = plugins.load("publishers", self.settings.publish.kind)
        return cast("Publisher", kind(self.settings.root / self.settings.publish.directory))

    @cached_property
    def mailer(self) -> Mailer:
        """How letters leave."""
        kind = plugins.load("mailers", self.settings.mail.kind)
        return cast("Mailer", kind(self.settings.mail, self.settings.root))

    @cached_property
    def engine(self) -> Engine:
        """What runs jobs, once it is started, and takes those that become due."""
        kind = plugins.load("engines", self.settings.engine.kind)
        return cast("Engine", kind(self.settings.storage.url.get_secret_value()))

    # Jobs.

    @cached_property
    def filer(self) -> Filer:
        """What puts resources under themes."""
        return RuleFiler(self.themes, _defaults(self.settings.sources))

    @cached_property
    def collect(self) -> Collect:
        """Collect sources."""
        from digest.jobs.collect import Collect

        names = [entry.name for entry in self.settings.sources]
        return Collect(
            store=self.store,
            clock=self.clock,
            filer=self.filer,
            sources={name: self.collector(name) for name in names},
            host=self.host,
        )

    @cached_property
    def drafting(self) -> Drafting:
        """Compose drafts."""
        from digest.jobs.draft import Drafting

        composer = Composer(self.themes, self.source_titles)
        return Drafting(self.clock, self.newsletters, composer)

    @cached_property
    def approve(self) -> Approve:
        """Freeze drafts."""
        from digest.jobs.approve import Approve

        provider_of = self.throttling.provider_of
        return Approve(self.store, self.clock, self.drafting, self.people, self.host, provider_of)

    @cached_property
    def throttling(self) -> Throttling:
        """How many letters may go when."""
        mail = self.settings.mail
        named = {d.lower(): name for name, domains in mail.providers.items() for d in domains}
        return Throttling(
            rate=mail.rate,
            rates={name.lower(): rate for name, rate in mail.domain_rates.items()},
            domains=named,
            warm_up=WarmUp(**mail.warm_up.model_dump()) if mail.warm_up else None,
        )

    @cached_property
    def sender(self) -> Sender:
        """Whose letters these are."""
        mail = self.settings.mail
        return Sender(mail.from_name, mail.from_address, mail.bounce_address, self.store.key())

    @cached_property
    def signer(self) -> Signer | None:
        """What signs letters; ``None``: the mail server does, or nobody."""
        mail = self.settings.mail
        if mail.dkim is None:
            return None
        from digest.signing import signer

        return signer(mail.dkim, mail.domain, self.settings.root)

    @cached_property
    def letters(self) -> LetterWriter:
        """Write letters."""
        from digest.jobs.letters import LetterWriter
        from digest.renderers.wording import day

        return LetterWriter(
            email=self.email,
            sender=self.sender,
            links=Links(self.site.url, self.sender.key),
            url=self.site.url,
            newsletters=self.newsletters,
            written_day=day,
            signer=self.signer,
        )

    @cached_property
    def deliver(self) -> Deliver:
        """Hand editions off."""
        from digest.jobs.deliver import Deliver
        from digest.storage import Journals

        return Deliver(
            store=self.store,
            clock=self.clock,
            mailer=self.mailer,
            people=self.people,
            writer=self.letters,
            journals=Journals(self.settings.root / "var" / "journal"),
            give_up_after=self.settings.mail.give_up_after,
            on_doubt=self.settings.mail.on_doubt,
            stopping=self._stopping,
            throttling=self.throttling,
        )

    @cached_property
    def resolve(self) -> Resolve:
        """Settle doubts."""
        from digest.jobs.resolve import Resolve

        return Resolve(self.store, self.clock, self.sender, self.settings.mail.on_doubt)

    @cached_property
    def explain(self) -> Explain:
        """Say why something is in or out."""
        from digest.jobs.explain import Explain

        titles = {theme.slug: theme.title for theme in (*self.themes, other_theme())}
        return Explain(
            store=self.store,
            ahead=self.ahead,
            people=self.people,
            themes=titles,
            sources=self.source_titles,
            zone=self.site.timezone,
        )

    @cached_property
    def ahead(self) -> Ahead:
        """Open drafts before their time."""
        from digest.jobs.ahead import Ahead

        return Ahead(self.store, self.clock, self.drafting)

    @cached_property
    def preview(self) -> Preview:
        """Look at editions before they go out."""
        from digest.jobs.preview import Preview

        return Preview(self.approve, self.publish, self.letters)

    @cached_property
    def assemble(self) -> Assemble:
        """Make the editions that are due."""
        from digest.jobs.assemble import Assemble

        return Assemble(self.store, self.clock, self.drafting, self.approve)

    @cached_property
    def curate(self) -> Curate:
        """Do what editors decide."""
        from digest.jobs.curate import Curate

        return Curate(self.store, self.clock, tuple(theme.slug for theme in self.themes))

    @cached_property
    def publish(self) -> Publish:
        """Bring pages and feeds up to date."""
        from digest.jobs.publish import Publish

        return Publish(
            store=self.store,
            site=self.site,
            newsletters=tuple(self.newsletters.values()),
            themes=self.themes,
            source_titles=self.source_titles,
            renderers=self.renderers,
            publisher=self.publisher,
        )

    @cached_property
    def conveyor(self) -> Conveyor:
        """The whole way, once."""
        from digest.jobs.conveyor import Conveyor

        return Conveyor(
            store=self.store,
            clock=self.clock,
            collect=self.collect,
            assemble=self.assemble,
            publish=self.publish,
            deliver=self.deliver,
            stopping=self._stopping,
        )

    @cached_property
    def tasks(self) -> Tasks:
        """The jobs that an engine runs."""
        from digest.jobs.tasks import Tasks

        return Tasks(
            store=self.store,
            collecting=self.collect,
            assembling=self.assemble,
            publishing=self.publish,
            delivering=self.deliver,
            senders=self.settings.engine.senders,
            stopping=self._stopping,
        )

    @cached_property
    def sweep(self) -> Sweep:
        """Look for what is due."""
        from digest.jobs.sweep import Sweep

        return Sweep(self.store, self.clock, self.collect, self.assemble, self.deliver)


def _defaults(sources: tuple[SourceSettings, ...]) -> dict[str, str]:
    return {entry.name: entry.theme for entry in sources if entry.theme}
