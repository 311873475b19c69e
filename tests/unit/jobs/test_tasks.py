"""The named jobs, and the sweep that has them done: run here at once, when they become due."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Event, Thread
from typing import NoReturn

import pytest

from digest.core.edition import EditionId, EditionState
from digest.core.newsletter import Approval
from digest.errors import FetchError, PublishError, StorageError
from digest.jobs import calls
from digest.jobs.deliver import Deliver
from digest.jobs.sweep import Sweep
from digest.jobs.tasks import Tasks
from digest.storage import Database
from tests.builders import a_newsletter
from tests.fakes import DirectEngine, FakeJournals, FakeMailer, FakePeople
from tests.newsroom import Newsroom
from tests.notes import a_sending
from tests.sending import a_writer


class Floor:
    """A newsroom whose jobs run as soon as they are due."""

    def __init__(self, room: Newsroom, mailer: FakeMailer, engine: DirectEngine) -> None:
        people = room.approve.people
        assert isinstance(people, FakePeople)
        self.room, self.mailer, self.engine = room, mailer, engine
        writer = replace(a_writer(), newsletters=room.plans)
        week = timedelta(days=7)
        deliver = Deliver(room.store, room.clock, mailer, people, writer, FakeJournals(), week)
        notes = a_sending(room.store, room.clock, mailer)
        steps = room.collect, room.assemble, room.publish, deliver, notes
        self.tasks = Tasks(room.store, *steps)
        self.sweep = Sweep(room.store, room.clock, room.collect, room.assemble, deliver, notes)
        self.begin()

    def begin(self) -> None:
        """As a process that starts, with nothing in its memory."""
        for name, job in replace(self.tasks, placed=set()).named().items():
            self.engine.register(name, job)

    def called(self) -> list[str]:
        """What was called since the last look."""
        keys = [call.key for call in self.engine.calls]
        self.engine.calls.clear()
        return keys

    def look(self) -> None:
        """One sweep."""
        self.sweep.sources()
        self.sweep.editions()
        self.sweep.letters()
        self.sweep.notes()


@pytest.fixture
def engine() -> DirectEngine:
    return DirectEngine()


@pytest.fixture
def store(database_url: str, tmp_path: Path, engine: DirectEngine) -> Iterator[Database]:
    """A database whose transactions tell the engine what they make due."""
    store = Database(database_url, tmp_path, queue=engine)
    yield store
    store.close()


@pytest.fixture
def floor(store: Database, engine: DirectEngine) -> Floor:
    """Two sources, one item each, and two readers."""
    people = FakePeople(weekly=[None, ("theme-1",)])
    room = Newsroom(store, people=people, sources={"library": "", "watch": ""})
    room.sources["library"].show(1, title="One")
    room.sources["watch"].show(2, title="Two", tags=("t2",))
    return Floor(room, FakeMailer(), engine)


def raising(error: Exception) -> Callable[..., NoReturn]:
    def crash(*_: object, **__: object) -> NoReturn:
        raise error

    return crash


def test_sweeps_go_the_whole_way(floor: Floor) -> None:
    """From sources to published pages and one letter for each reader, by one job after another."""
    floor.look()
    assert floor.called() == [
        "collect:source=library",
        "publish",
        "collect:source=watch",
        "publish",
    ]
    floor.room.move(minutes=31)
    floor.look()
    assert floor.called() == [
        "compose:newsletter=weekly:slot=2026-11-16T06:30:00+00:00",
        "send:edition=1",
        "deliver:edition=1:shard=0",
    ]
    assert "weekly/2026-11-16/index.html" in floor.room.publisher.files
    assert len(floor.mailer.letters) == 2
    assert floor.room.states() == [EditionState.SENT]


def test_a_sweep_with_nothing_due_calls_nothing(floor: Floor) -> None:
    """It looks every few seconds; that must cost little."""
    floor.look()
    floor.room.move(minutes=31)
    floor.look()
    floor.called()
    floor.look()
    assert floor.called() == []


def test_what_a_source_brings_is_published_at_once(floor: Floor) -> None:
    """Without waiting for an edition; when nothing came, the files are left alone."""
    floor.sweep.sources()
    assert b"One" in floor.room.publisher.files["resources.txt"]
    floor.room.publisher.files.clear()
    floor.room.move(hours=2)
    floor.sweep.sources()
    assert floor.room.publisher.files == {}


def test_an_edition_holds_what_its_sources_show_by_its_time(floor: Floor) -> None:
    """What is due is collected first."""
    floor.look()
    floor.room.sources["library"].show(3, title="Three")
    floor.room.move(hours=2)
    floor.sweep.editions()
    assert sorted(floor.room.sent()[0]) == ["One", "Three", "Two"]


@pytest.mark.parametrize("error", [FetchError("it answered 500"), StorageError("it is locked")])
def test_a_failing_source_does_not_hold_up_the_edition(
    floor: Floor, error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other source's item goes out."""
    floor.look()
    floor.room.move(hours=2)
    if isinstance(error, FetchError):
        floor.room.sources["library"].fault = error
    else:
        monkeypatch.setattr(type(floor.room.collect), "_keep", raising(error))
    floor.sweep.editions()
    assert floor.room.states() == [EditionState.SENT]


def test_an_edition_waits_for_a_source_under_way(floor: Floor) -> None:
    """What is being read belongs to it."""
    live, reading, answered = floor.room.sources["library"], Event(), Event()
    collect = live.collect

    def slowly(*arguments: object) -> object:
        reading.set()
        assert answered.wait(30)
        return collect(*arguments)  # type: ignore[arg-type] # what it was given

    live.collect = slowly  # type: ignore[method-assign, assignment] # a slow server
    slow = Thread(target=floor.tasks.collect, args=("library",))
    slow.start()
    assert reading.wait(30)
    slot = floor.room.clock.now()
    compose = Thread(target=floor.tasks.compose, args=("weekly", slot.isoformat()))
    compose.start()
    answered.set()
    slow.join()
    compose.join()
    assert sorted(floor.room.sent()[0]) == ["One", "Two"]


def test_letters_wait_for_their_pages(floor: Floor, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a letter links to must be there; a later sweep sends it."""
    floor.look()
    floor.room.move(minutes=31)
    monkeypatch.setattr(floor.room.publisher, "publish", raising(PublishError("disk full")))
    with pytest.raises(PublishError):
        floor.sweep.editions()
    assert floor.mailer.letters == []
    monkeypatch.undo()
    floor.sweep.letters()
    assert len(floor.mailer.letters) == 2


def test_a_call_that_was_lost_is_found_in_the_rows(floor: Floor) -> None:
    """The process that heard of it died; another one, started later, sweeps."""
    floor.look()
    floor.room.move(minutes=31)
    floor.engine.jobs.pop("send")
    floor.sweep.editions()
    assert floor.mailer.letters == []
    floor.begin()
    floor.sweep.letters()
    assert len(floor.mailer.letters) == 2


def test_an_edition_is_sent_as_soon_as_an_editor_approves_it(
    store: Database, engine: DirectEngine
) -> None:
    """In the transaction of the approval; before it nothing is public."""
    plan = a_newsletter(approval=Approval.MANUAL)
    room = Newsroom(store, plan, people=FakePeople(weekly=[None]))
    room.sources["library"].show(1)
    floor = Floor(room, FakeMailer(), engine)
    room.look()
    made = room.make()
    assert floor.called() == []
    assert made.edition
    room.approve(made.edition, by="mira")
    assert floor.called() == ["send:edition=1", "deliver:edition=1:shard=0"]
    assert len(floor.mailer.letters) == 1


def test_as_many_hand_offs_run_as_there_are_senders(floor: Floor) -> None:
    """Each is a call of its own, so that workers on several machines take them."""
    floor.engine.jobs.clear()
    replace(floor.tasks, senders=3).send(7)
    found = [call for call in floor.engine.calls if call.job == "deliver"]
    assert found == [calls.deliver(EditionId(7), shard) for shard in range(3)]
    assert len({call.lock for call in found}) == 3


def test_told_to_stop_no_edition_is_made(floor: Floor) -> None:
    """Nor a source begun; all of it is still due."""
    slot = floor.room.clock.now()
    replace(floor.tasks, stopping=lambda: True).compose("weekly", slot.isoformat())
    assert floor.room.states() == []
    assert floor.room.known() == {}
