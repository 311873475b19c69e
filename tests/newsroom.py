"""The jobs over one database, with sources, readers and a clock of the test's own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from digest.core.artifact import Artifact
from digest.core.catalogue import Catalogue
from digest.core.checks.finding import Finding, Report, Result
from digest.core.checks.policy import Level
from digest.core.composition import Composer
from digest.core.decision import Act
from digest.core.edition import EditionId, EditionState, content_hash
from digest.core.newsletter import Newsletter, Theme
from digest.core.reason import Reason
from digest.core.resource import ResourceId
from digest.core.source import Bookmark, Harvest, Reject, Sighting, Source
from digest.core.theme import RuleFiler
from digest.jobs.approve import Approve
from digest.jobs.assemble import Assemble, AssembleReport
from digest.jobs.collect import Collect, CollectReport
from digest.jobs.curate import Curate
from digest.jobs.deciding import Deciding
from digest.jobs.draft import Drafting
from digest.jobs.learning import Learner
from digest.jobs.publish import Publish
from digest.jobs.release import Release
from digest.jobs.signing_off import SignOff
from digest.jobs.to_file import ToFile
from digest.ports import Clock, EditionRecord, Store
from tests.builders import a_newsletter, a_sighting, a_site
from tests.fakes import FakePeople, FakePublisher, TickingClock

START = datetime(2026, 11, 16, 6, 0, tzinfo=UTC)
"""A Monday morning: half an hour before the weekly of :func:`a_newsletter`."""

THEMES = tuple(Theme(f"theme-{n}", f"Theme {n}", tags=(f"t{n}",)) for n in (1, 2, 3))


class LiveSource:
    """A source whose items a test may change at any time.

    ``shown`` are the items it shows now, by key; ``fault`` is raised instead, while there is one.
    """

    def __init__(self, source: Source) -> None:
        self.source = source
        self.shown: dict[str, Sighting] = {}
        self.rejects: tuple[Reject, ...] = ()
        self.fault: Exception | None = None
        self.wait: timedelta | None = None

    def show(self, number: int, **over: object) -> Sighting:
        """Show an item, or show it otherwise than before."""
        sighting = a_sighting(number, **{"source": self.source.name, "tags": ("t1",), **over})
        self.shown[sighting.key] = sighting
        return sighting

    def collect(self, bookmark: Bookmark, now: datetime) -> Harvest:
        if self.fault:
            raise self.fault
        seen = tuple(replace(sighting, seen_at=now) for sighting in self.shown.values())
        return Harvest(seen, self.rejects, Bookmark(cursor=f"{now}"), wait=self.wait)


class TextRenderer:
    """Makes one short document of each issue, and one of everything."""

    def render(self, catalogue: Catalogue) -> Iterable[Artifact]:
        for shelf in catalogue.shelves:
            for issue in (*shelf.issues, *shelf.again):
                path = f"{issue.edition.heading.folder}index.html"
                yield Artifact(path, "text/plain", issue.content_hash.encode())
        titles = "\n".join(filed.resource.facts.title for filed in catalogue.resources)
        yield Artifact("resources.txt", "text/plain", titles.encode())


class Newsroom:
    """Everything wired as the real house wires it, but for the edges."""

    def __init__(
        self,
        store: Store,
        *newsletters: Newsletter,
        people: FakePeople | None = None,
        clock: Clock | None = None,
        themes: Sequence[Theme] = THEMES,
        sources: Mapping[str, str] | None = None,
    ) -> None:
        """Wire; ``sources`` gives each source's default theme, by name."""
        self.store = store
        self.clock = clock or TickingClock(START)
        self.plans = {plan.slug: plan for plan in newsletters or (a_newsletter(),)}
        defaults = {"library": ""} if sources is None else sources
        self.sources = {name: _live(name, theme) for name, theme in defaults.items()}
        self.publisher = FakePublisher()
        composer = Composer(tuple(themes), {name: name.title() for name in defaults})
        self.drafting = Drafting(self.clock, self.plans, composer)
        rules = RuleFiler(themes, {name: slug for name, slug in defaults.items() if slug})
        self.filer = Learner(store, themes, rules)
        titles = {theme.slug: theme.title for theme in themes}
        self.to_file = ToFile(store, self.clock, self.filer, titles)
        slugs, resort = tuple(titles), self.to_file.resort
        self.deciding = Deciding(store, self.clock, slugs, self.drafting, resort)
        self.curate = Curate(store, self.clock, slugs, self.deciding, resort)
        live = {name: (live.source, live) for name, live in self.sources.items()}
        self.collect = Collect(store, self.clock, self.filer, live, "digest.example.org")
        self.approve = Approve(
            store=store,
            clock=self.clock,
            drafting=self.drafting,
            people=people or FakePeople(),
            host="digest.example.org",
            resort=self.to_file.resort,
        )
        self.sign_off = SignOff(self.approve, self.look_at)
        self.release = Release(store, self.clock, self.approve, self.look_at)
        self.assemble = Assemble(store, self.clock, self.drafting, self.release, resort)
        self.fault = ""
        self.publish = Publish(
            store=store,
            site=a_site(),
            newsletters=tuple(self.plans.values()),
            themes=themes,
            source_titles={name: name.title() for name in defaults},
            renderers=(TextRenderer(),),
            publisher=self.publisher,
        )

    def look_at(self, edition: EditionId) -> Report:
        """What the checks say that can stop a draft: ``fault``, if the test set one."""
        found = (Finding(self.fault),) if self.fault else ()
        result = Result("links", "Links", "why", Level.BLOCK, found)
        return Report(content_hash(self.approve.preview(edition)), (result,))

    def move(self, **by: float) -> None:
        """Let time pass."""
        assert isinstance(self.clock, TickingClock)
        self.clock.move(timedelta(**by))

    def look(self, source: str = "library") -> CollectReport:
        """Collect a source now."""
        return self.collect(source, now=True)

    def make(self, newsletter: str = "weekly") -> AssembleReport:
        """Make an edition now."""
        return self.assemble(newsletter, self.clock.now())

    def decide(
        self, edition: EditionId | None, act: Act, value: str, resource: int | None = None
    ) -> None:
        assert edition
        number = None if resource is None else ResourceId(resource)
        self.curate.decide(edition, act, value, resource=number, by="mira")

    def record(self, edition: EditionId | None) -> EditionRecord:
        assert edition
        with self.store.read() as work:
            found = work.editions.get(edition)
        assert found
        return found

    def known(self) -> dict[str, ResourceId]:
        """The number of each resource, by its title."""
        with self.store.read() as work:
            newest = work.resources.newest(10_000)
        return {filed.resource.facts.title: filed.resource.id for filed in newest}

    def fate(
        self, resource: int, newsletter: str = "weekly"
    ) -> list[tuple[EditionRecord, Reason | None]]:
        """The editions of a newsletter that hold a resource, with why it is left out there."""
        with self.store.read() as work:
            places = work.editions.where(ResourceId(resource))
        return [place for place in places if place[0].newsletter == newsletter]

    def sent(self, newsletter: str = "weekly") -> list[list[str]]:
        """The titles in each approved edition, the oldest edition first."""
        with self.store.read() as work:
            issues = work.editions.issues(newsletter)
        return [[entry.title for entry in issue.edition.entries()] for issue in reversed(issues)]

    def states(self, newsletter: str = "weekly") -> list[EditionState]:
        """The state of each edition, the oldest slot first."""
        with self.store.read() as work:
            return [record.state for record in reversed(work.editions.records(newsletter))]


def _live(name: str, theme: str) -> LiveSource:
    return LiveSource(Source(name, name.title(), "live", theme))
