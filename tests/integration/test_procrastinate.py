"""The engine of many machines on a real PostgreSQL: transactions, dead workers, old tables."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event

import psycopg
import pytest
from procrastinate.schema import migrations_path
from sqlalchemy import text

from digest.engines.procrastinate import ProcrastinateEngine
from digest.errors import StorageError
from digest.ports import Call
from digest.storage import Database
from tests.postgres import Cluster

pytestmark = pytest.mark.enable_socket

PATIENCE = 60.0
DEAD_AFTER = 2.0
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
CALL = Call("note", (("number", 1),), "work", "note")
_CATALOGUE = """
SELECT p.proname, pg_get_functiondef(p.oid) FROM pg_proc p WHERE p.proname LIKE 'procrastinate_%'
ORDER BY 1, 2
"""


@pytest.fixture
def engine(empty_postgresql: str) -> Iterator[ProcrastinateEngine]:
    engine = an_engine(empty_postgresql)
    yield engine
    engine.stop()


@pytest.fixture
def store(engine: ProcrastinateEngine, empty_postgresql: str, tmp_path: Path) -> Iterator[Database]:
    store = Database(empty_postgresql, tmp_path, queue=engine)
    store.upgrade()
    yield store
    engine.stop()
    store.close()


def an_engine(database: str) -> ProcrastinateEngine:
    engine = ProcrastinateEngine(database)
    engine.dead_after = DEAD_AFTER
    return engine


def enqueue(store: Database, *calls: Call) -> None:
    with store.begin() as work:
        for call in calls:
            work.enqueue(call)


def noting(done: list[int]) -> Callable[[int], None]:
    """A job that notes what it was given."""

    def note(number: int) -> None:
        done.append(number)

    return note


def waiting(store: Database) -> int:
    with store.engine.connect() as connection:
        return int(connection.scalar(text("SELECT count(*) FROM procrastinate_jobs")) or 0)


def test_a_call_is_in_the_queue_with_the_rows_that_made_it_due(store: Database) -> None:
    """Both are kept, or neither; nobody sees one without the other."""
    with store.begin() as work:
        work.sources.claim("library", NOON, NOON)
        work.enqueue(CALL)
        assert waiting(store) == 0
    assert waiting(store) == 1
    with pytest.raises(ZeroDivisionError):
        fail(store)
    assert waiting(store) == 1
    with store.read() as work:
        assert [record.name for record in work.sources.records()] == ["library"]


def fail(store: Database) -> None:
    with store.begin() as work:
        work.sources.claim("watch", NOON, NOON)
        work.enqueue(Call("note", (("number", 2),), "work", "note"))
        raise ZeroDivisionError


def test_a_call_that_waits_already_costs_the_transaction_nothing(store: Database) -> None:
    """What it wrote before is kept, although PostgreSQL refuses the row."""
    enqueue(store, CALL)
    with store.begin() as work:
        work.sources.claim("library", NOON, NOON)
        work.enqueue(CALL)
    assert waiting(store) == 1
    with store.read() as work:
        assert [record.name for record in work.sources.records()] == ["library"]


def test_what_is_done_leaves_nothing_in_the_queue(
    engine: ProcrastinateEngine, store: Database
) -> None:
    """Failed or not: the rows of the house tell what became of it."""
    engine.register("note", lambda number: 1 // number)
    engine.start({"work": 1})
    enqueue(store, CALL, Call("note", (("number", 0),), "work", "note"))
    _until(lambda: waiting(store) == 0)


def test_what_a_killed_worker_left_is_done_by_another(
    engine: ProcrastinateEngine, store: Database, empty_postgresql: str, tmp_path: Path
) -> None:
    """Its job is found by the sweep and runs anew; its lock does not hold up others for ever."""
    begun, done = tmp_path / "begun", []
    finished = Event()

    def note(number: int) -> None:
        done.append(number)
        if len(done) == 2:
            finished.set()

    command = [sys.executable, "-m", "tests.integration.test_procrastinate", empty_postgresql]
    process = subprocess.Popen([*command, str(begun)])
    enqueue(store, CALL)
    _until(begun.exists)
    process.kill()
    process.wait()
    enqueue(store, Call("note", (("number", 2),), "work", "note"))

    engine.register("note", note)
    engine.every(timedelta(days=1), "any", lambda: None)
    engine.start({"work": 2})
    assert finished.wait(PATIENCE)
    assert sorted(done) == [1, 2]
    _until(lambda: waiting(store) == 0)


def test_what_a_killed_worker_left_is_dropped_when_the_same_waits(
    engine: ProcrastinateEngine, store: Database, empty_postgresql: str, tmp_path: Path
) -> None:
    """It is done once."""
    begun = tmp_path / "begun"
    done: list[int] = []
    command = [sys.executable, "-m", "tests.integration.test_procrastinate", empty_postgresql]
    process = subprocess.Popen([*command, str(begun)])
    enqueue(store, CALL)
    _until(begun.exists)
    process.kill()
    process.wait()
    enqueue(store, CALL)
    assert waiting(store) == 2

    engine.register("note", noting(done))
    engine.every(timedelta(days=1), "any", lambda: None)
    engine.start({"work": 2})
    _until(lambda: waiting(store) == 0)
    assert done == [1]


def test_a_worker_outlives_a_restart_of_the_database(
    engine: ProcrastinateEngine, store: Database, postgresql: Cluster, empty_postgresql: str
) -> None:
    """All its connections are cut; it goes on with new ones."""
    done: list[int] = []
    engine.register("note", noting(done))
    engine.start({"work": 1})
    enqueue(store, CALL)
    _until(lambda: done == [1])
    postgresql.disconnect(empty_postgresql.rpartition("/")[2].partition("?")[0])
    store.close()
    enqueue(store, CALL)
    _until(lambda: done == [1, 1])


def test_the_tables_are_made_once(store: Database) -> None:
    """Every process asks for them; calls that wait stay."""
    enqueue(store, CALL)
    store.upgrade()
    assert waiting(store) == 1


def test_older_tables_are_brought_to_the_version_of_the_package(
    postgresql: Cluster, empty_postgresql: str, tmp_path: Path
) -> None:
    """By the migrations that come with it, from the one noted; they end as new ones begin."""
    fresh_url = postgresql.create(f"{tmp_path.name}_fresh".replace("-", "_").lower()[-60:])
    fresh = Database(fresh_url, tmp_path, queue=an_engine(fresh_url))
    fresh.upgrade()
    migrations = sorted(migrations_path.glob("*.sql"))
    old = next(n for n, found in enumerate(migrations) if found.stem.startswith("03.01.00_50"))
    with psycopg.connect(_libpq(empty_postgresql)) as connection:
        for migration in migrations[: old + 1]:
            connection.execute(migration.read_bytes())
            connection.commit()
        note = f"COMMENT ON TABLE procrastinate_jobs IS '{migrations[old].stem}'"
        connection.execute(note.encode())
    store = Database(empty_postgresql, tmp_path, queue=an_engine(empty_postgresql))
    store.upgrade()
    try:
        assert _functions(store) == _functions(fresh)
        enqueue(store, CALL)
        assert waiting(store) == 1
    finally:
        store.close()
        fresh.close()
        postgresql.drop(fresh_url.rpartition("/")[2].partition("?")[0])


def test_tables_of_a_newer_package_are_refused(store: Database, empty_postgresql: str) -> None:
    """In a sentence that says what to do; they are left alone."""
    with psycopg.connect(_libpq(empty_postgresql)) as connection:
        connection.execute("COMMENT ON TABLE procrastinate_jobs IS '99.00.00_01_new'")
    with pytest.raises(StorageError, match=r"have version 99\.00\.00_01_new, and the newest"):
        store.upgrade()


def _functions(store: Database) -> list[tuple[str, str]]:
    with store.engine.connect() as connection:
        found = connection.execute(text(_CATALOGUE))
        return [(name, " ".join(body.split())) for name, body in found]


def _libpq(url: str) -> str:
    return url.replace("postgresql+psycopg://", "postgresql://")


def _until(done: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not done():
        assert time.monotonic() < end, "it took too long"
        time.sleep(0.02)


def hang(database: str, begun: Path) -> None:
    """Begin a job and never end it; run as a program by the tests, to be killed."""

    def note(number: int) -> None:
        begun.write_text(str(number))
        time.sleep(PATIENCE)

    engine = an_engine(database)
    engine.register("note", note)
    engine.start({"work": 1})
    time.sleep(PATIENCE)


if __name__ == "__main__":
    hang(sys.argv[1], Path(sys.argv[2]))
