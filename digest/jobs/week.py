"""The week at a glance: what comes next, what waits, what is wrong, how the last ones went."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from digest.core.composition import other_theme
from digest.core.edition import EditionState, FiledResource
from digest.core.newsletter import Newsletter, Theme
from digest.core.outbox import DeliveryState
from digest.core.resource import ResourceId
from digest.core.source import Health
from digest.jobs.ahead import Ahead
from digest.jobs.survey import Census
from digest.ports import Clock, EditionRecord, SourceRecord, Store, Work

WEEKS = 12
"""How far back the themes are shown."""
EDITIONS = 12
"""How many editions back the deliveries are shown."""
_OUT = (EditionState.APPROVED, EditionState.SENT, EditionState.CANCELLED)
_TROUBLED = (Health.FAILING, Health.GONE)


@dataclass(frozen=True, slots=True)
class Coming:
    """The edition of a newsletter that comes next.

    Attributes:
        edition: its draft; number 0: nobody opened one yet.
        slot: when it is due; ``None``: it has no schedule and nobody opened a draft.
        items: what it would hold now: each resource with its theme.
        readers: how many follow the newsletter now.
        is_late: its time is over and it waits for approval.
    """

    newsletter: Newsletter
    edition: EditionRecord
    slot: datetime | None
    items: tuple[tuple[ResourceId, str], ...]
    readers: int
    is_late: bool


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an edition that went out.

    Attributes:
        audience: how many letters there were to be; the counts of all states add up to it.
    """

    record: EditionRecord
    title: str
    counts: Mapping[DeliveryState, int]

    @property
    def audience(self) -> int:
        """Everybody who was to get it."""
        return sum(self.counts.values())

    def count(self, states: Iterable[DeliveryState]) -> int:
        """How many letters are in some states."""
        return sum(self.counts[state] for state in states)


@dataclass(frozen=True, slots=True)
class Shelf:
    """One theme: what waits in it, and what came week by week.

    Attributes:
        weeks: how many items were first seen in each of the last weeks, the oldest first.
    """

    theme: Theme
    waiting: int
    weeks: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Week:
    """Everything the page shows.

    Attributes:
        mondays: the first days of the weeks that the shelves count.
        outcomes: of the editions that went out, the newest first.
        unfiled: resources that nothing could place and nobody has filed yet, the newest first.
    """

    coming: tuple[Coming, ...]
    shelves: tuple[Shelf, ...]
    mondays: tuple[date, ...]
    troubled: tuple[SourceRecord, ...]
    unfiled: tuple[FiledResource, ...]
    outcomes: tuple[Outcome, ...]


@dataclass(frozen=True, slots=True)
class Glance:
    """Looks; nothing is written."""

    store: Store
    clock: Clock
    ahead: Ahead
    people: Census
    themes: Sequence[Theme]
    sources: Mapping[str, str]

    def __call__(self) -> Week:
        """Look at everything at one moment.

        Raises:
            StorageError: the database is out of reach.
        """
        now = self.clock.now()
        mondays = _mondays(now)
        with self.store.read() as work:
            coming = tuple(self._coming(work, now))
            return Week(
                coming,
                tuple(self._shelves(work, coming, mondays)),
                mondays,
                tuple(self._troubled(work)),
                tuple(self._unfiled(work, coming)),
                tuple(self._outcomes(work)),
            )

    def _coming(self, work: Work, now: datetime) -> Iterator[Coming]:
        readers = self._readers()
        for slug, plan in self.ahead.drafting.newsletters.items():
            record = self.ahead.coming(work, slug)
            draft = self.ahead.drafting.window(work, record).draft.edition
            yield Coming(
                plan,
                record,
                record.slot if record.id or plan.schedule else None,
                tuple((entry.resource, entry.theme) for entry in draft.entries()),
                readers.get(slug, 0),
                is_late=bool(record.id) and record.slot <= now,
            )

    def _readers(self) -> Mapping[str, int]:
        return {slug: n for (slug, state), n in self.people.tally().items() if state == "active"}

    def _troubled(self, work: Work) -> Iterator[SourceRecord]:
        resting = work.roster.mutes()
        for record in work.sources.records():
            is_ours = record.name in self.sources and record.name not in resting
            if record.health in _TROUBLED and is_ours:
                yield record

    def _shelves(
        self, work: Work, coming: Sequence[Coming], mondays: tuple[date, ...]
    ) -> Iterator[Shelf]:
        # What waits for two newsletters waits once.
        waiting = Counter(theme for _, theme in {item for each in coming for item in each.items})
        arrived = work.resources.arrivals(_midnight(mondays[0]))
        weekly = Counter((theme, _monday(moment)) for theme, moment in arrived)
        for theme in (*self.themes, other_theme()):
            weeks = tuple(weekly[theme.slug, monday] for monday in mondays)
            yield Shelf(theme, waiting[theme.slug], weeks)

    def _unfiled(self, work: Work, coming: Sequence[Coming]) -> Iterator[FiledResource]:
        """What waits for an editor to file it, also where no newsletter carries such things."""
        seen: set[ResourceId] = set()
        for each in coming:
            for item in work.editions.candidates(each.newsletter.slug, self.clock.now()):
                number = item.resource.id
                if item.filing.is_to_file and number not in seen:
                    seen.add(number)
                    yield item

    def _outcomes(self, work: Work) -> Iterator[Outcome]:
        plans = self.ahead.drafting.newsletters
        for record in work.editions.records(states=_OUT, limit=EDITIONS):
            if record.approved_at:
                title = plans[record.newsletter].title if record.newsletter in plans else ""
                counts = work.deliveries.counts(record.id)
                yield Outcome(record, title or record.newsletter, counts)


def _monday(moment: datetime) -> date:
    return moment.date() - timedelta(days=moment.weekday())


def _mondays(now: datetime) -> tuple[date, ...]:
    this = _monday(now)
    return tuple(this - timedelta(weeks=back) for back in reversed(range(WEEKS)))


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
