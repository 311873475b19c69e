"""Nothing is lost, nothing repeats: many rounds of everything that sources and editors do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from random import Random
from threading import Barrier, Thread
from typing import TypeVar

import pytest

from digest.core.decision import OF_THE_WHOLE, Act
from digest.core.edition import EditionId, EditionState, Filing
from digest.core.newsletter import OTHER, Approval
from digest.core.published import Published
from digest.core.reason import Reason
from digest.core.resource import Facts, ResourceId
from digest.errors import ConflictError, DigestError, StorageError, UsageError
from digest.ports import EditionRecord, Store, Work
from digest.storage import Database
from tests.builders import a_newsletter
from tests.newsroom import Newsroom

STEPS = 80
BRIEF = ("theme-1", "theme-2")

T = TypeVar("T")


class CrashingStore:
    """A database that loses a transaction just before it is kept, when told to."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.crashes = 0

    @contextmanager
    def begin(self) -> Iterator[Work]:
        with self._store.begin() as work:
            yield work
            if self.crashes:
                self.crashes -= 1
                raise StorageError("the machine lost its power")

    @contextmanager
    def read(self) -> Iterator[Work]:
        with self._store.read() as work:
            yield work

    def key(self) -> bytes:
        return self._store.key()


class Simulation:
    """A site where anything may happen at any time."""

    def __init__(self, store: Store, seed: int) -> None:
        self.random = Random(seed)
        self.store = CrashingStore(store)
        plans = (
            a_newsletter(slug="all", themes=()),
            a_newsletter(slug="brief", themes=BRIEF, approval=Approval.MANUAL, min_items=2),
        )
        self.room = Newsroom(self.store, *plans, sources={"library": "", "watch": "theme-2"})
        self.shown = 0

    def step(self) -> None:
        """Do one thing; whatever is refused is refused, and what crashes is done no more."""
        self.room.move(minutes=self.random.randint(1, 300))
        if self.random.random() < 0.1:
            self.store.crashes = 1
        with suppress(DigestError):
            self.random.choice(self._acts())()
        self.store.crashes = 0

    def _acts(self) -> list[Callable[[], object]]:
        often = [self.show, self.show, self.collect, self.collect, self.make, self.make]
        return [
            *often,
            self.change,
            self.commit_late,
            self.open_early,
            *[self.decide] * 4,
            *[self.approve] * 2,
            self.cancel,
            self.file,
            self.hide,
        ]

    def show(self) -> None:
        """A source shows something new, or what another source has already, back-dated or not."""
        source = self.room.sources[self.random.choice(["library", "watch"])]
        for _ in range(self.random.randint(1, 3)):
            self.shown += 1
            dates = [None, Published(self.room.clock.now() - timedelta(days=900))]
            number = self.random.choice([self.shown, self.random.randint(1, self.shown)])
            source.show(
                number,
                title=f"Part {number}",
                tags=self._tags(),
                published=self.random.choice(dates),
            )

    def change(self) -> None:
        """An item gets another title, other tags or another address."""
        source = self.room.sources[self.random.choice(["library", "watch"])]
        if source.shown:
            number = int(self.random.choice([*source.shown]).removeprefix("item-"))
            extra = self.random.choice(
                [{"title": f"Part {number}, corrected"}, {"url": f"https://moved.example/{number}"}]
            )
            source.show(number, **{"title": f"Part {number}", "tags": self._tags(), **extra})

    def _tags(self) -> tuple[str, ...]:
        return (self.random.choice(["t1", "t2", "t3", "none"]),)

    def collect(self) -> None:
        self.room.look(self.random.choice(["library", "watch"]))

    def commit_late(self) -> None:
        """A slow process writes now what it saw hours ago, before the last window closed."""
        self.shown += 1
        url = f"https://slow.example/{self.shown}"
        with self.store.begin() as work:
            work.resources.add(
                Facts(url, url, f"Late {self.shown}"),
                tag=f"tag:digest.example.org,2026:late/{self.shown}",
                now=self.room.clock.now() - timedelta(hours=self.random.randint(1, 48)),
                backlog=False,
                filing=Filing(self.random.choice(["theme-1", "theme-2", OTHER]), Reason("x", "x")),
            )

    def make(self) -> None:
        slug = self._newsletter()
        self.room.assemble(slug, self.room.assemble.at_once(slug))

    def open_early(self) -> None:
        slot = self.room.clock.now() + timedelta(days=self.random.randint(-1, 3))
        with self.store.begin() as work:
            work.editions.add(self._newsletter(), slot, slot, EditionState.DRAFT)

    def decide(self) -> None:
        """Something about a draft; mostly about what it holds, mostly dropped or moved."""
        for draft in self.drafts()[:1]:
            act = self.random.choice([*Act, Act.DROP, Act.DROP, Act.MOVE, Act.MOVE])
            value = {
                Act.MOVE: self.random.choice(["theme-1", "theme-2", OTHER, ""]),
                Act.REORDER: self.random.choice(["1", "2", ""]),
            }.get(act, self.random.choice(["words", "words", "words", ""]))
            with self.store.read() as work:
                items = work.editions.taken(draft.id) or [
                    (item, None) for item in work.editions.candidates(draft.newsletter, draft.slot)
                ]
            numbers = [item.resource.id for item, _ in items] or [ResourceId(1)]
            about = None if act in OF_THE_WHOLE else self.random.choice(numbers)
            self.room.decide(draft.id, act, value, about)

    def approve(self) -> None:
        for draft in self.drafts()[:1]:
            self.room.approve(draft.id, by="mira")

    def cancel(self) -> None:
        with self.store.read() as work:
            records = work.editions.records()
        if records:
            self.room.curate.cancel(self.random.choice(records).id, why="changed our minds")

    def file(self) -> None:
        theme = self.random.choice(["theme-1", "theme-2", "theme-3", OTHER])
        for number in [*self.room.known().values()][:1]:
            self.room.curate.file(number, theme, by="mira")

    def hide(self) -> None:
        with self.store.read() as work:
            numbers = sorted({n for item in work.resources.newest(999) for n in [item.resource.id]})
        hidden = self.random.random() < 0.3
        number = self.random.choice(numbers) if numbers else ResourceId(1)
        self.room.curate.hide(number, hidden=hidden)

    def _newsletter(self) -> str:
        return self.random.choice(["all", "brief"])

    def drafts(self) -> list[EditionRecord]:
        with self.store.read() as work:
            found = [*work.editions.records(states=[EditionState.DRAFT])]
        return self.random.sample(found, len(found))

    def settle(self) -> None:
        """Let everything out that can go, twice, as two quiet weeks would."""
        for source in ("library", "watch"):
            self.room.look(source)
        for _ in range(2):
            for slug in ("all", "brief"):
                while self.room.assemble.at_once(slug) > self.room.clock.now():
                    self.room.move(days=1)
                self.room.assemble(slug, self.room.assemble.at_once(slug))
            for draft in self.drafts():
                with suppress(UsageError):
                    self.room.approve(draft.id, by="mira")


def editions(room: Newsroom, newsletter: str) -> dict[EditionId, list[ResourceId]]:
    """What each published edition shows, as it was frozen."""
    with room.store.read() as work:
        found = {
            record.id: work.editions.find(newsletter, record.slug)
            for record in work.editions.records(newsletter)
            if record.state in {EditionState.APPROVED, EditionState.SENT}
        }
    return {
        number: [entry.resource for entry in full.edition.entries()]
        for number, full in found.items()
        if full and full.edition
    }


def held(room: Newsroom, edition: EditionId) -> tuple[set[ResourceId], set[ResourceId]]:
    """What an edition has taken to show, and what with a reason not to."""
    with room.store.read() as work:
        taken = work.editions.taken(edition)
    shown = {item.resource.id for item, why in taken if why is None}
    return shown, {item.resource.id for item, why in taken if why is not None}


def assert_whole(room: Newsroom) -> None:
    """Each edition shows what it took, and no resource is shown twice by a newsletter."""
    for newsletter in room.plans:
        published = editions(room, newsletter)
        shown = Counter(number for numbers in published.values() for number in numbers)
        assert not [number for number, times in shown.items() if times > 1]
        for edition, numbers in published.items():
            taken, left_out = held(room, edition)
            assert set(numbers) == taken
            assert not left_out & set(numbers)


def assert_accounted(room: Newsroom) -> None:
    """Each resource is in one edition of each newsletter, or has its reason, or waits."""
    with room.store.read() as work:
        resources = [item.resource for item in work.resources.newest(9999)]
        waiting = {slug: work.editions.candidates(slug, _later(room)) for slug in room.plans}
    assert waiting["all"] == []
    assert len([item for item in waiting["brief"] if item.filing.theme in BRIEF]) < 2
    waits = {slug: {item.resource.id for item in items} for slug, items in waiting.items()}
    for slug in room.plans:
        published = editions(room, slug)
        for resource in resources:
            places = room.fate(resource.id, slug)
            shown = [edition for edition, numbers in published.items() if resource.id in numbers]
            has_reason = resource.backlog or any(why for _, why in places)
            states = (bool(shown), has_reason, resource.id in waits[slug])
            assert len(places) <= 1
            assert sum(states) == 1, (resource.facts.title, slug, places)


def _later(room: Newsroom) -> datetime:
    return room.clock.now() + timedelta(days=1)


@pytest.mark.parametrize("seed", range(4))
def test_every_resource_is_in_one_edition_or_has_its_reason(store: Database, seed: int) -> None:
    """After every step nothing is shown twice; in the end nothing is missing."""
    simulation = Simulation(store, seed)
    for _ in range(STEPS):
        simulation.step()
        assert_whole(simulation.room)
    with store.begin() as work:
        everything = range(1, 1000)
        for number in everything:
            if work.resources.get(ResourceId(number)):
                work.resources.hide(ResourceId(number), hidden=False)
    simulation.settle()
    assert_whole(simulation.room)
    assert_accounted(simulation.room)


@pytest.mark.parametrize("seed", range(2))
def test_doing_everything_twice_changes_nothing(store: Database, seed: int) -> None:
    """Collecting, making the same slot and publishing again finds all done."""
    simulation = Simulation(store, seed)
    for _ in range(STEPS // 2):
        simulation.step()
    room = simulation.room
    simulation.settle()
    room.publish()
    slot = room.clock.now()
    room.assemble("all", slot)
    before = [room.sent(slug) for slug in room.plans]
    for source in room.sources:
        report = room.look(source)
        assert (report.new, report.changed) == (0, 0)
    assert room.assemble("all", slot).state is None
    assert list(room.publish()) == []
    assert [room.sent(slug) for slug in room.plans] == before


def test_many_at_the_same_slot_make_one_edition(store: Database) -> None:
    """Threads stand for processes: one makes it, the others see that it is made."""
    room = Newsroom(store)
    for number in range(10):
        room.sources["library"].show(number, title=f"Part {number}")
    room.look()
    slot = room.clock.now()
    reports = at_once(6, lambda: room.assemble("weekly", slot))
    made = [report for report in reports if report.state]
    assert [report.state for report in made] == [EditionState.APPROVED]
    assert [len(titles) for titles in room.sent()] == [10]


def test_many_at_neighbouring_slots_share_out_the_resources(store: Database) -> None:
    """Each edition is made whole, and none takes what another has."""
    room = Newsroom(store)
    for number in range(10):
        room.sources["library"].show(number, title=f"Part {number}")
    room.look()
    at_once(4, room.make)
    assert sum(len(titles) for titles in room.sent()) == 10
    assert_whole(room)


def test_many_that_approve_at_once_approve_once(store: Database) -> None:
    """One is told that it is done, the others that it was done already."""
    room = Newsroom(store, a_newsletter(approval=Approval.MANUAL))
    room.sources["library"].show(1)
    room.look()
    draft = room.make().edition or EditionId(0)

    def approve() -> str:
        try:
            return str(room.approve(draft, by="mira").edition.number)
        except ConflictError:
            return "late"

    assert sorted(at_once(4, approve)) == ["1", "late", "late", "late"]


def test_many_that_collect_one_source_keep_each_item_once(store: Database) -> None:
    """Whether or not they respect each other's turn."""
    room = Newsroom(store)
    for number in range(30):
        room.sources["library"].show(number, title=f"Part {number}")
    reports = at_once(4, room.look)
    assert sum(report.new for report in reports) == 30
    assert len(room.known()) == 30


def test_cancelling_and_approving_at_once_is_one_of_both(store: Database) -> None:
    """Either it goes out whole, or it is cancelled and the next edition has it all."""
    room = Newsroom(store, a_newsletter(approval=Approval.MANUAL))
    room.sources["library"].show(1)
    room.look()
    draft = room.make().edition or EditionId(0)

    def either(turns: list[Callable[[], object]]) -> None:
        with suppress(ConflictError):
            turns.pop()()

    turns: list[Callable[[], object]] = [
        lambda: room.curate.cancel(draft, why="no"),
        lambda: room.approve(draft, by="mira"),
    ]
    at_once(2, lambda: either(turns))
    assert_whole(room)
    cancelled = room.record(draft).state is EditionState.CANCELLED
    assert len(held(room, draft)[0]) == (0 if cancelled else 1)


def at_once(count: int, job: Callable[[], T]) -> list[T]:
    """Run a job in several threads that start together."""
    start = Barrier(count)
    results: list[T] = []

    def run() -> None:
        start.wait()
        results.append(job())

    threads = [Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == count
    return results
