"""The edges: where things are kept, and how they come in and go out."""

from __future__ import annotations

from datetime import timedelta
from functools import cached_property
from operator import attrgetter
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

from digest import plugins
from digest.config import SourceSettings, core_values, read_options
from digest.core.source import Source
from digest.errors import ConfigError, Problem, UsageError
from subscribers import Links

if TYPE_CHECKING:
    from collections.abc import Mapping

    from digest.collectors.fetching import Fetcher
    from digest.collectors.finding import Finder
    from digest.core.checks.support import Support
    from digest.core.filing.meaning import Embedder
    from digest.ports import (
        Collector,
        EmailRenderer,
        Engine,
        IdentityProvider,
        Inspector,
        Listener,
        Mailer,
        NoteRenderer,
        Passwords,
        Publisher,
        Renderer,
        Webhook,
    )
    from digest.renderers.templating import Templates
    from digest.storage import Database
    from digest.wiring.correspondence import Correspondence
    from digest.wiring.roster import Roster
    from subscribers import Desk, People


from digest.wiring.joining import rules
from digest.wiring.values import Values

_SOON = timedelta(seconds=8)
"""How long a page may take to answer while an editor waits for the checks."""


class Parts(Values):
    """Everything that touches the world outside."""

    # Where things are kept.

    @cached_property
    def database(self) -> Database:
        """The database as it is, whatever its schema."""
        from digest.storage import Database

        url = self.settings.storage.url.get_secret_value()
        return Database(url, self.settings.root, queue=self.engine)

    @cached_property
    def store(self) -> Database:
        """The database, brought to the present schema and the present names of themes."""
        self.database.upgrade()
        self._rename_themes()
        return self.database

    def _rename_themes(self) -> None:
        if not any(theme.formerly for theme in self.themes):
            return
        from digest.jobs.renaming import Renaming
        from subscribers import People

        people = People(self.database.engine, self.database.key(), self.clock.now)
        Renaming(self.database, self.clock, people, self.themes)()

    @cached_property
    def people(self) -> People:
        """The subscribers."""
        from subscribers import People

        return People(
            self.store.engine, self.store.key(), self.clock.now, letters=self.correspondence
        )

    @cached_property
    def links(self) -> Links:
        """The addresses that stand in letters."""
        return Links(self.site.url, self.store.key())

    @cached_property
    def desk(self) -> Desk:
        """What takes and answers what strangers ask for."""
        from subscribers import Desk

        return Desk(
            self.store.engine,
            self.store.key(),
            self.clock.now,
            self.correspondence,
            self.links,
            self.offers,
            rules(self.settings.subscribe, self.settings.privacy),
        )

    @cached_property
    def correspondence(self) -> Correspondence:
        """What writes the letters that the subscribers' house asks for."""
        from digest.wiring.correspondence import Correspondence

        return Correspondence(
            self.clock,
            lambda: self.notes,
            lambda: self.mailer,
            self.throttling.provider_of,
            self.newsletters,
            self.site.url,
            self.site.language,
        )

    @cached_property
    def passwords(self) -> Passwords:
        """What hashes the passwords of editors."""
        from digest.passwords import Argon2Passwords

        return Argon2Passwords()

    @cached_property
    def identities(self) -> IdentityProvider | None:
        """Who vouches for the people at the desk, if another site does."""
        from digest.wiring.identities import provider

        return provider(self.settings, lambda: self.registry)

    @property
    def passwords_open(self) -> bool:
        """Whether passwords open the desk."""
        return self.settings.openid is None or self.settings.openid.passwords

    # Edges.

    @cached_property
    def fetcher(self) -> Fetcher:
        """The one door for everything fetched from outside."""
        from digest.collectors.fetching import Fetcher

        return Fetcher(self.settings.collect)

    @cached_property
    def glancer(self) -> Fetcher:
        """The same door, for somebody who waits: what does not answer soon is let be."""
        from digest.collectors.fetching import Fetcher

        collect = self.settings.collect
        return Fetcher(collect.model_copy(update={"timeout": min(collect.timeout, _SOON)}))

    @cached_property
    def registry(self) -> Fetcher:
        """The same door, to the provider of identities."""
        from digest.collectors.fetching import Fetcher
        from digest.wiring.identities import manners

        return Fetcher(manners(self.settings))

    @cached_property
    def finder(self) -> Finder:
        """What finds the feed behind an address."""
        from digest.collectors.finding import Finder

        return Finder(self.fetcher)

    @cached_property
    def roster(self) -> Roster:
        """The sources there are, those added at the desk among them."""
        from digest.wiring.roster import Roster

        themes = frozenset(theme.slug for theme in self.themes)
        return Roster(self.settings.sources, lambda: self.store, themes)

    @cached_property
    def source_titles(self) -> Mapping[str, str]:
        """What readers call each source, by its name."""
        from digest.wiring.roster import Told

        return Told(self.roster, attrgetter("title"))

    @cached_property
    def default_themes(self) -> Mapping[str, str]:
        """The theme that each source's items go to when nothing else says one; may be empty."""
        from digest.wiring.roster import Told

        return Told(self.roster, attrgetter("theme"))

    @cached_property
    def readers(self) -> Mapping[str, tuple[Source, Collector]]:
        """Every source with what reads it, by its name."""
        from digest.wiring.roster import Readers

        return Readers(self.roster, self.reader)

    def collector(self, name: str) -> tuple[Source, Collector]:
        """A source with what reads it.

        Raises:
            UsageError: no source has that name.
        """
        try:
            return self.readers[name]
        except KeyError:
            known = ", ".join(self.source_titles) or "(none is configured)"
            raise UsageError(f'no source "{name}"; expected one of {known}') from None

    def reader(self, entry: SourceSettings) -> tuple[Source, Collector]:
        """A source with what reads it, whether or not it is one of the site's."""
        kind = plugins.load("collectors", entry.kind)
        options = read_options(kind.Options, entry.options, file="source", key=entry.name)
        source = core_values.source(entry)
        return source, kind(source, options, self.fetcher, self.settings.root)

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

    @cached_property
    def notes(self) -> NoteRenderer:
        """What writes letters to single people."""
        from digest.renderers.note import TemplateNoteRenderer

        return TemplateNoteRenderer(self.templates)

    def returning(self, role: str) -> dict[str, Any]:
        """The ways for bounces to come in of one role: mailbox, listener or webhook; by name."""
        found = {}
        for number, entry in enumerate(self.settings.bounces, 1):
            kind = plugins.load("bounces", entry.kind)
            if kind.role == role:
                key = f"bounces[{number}]"
                options = read_options(kind.Options, entry.options, file="config.toml", key=key)
                around = self._fetched if role == "webhook" else self.settings.root
                found[entry.name] = kind(options, around)
        return found

    def _fetched(self, url: str) -> bytes:
        return self.fetcher.fetch(url).body

    @cached_property
    def listeners(self) -> dict[str, Listener]:
        """Where messages that come back are delivered to us, by name."""
        return self.returning("listener")

    @cached_property
    def webhooks(self) -> dict[str, Webhook]:
        """What reads the reports of providers, by name."""
        return self.returning("webhook")

    def render_page(self, template: str, /, **values: object) -> str:
        """Render one of the pages that are made when they are asked for."""
        return self.templates.render(template, root=f"{urlsplit(self.site.url).path}/", **values)

    @cached_property
    def inspectors(self) -> dict[str, Inspector]:
        """What looks at letters with tools from outside, by name."""
        settings, root = self.settings.checks, self.settings.root
        return {
            kind: plugins.load("inspectors", kind)(settings, self.glancer, root)
            for kind in plugins.kinds("inspectors")
        }

    @cached_property
    def client_support(self) -> Support:
        """What the readers' mail programs can show.

        Raises:
            ConfigError: the file that says so cannot be read.
        """
        from digest.core.checks.support import OURS, SHARES, Support, read_caniemail

        table = self.settings.checks
        shares = table.clients or SHARES
        if table.client_data is None:
            return Support(OURS.unable, shares)
        try:
            text = (self.settings.root / table.client_data).read_text("utf-8")
            return read_caniemail(text, shares)
        except (OSError, ValueError) as error:
            raise ConfigError(Problem("config.toml", "checks.client_data", str(error))) from error

    @cached_property
    def embedder(self) -> Embedder | None:
        """The model of language that helps to file; ``None``: there is none.

        Raises:
            ConfigError: its packages are not installed.
        """
        kind = self.settings.filing.embedder
        return cast("Embedder", plugins.load("embedders", kind)()) if kind else None

    @cached_property
    def languages(self) -> tuple[tuple[str, str], ...]:
        """The languages of the site and its newsletters, each with its own name for itself."""
        from digest.renderers.wording import locale

        tags = [self.site.language, *(plan.language for plan in self.newsletters.values())]
        return tuple((tag, locale(tag).get_display_name() or tag) for tag in dict.fromkeys(tags))

    @cached_property
    def publisher(self) -> Publisher:
        """Where readers fetch pages and feeds."""
        kind = plugins.load("publishers", self.settings.publish.kind)
        return cast("Publisher", kind(self.settings.root / self.settings.publish.directory))

    @cached_property
    def mailer(self) -> Mailer:
        """How letters leave."""
        from digest.jobs.rationing import Rationing

        mail = self.settings.mail
        rates = {server.id: server.rate for server in mail.relays if server.rate}
        permits = Rationing(self.store, self.clock, rates)
        kind = plugins.load("mailers", mail.kind)
        return cast("Mailer", kind(mail, self.settings.root, permits))

    @cached_property
    def engine(self) -> Engine:
        """What runs jobs, once it is started, and takes those that become due."""
        kind = plugins.load("engines", self.settings.engine.kind)
        return cast("Engine", kind(self.settings.storage.url.get_secret_value()))
