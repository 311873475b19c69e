"""The database as a whole: what it keeps through crashes, and what it says when it cannot."""

from __future__ import annotations

import os
import signal
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest
from sqlalchemy import Connection, event, text

from digest.core.edition import EditionId, EditionState
from digest.core.outbox import DeliveryState
from digest.errors import ConflictError, StorageError
from digest.storage import Database
from tests.builders import MONDAY
from tests.contract.keeping import approved_edition
from tests.postgres import Cluster

only_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
only_postgresql = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)

Opened = Callable[..., Database]


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Opened]:
    """Opens databases, and closes them after the test."""
    databases: list[Database] = []

    def open_one(url: str, patience: float = 5.0) -> Database:
        databases.append(Database(url, tmp_path, patience=patience))
        return databases[-1]

    yield open_one
    for database in databases:
        database.close()


@pytest.fixture
def another(opened: Opened, store: Database, database_url: str) -> Database:
    """A second process's view of the same database, with little patience."""
    del store
    return opened(database_url, patience=0.1)


def test_the_key_is_made_once(store: Database, another: Database) -> None:
    """The site's key has 32 bytes, and every process reads the same."""
    made = store.key()
    assert len(made) == 32
    assert (store.key(), another.key()) == (made, made)


def test_the_keys_of_two_sites_differ(opened: Opened) -> None:
    """Each new database makes a key of its own."""
    sites = [opened("sqlite:///a.db"), opened("sqlite:///b.db")]
    for site in sites:
        site.upgrade()
    assert sites[0].key() != sites[1].key()


def test_a_relative_file_is_in_the_sites_folder(opened: Opened, tmp_path: Path) -> None:
    """The folder of the file is made when it is missing."""
    opened("sqlite:///var/deep/digest.db").upgrade()
    assert (tmp_path / "var/deep/digest.db").is_file()


def test_a_block_that_fails_leaves_nothing(store: Database) -> None:
    """What was written before an error is taken back."""
    with suppress(LookupError), store.begin() as work:
        work.editions.register("weekly", MONDAY)
        raise LookupError
    with store.begin() as work:
        later = MONDAY.replace(hour=12)
        assert work.editions.register("weekly", later) == later


def test_a_reading_transaction_cannot_write(store: Database) -> None:
    """The database itself refuses; and the connection writes again later."""
    with pytest.raises(StorageError, match="may only read it"), store.read() as work:
        work.editions.register("weekly", MONDAY)
    with store.begin() as work:
        work.editions.register("weekly", MONDAY)


def test_a_reading_transaction_sees_one_state(store: Database, another: Database) -> None:
    """What others commit meanwhile is not seen before the block ends."""
    with store.read() as work:
        assert work.editions.records() == []
        with another.begin() as writing:
            writing.editions.add("weekly", MONDAY, MONDAY, EditionState.DRAFT)
        assert work.editions.records() == []
    with store.read() as work:
        assert len(work.editions.records()) == 1


def test_readers_do_not_wait_for_a_writer(store: Database, another: Database) -> None:
    """While one process writes, others read what was there before."""
    with store.begin() as work:
        work.editions.register("weekly", MONDAY)
        with another.read() as reading:
            assert reading.editions.records() == []


def test_waiting_for_another_process_has_an_end(store: Database, another: Database) -> None:
    """A lock held longer than our patience gives one sentence that says what to do."""
    with store.begin() as work:
        work.editions.lock("weekly")
        with (
            pytest.raises(StorageError, match="is locked by another process; try again or stop it"),
            another.begin() as late,
        ):
            late.editions.lock("weekly")


def test_a_locked_file_is_named(opened: Opened, tmp_path: Path) -> None:
    """The sentence names the file that another program holds."""
    database = opened("sqlite:///digest.db", patience=0.1)
    database.upgrade()
    with closing(sqlite3.connect(tmp_path / "digest.db", isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(StorageError, match=r"digest\.db is locked") as caught, database.begin():
            pass
    assert not caught.value.permanent


@only_sqlite
def test_a_full_disk_is_said_and_does_no_harm(store: Database) -> None:
    """A transaction that finds no room is taken back as a whole."""
    edition = approved_edition(store)
    store.close()
    event.listen(store.engine, "connect", _no_room)
    with pytest.raises(StorageError, match="cannot grow: the disk is full"), store.begin() as work:
        work.deliveries.enqueue(edition, ((n, ("a" * 99,), "") for n in range(9_999)), MONDAY)
    with store.read() as work:
        assert work.deliveries.counts(edition)[DeliveryState.DUE] == 0
    assert store.check() == []


def _no_room(connection: sqlite3.Connection, _: object) -> None:
    connection.execute("PRAGMA max_page_count = 1")


def test_a_folder_that_cannot_be_made_is_named(opened: Opened, tmp_path: Path) -> None:
    """A file where a folder should be gives one sentence."""
    (tmp_path / "var").write_text("a file")
    with pytest.raises(StorageError, match=r"the folder .*/var of the database cannot be made"):
        opened("sqlite:///var/digest.db").upgrade()


def test_a_folder_in_place_of_the_file_is_named(opened: Opened, tmp_path: Path) -> None:
    """A path that cannot be opened gives one sentence."""
    (tmp_path / "digest.db").mkdir()
    with pytest.raises(StorageError, match="cannot be opened: its folder must be there"):
        opened("sqlite:///digest.db").upgrade()


def test_a_file_of_another_kind_is_not_touched(opened: Opened, tmp_path: Path) -> None:
    """A file that is no database is named and stays as it was."""
    picture = b"GIF89a" * 1_000
    (tmp_path / "digest.db").write_bytes(picture)
    with pytest.raises(StorageError, match=r"is no SQLite database: check \[storage\] url"):
        opened("sqlite:///digest.db").upgrade()
    assert (tmp_path / "digest.db").read_bytes() == picture


def test_damage_is_found(opened: Opened, tmp_path: Path) -> None:
    """A check reads the whole file and says what is broken."""
    database = opened("sqlite:///digest.db")
    database.upgrade()
    edition = approved_edition(database)
    with database.begin() as work:
        work.deliveries.enqueue(edition, ((n, ("a",), "") for n in range(2_000)), MONDAY)
    database.close()
    file = tmp_path / "digest.db"
    whole = file.read_bytes()
    file.write_bytes(whole[:-40_960] + bytes(20_480) + whole[-20_480:])
    assert database.check() != []


def test_a_wrong_password_is_said_and_never_shown(postgresql: Cluster, opened: Opened) -> None:
    """The sentence tells where to look; it does not tell the password."""
    database = opened(postgresql.url("postgres", "stranger", "hunter2"))
    with pytest.raises(StorageError, match="refuses the user or the password") as caught:
        database.upgrade()
    assert "hunter2" not in str(caught.value)


def test_a_database_that_is_not_there_is_said(postgresql: Cluster, opened: Opened) -> None:
    """The sentence tells how to make it."""
    with pytest.raises(StorageError, match="is not there: create it with `createdb`"):
        opened(postgresql.url("nowhere")).upgrade()


def test_a_server_out_of_reach_is_said(tmp_path: Path, opened: Opened) -> None:
    """No server at the address: the sentence says so, and a check gives it as its finding."""
    database = opened(f"postgresql+psycopg://postgres@/digest?host={tmp_path}")
    with pytest.raises(StorageError, match="cannot be reached") as caught:
        database.upgrade()
    assert database.check() == [str(caught.value)]


@only_postgresql
def test_a_restarted_server_is_met_again(postgresql: Cluster, store: Database) -> None:
    """Connections that the server cut are replaced; a transaction it cut is not kept."""
    name = str(store.engine.url.database)

    def cut_off() -> None:
        with store.begin() as work:
            work.editions.add("weekly", MONDAY, MONDAY, EditionState.DRAFT)
            postgresql.disconnect(name)
            work.editions.add("daily", MONDAY, MONDAY, EditionState.DRAFT)

    with pytest.raises(StorageError, match="was stopped or cut us off"):
        cut_off()
    with store.read() as work:
        assert work.editions.records() == []


_DYING = """
import sys, time
from pathlib import Path
from digest.storage import Database
from tests.builders import MONDAY
database = Database(sys.argv[1], Path.cwd())
with database.begin() as work:
    work.deliveries.enqueue(int(sys.argv[2]), ((n, ("a",), "") for n in range(5_000)), MONDAY)
    print("half-way", flush=True)
    time.sleep(60)
"""


def test_a_kill_in_mid_transaction_leaves_data_whole(store: Database, database_url: str) -> None:
    """After ``kill -9`` nothing of the transaction is there, and the next one works."""
    edition = approved_edition(store)
    command = [sys.executable, "-c", _DYING, database_url, str(edition)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as dying:
        assert dying.stdout is not None
        assert dying.stdout.readline() == "half-way\n"
        os.kill(dying.pid, signal.SIGKILL)
    with store.begin() as work:
        assert work.deliveries.counts(edition)[DeliveryState.DUE] == 0
        assert work.deliveries.enqueue(edition, [(1, (), "")], MONDAY) == 1
    assert store.check() == []


@only_sqlite
def test_commits_are_on_the_disk(store: Database) -> None:
    """SQLite syncs at every commit, also in WAL mode, where it does not by default."""
    with store.engine.connect() as connection:
        settings = [_pragma(connection, name) for name in ("journal_mode", "synchronous")]
    assert settings == ["wal", 2]


def _pragma(connection: Connection, name: str) -> object:
    return connection.execute(text(f"PRAGMA {name}")).scalar()


def test_rows_cannot_point_nowhere(store: Database) -> None:
    """Both databases refuse a row whose parent is missing."""
    with pytest.raises(ConflictError, match="refused a row"), store.begin() as work:
        work.deliveries.enqueue(EditionId(7), [(1, (), "")], MONDAY)


def test_a_backup_holds_everything(
    store: Database, database_url: str, opened: Opened, tmp_path: Path
) -> None:
    """A backup of a database in use is whole, and only its owner may read it."""
    approved_edition(store)
    copy = tmp_path / "backups" / "digest.backup"
    with store.begin() as work:
        work.editions.register("weekly", MONDAY)
        store.backup(copy)
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert [path.name for path in copy.parent.iterdir()] == ["digest.backup"]
    if database_url.startswith("sqlite"):
        restored = opened(f"sqlite:///{copy}")
        assert restored.check() == []
        with store.read() as original, restored.read() as kept:
            assert kept.editions.records() == original.editions.records()
    else:
        assert copy.read_bytes().startswith(b"PGDMP")


@only_postgresql
def test_a_backup_without_pg_dump_says_what_to_install(
    store: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No half file is left behind."""
    monkeypatch.setenv("PATH", "")
    with pytest.raises(StorageError, match="apt-get install postgresql-client"):
        store.backup(tmp_path / "backups" / "digest.backup")
    assert list((tmp_path / "backups").iterdir()) == []


def test_a_backup_of_a_damaged_file_says_so(opened: Opened, tmp_path: Path) -> None:
    """And leaves no copy of the damage."""
    database = opened("sqlite:///digest.db")
    database.upgrade()
    database.close()
    file = tmp_path / "digest.db"
    whole = file.read_bytes()
    file.write_bytes(whole[:100] + bytes(4_000) + whole[4_100:])
    with pytest.raises(StorageError, match="is damaged: restore a backup"):
        database.backup(tmp_path / "copy.db")
    assert not (tmp_path / "copy.db").exists()


def test_a_failed_backup_leaves_the_one_before(store: Database, tmp_path: Path) -> None:
    """A place that cannot be written is named."""
    (tmp_path / "taken").write_text("a file")
    with pytest.raises(StorageError, match=r"the backup .* cannot be written"):
        store.backup(tmp_path / "taken" / "digest.backup")


@only_postgresql
def test_claims_find_the_queue_by_its_index_whatever_plan_is_prepared(store: Database) -> None:
    """Also by a plan for all values, which cannot know in which state a parameter asks for."""
    edition, claims = approved_edition(store), 8
    with store.begin() as work:
        work.deliveries.enqueue(edition, [(n, (), "") for n in range(claims)], MONDAY)
        for setting in ("plan_cache_mode = force_generic_plan", "enable_seqscan = off"):
            work.connection.execute(text(f"SET LOCAL {setting}"))
        scans = text("SELECT pg_stat_get_xact_numscans('ix_deliveries_queue'::regclass)")
        before = work.connection.scalar(scans) or 0
        for _ in range(claims):
            assert work.deliveries.claim(edition, "me", MONDAY, MONDAY, 1).deliveries
        assert (work.connection.scalar(scans) or 0) - before >= claims


@only_postgresql
def test_who_sleeps_in_a_transaction_keeps_nobody_from_the_rows(
    database_url: str, store: Database, opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server ends it after a while; what it had written is as if it had not been."""
    edition = approved_edition(store)
    with store.begin() as work:
        work.deliveries.enqueue(edition, [(1, (), "")], MONDAY)
    monkeypatch.setattr("digest.storage.dialects._MOST_IDLE", 1)
    asleep, other = opened(database_url), opened(database_url, patience=30.0)

    def sleep() -> None:
        with asleep.begin() as work:
            assert work.deliveries.cancel_open(edition, "asleep", MONDAY) == 1
            with other.begin() as meanwhile:
                assert meanwhile.deliveries.cancel_open(edition, "awake", MONDAY) == 1
            work.deliveries.counts(edition)

    with pytest.raises(StorageError):
        sleep()
    with store.read() as work:
        assert [row.reply for row in work.deliveries.list(edition)] == ["awake"]
