"""The schema: one history that ends where the tables are."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.runtime.migration import HeadMaintainer
from alembic.script import ScriptDirectory
from sqlalchemy import MetaData, inspect

import subscribers
from digest.errors import StorageError
from digest.storage import Database, schema
from digest.storage.tables import metadata
from tests.builders import MONDAY
from tests.contract.keeping import approved_edition, open_edition
from tests.older import MIGRATIONS, go_back, pretend

_BEFORE_HEADINGS = "0003"


@pytest.fixture
def empty(database_url: str, tmp_path: Path) -> Iterator[Database]:
    """A database without any table."""
    database = Database(database_url, tmp_path)
    yield database
    database.close()


def _both_houses() -> MetaData:
    both = MetaData()
    for table in (*metadata.sorted_tables, *subscribers.metadata.sorted_tables):
        table.to_metadata(both)
    return both


def test_the_history_makes_exactly_the_tables(empty: Database) -> None:
    """After all revisions nothing differs from the tables of both houses."""
    empty.upgrade()
    with empty.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, _both_houses()) == []


def test_the_head_named_in_the_code_is_the_newest_revision() -> None:
    """The short way to know an up-to-date database agrees with Alembic."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    assert ScriptDirectory.from_config(config).get_current_head() == schema.HEAD


def test_upgrading_twice_changes_nothing(store: Database) -> None:
    """What is there stays."""
    with store.begin() as work:
        work.editions.register("weekly", MONDAY)
    store.upgrade()
    later = MONDAY.replace(hour=23)
    with store.begin() as work:
        assert work.editions.register("weekly", later) == MONDAY


def test_an_empty_database_says_what_to_run(empty: Database) -> None:
    """A check and any use of a database without tables name the command."""
    assert empty.check() == [
        f"the database has schema none: run `digest db upgrade` for {schema.HEAD}"
    ]
    with pytest.raises(StorageError, match="run `digest db upgrade`"), empty.read() as work:
        work.editions.records()


def test_an_older_schema_says_what_to_run(empty: Database) -> None:
    """A database one revision behind is named, and brought up to date."""
    empty.upgrade()
    pretend(empty, "0001")
    assert empty.check() == [
        f"the database has schema 0001: run `digest db upgrade` for {schema.HEAD}"
    ]


def test_a_newer_schema_is_left_alone(empty: Database) -> None:
    """A version of the program that is too old says so and changes nothing."""
    empty.upgrade()
    pretend(empty, "9999")
    assert len(empty.check()) == 1
    with pytest.raises(StorageError, match=r"schema 9999, which this version .* does not know"):
        empty.upgrade()
    assert "9999" in empty.check()[0]


def test_a_revision_that_fails_leaves_nothing(
    empty: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The schema is changed as a whole or not at all, on both databases."""

    def fail(*_: object, **__: object) -> None:
        raise LookupError

    monkeypatch.setattr(HeadMaintainer, "update_to_step", fail)
    with pytest.raises(LookupError):
        empty.upgrade()
    with empty.engine.connect() as connection:
        assert inspect(connection).get_table_names() == []


def test_editions_frozen_before_headings_were_kept_have_them(empty: Database) -> None:
    """They are made of the editions, as the program makes them."""
    empty.upgrade()
    for number in (1, 2):
        approved_edition(empty, number)
    open_edition(empty)
    with empty.read() as work:
        headings = work.editions.headings("weekly")
    go_back(empty, _BEFORE_HEADINGS)
    empty.upgrade()
    with empty.read() as work:
        assert work.editions.headings("weekly") == headings != []


_UPGRADING = """
import sys, time
from pathlib import Path
from digest.storage import Database
database = Database(sys.argv[1], Path.cwd())
while time.time() < float(sys.argv[2]):
    pass
database.upgrade()
print(database.key().hex())
database.close()
"""


def test_two_processes_that_start_at_once_agree(database_url: str, tmp_path: Path) -> None:
    """One of them makes the schema, the other waits; both read the same key."""
    moment = str(time.time() + 1.5)
    command = [sys.executable, "-c", _UPGRADING, database_url, moment]
    both = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    keys = [process.communicate(timeout=60)[0] for process in both]
    assert [process.returncode for process in both] == [0, 0]
    assert keys[0] == keys[1] != ""


def test_the_room_is_opened_without_alembic() -> None:
    """A sender stays small: Alembic is imported where the schema is changed, not before."""
    command = "import digest.storage, sys; print('alembic' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", command], capture_output=True, text=True, check=True
    )
    assert done.stdout == "False\n"
