"""What every engine promises (:class:`digest.ports.Engine`)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from threading import Event, Lock, Timer

import pytest

from digest import plugins
from digest.ports import Call, Engine
from digest.storage import Database

pytestmark = pytest.mark.enable_socket  # asyncio's loop wakes itself by a pair of sockets

PATIENCE = 30.0
LANES = {"work": 2}
SELDOM = timedelta(days=1)


def a_call(number: int = 1, *, queue: str = "work", lock: str = "") -> Call:
    return Call("note", (("number", number),), queue, lock or f"note-{number}")


class Notes:
    """A job that notes what it was given, and how many of it ran at a time."""

    def __init__(self, hold: Event | None = None) -> None:
        self._hold, self._lock = hold, Lock()
        self._now = 0
        self.seen: list[int] = []
        self.most = 0
        self.begun = Event()
        self.twice = Event()

    def __call__(self, number: int) -> None:
        with self._lock:
            self._now += 1
            self.most = max(self.most, self._now)
            self.seen.append(number)
            (self.twice if self.begun.is_set() else self.begun).set()
        if self._hold:
            assert self._hold.wait(PATIENCE)
        with self._lock:
            self._now -= 1


@pytest.fixture(params=plugins.kinds("engines"))
def kind(request: pytest.FixtureRequest) -> str:
    """The name of each kind."""
    return str(request.param)


@pytest.fixture
def database_url(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database that it can work with."""
    if kind == "embedded":
        return f"sqlite:///{tmp_path / 'digest.db'}"
    return str(request.getfixturevalue("empty_postgresql"))


@pytest.fixture
def make(kind: str, database_url: str) -> Iterator[Callable[[], Engine]]:
    """A new engine of each kind; all are stopped in the end."""
    made: list[Engine] = []

    def make_one() -> Engine:
        made.append(plugins.load("engines", kind)(database_url))
        return made[-1]

    yield make_one
    for engine in made:
        engine.stop()


@pytest.fixture
def engine(make: Callable[[], Engine]) -> Engine:
    return make()


@pytest.fixture
def store(engine: Engine, database_url: str, tmp_path: Path) -> Iterator[Database]:
    """A database whose transactions queue jobs with the engine."""
    store = Database(database_url, tmp_path, queue=engine)
    store.upgrade()
    yield store
    engine.stop()
    store.close()


def enqueue(store: Database, *calls: Call) -> None:
    with store.begin() as work:
        for call in calls:
            work.enqueue(call)


def test_a_job_runs_again_and_again(engine: Engine, store: Database) -> None:
    """Until the engine is stopped; the first time at its start, to catch up."""
    ticks = [Event() for _ in range(3)]
    waiting = iter(ticks)
    engine.every(timedelta(milliseconds=10), "tick", lambda: next(waiting, Event()).set())
    engine.start({})
    assert all(tick.wait(PATIENCE) for tick in ticks)


def test_a_job_that_raises_does_not_stop_the_others(engine: Engine, store: Database) -> None:
    """Nor itself: it is run again."""
    again, other = Event(), Event()
    runs = iter([None, again])

    def fail() -> None:
        if event := next(runs, None):
            event.set()
        raise RuntimeError("no luck")

    engine.every(timedelta(milliseconds=10), "fail", fail)
    engine.every(timedelta(milliseconds=10), "other", other.set)
    engine.start({})
    assert again.wait(PATIENCE)
    assert other.wait(PATIENCE)


def test_it_can_be_stopped_at_any_time(engine: Engine) -> None:
    """Before its start as well, and twice."""
    engine.every(SELDOM, "never", lambda: None)
    engine.stop()
    engine.stop()


def test_it_can_be_started_again(engine: Engine, store: Database) -> None:
    """With all it knew."""
    notes = Notes()
    engine.register("note", notes)
    engine.start(LANES)
    engine.stop()
    engine.start(LANES)
    enqueue(store, a_call())
    assert notes.begun.wait(PATIENCE)


def test_a_call_runs_when_its_transaction_is_kept(engine: Engine, store: Database) -> None:
    """With the arguments it was given."""
    notes = Notes()
    engine.register("note", notes)
    engine.start(LANES)
    enqueue(store, a_call(7))
    assert notes.begun.wait(PATIENCE)
    assert notes.seen == [7]


def test_a_call_is_dropped_with_its_transaction(engine: Engine, store: Database) -> None:
    """What never became due is not done."""
    notes = Notes()
    engine.register("note", notes)
    engine.start(LANES)
    with suppress(RuntimeError), store.begin() as work:
        work.enqueue(a_call(1))
        raise RuntimeError("changed our mind")
    enqueue(store, a_call(2))
    assert notes.begun.wait(PATIENCE)
    engine.stop()
    assert notes.seen == [2]


def test_a_call_that_waits_already_is_not_queued_twice(engine: Engine, store: Database) -> None:
    """Within a transaction and over several; and the transaction goes on."""
    hold = Event()
    notes = Notes(hold)
    engine.register("note", notes)
    engine.start({"work": 1})
    enqueue(store, a_call(1))
    assert notes.begun.wait(PATIENCE)
    enqueue(store, a_call(2), a_call(2))
    enqueue(store, a_call(2), a_call(3))
    hold.set()
    _until(lambda: 3 in notes.seen)
    engine.stop()
    assert sorted(notes.seen) == [1, 2, 3]


def test_calls_run_beside_each_other_as_far_as_the_lane_is_wide(
    engine: Engine, store: Database
) -> None:
    """No more at a time than it was told."""
    hold = Event()
    notes = Notes(hold)
    engine.register("note", notes)
    engine.start(LANES)
    enqueue(store, *map(a_call, range(5)))
    assert notes.twice.wait(PATIENCE)
    hold.set()
    _until(lambda: len(notes.seen) == 5)
    assert notes.most == 2


def test_of_calls_with_one_lock_one_runs_at_a_time(engine: Engine, store: Database) -> None:
    """And it holds up none with another lock."""
    hold = Event()
    notes = Notes(hold)
    engine.register("note", notes)
    engine.start(LANES)
    enqueue(store, a_call(1, lock="pages"), a_call(2, lock="pages"))
    assert notes.begun.wait(PATIENCE)
    enqueue(store, a_call(3))
    _until(lambda: 3 in notes.seen)
    assert len(notes.seen) == 2
    hold.set()
    _until(lambda: len(notes.seen) == 3)


def test_a_call_that_raises_is_told_in_the_log_and_the_next_one_runs(
    engine: Engine, store: Database, caplog: pytest.LogCaptureFixture
) -> None:
    """A fault of one job is no fault of the engine."""
    done = Event()

    def fail_once(number: int) -> None:
        if number == 1:
            raise RuntimeError("no luck")
        done.set()

    engine.register("note", fail_once)
    engine.start({"work": 1})
    enqueue(store, a_call(1), a_call(2))
    assert done.wait(PATIENCE)
    assert "job note failed" in caplog.text


def test_stopping_waits_for_a_call_under_way(engine: Engine, store: Database) -> None:
    """A letter on the wire is finished and accounted for; what waits is not begun."""
    hold = Event()
    notes = Notes(hold)
    engine.register("note", notes)
    engine.start({"work": 1})
    enqueue(store, a_call(1))
    assert notes.begun.wait(PATIENCE)
    Timer(0.2, hold.set).start()
    engine.stop()
    assert hold.is_set()
    enqueue(store, a_call(2))
    assert notes.seen == [1]


def test_a_call_of_another_queue_is_left_alone(engine: Engine, store: Database) -> None:
    """It is for a process that works on that queue."""
    notes = Notes()
    engine.register("note", notes)
    engine.start(LANES)
    enqueue(store, a_call(1, queue="elsewhere"))
    enqueue(store, a_call(2))
    assert notes.begun.wait(PATIENCE)
    engine.stop()
    assert notes.seen == [2]


def test_a_call_runs_where_it_can_be_run(
    kind: str, make: Callable[[], Engine], engine: Engine, store: Database
) -> None:
    """With a shared queue in whichever process works on it; else in this one, or not at all."""
    notes, other = Notes(), make()
    other.register("note", notes)
    other.start(LANES)
    enqueue(store, a_call())
    assert engine.shared == (kind == "procrastinate")
    if engine.shared:
        assert notes.begun.wait(PATIENCE)
    other.stop()
    assert bool(notes.seen) == engine.shared


def _until(done: Callable[[], bool]) -> None:
    pause = Event()
    for _ in range(int(PATIENCE / 0.01)):
        if done():
            return
        pause.wait(0.01)
    raise AssertionError("it took too long")
