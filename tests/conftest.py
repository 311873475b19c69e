"""What every test may ask for."""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from hypothesis import settings

from digest.storage import Database
from tests.postgres import Cluster, find_binaries, shared_cluster

# No test is timed: on a busy machine the first example of a property may take long.
settings.register_profile("untimed", deadline=None)
settings.register_profile("quick", parent=settings.get_profile("untimed"), max_examples=20)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "untimed"))


@pytest.fixture(scope="session")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A PostgreSQL server, one for all processes of the run."""
    try:
        find_binaries()
    except LookupError as missing:
        if os.environ.get("DIGEST_TESTS_WITHOUT_POSTGRESQL") == "1":
            pytest.skip(str(missing))
        pytest.fail(str(missing), pytrace=False)
    folder = tmp_path_factory.getbasetemp()
    is_one_of_several = "PYTEST_XDIST_WORKER" in os.environ
    with shared_cluster(folder.parent if is_one_of_several else folder) as cluster:
        yield cluster


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite database with its schema and nothing in it, to be copied."""
    file = tmp_path_factory.mktemp("migrated") / "digest.db"
    database = Database(f"sqlite:///{file}", file.parent)
    database.upgrade()
    database.close()
    return file


@pytest.fixture(scope="session")
def migrated_databases(postgresql: Cluster) -> Iterator[Callable[[], AbstractContextManager[str]]]:
    """Lends PostgreSQL databases with their schema and nothing in them, one after the other."""
    free: list[str] = []

    @contextmanager
    def lend() -> Iterator[str]:
        name = free.pop() if free else _migrated(postgresql)
        yield postgresql.url(name)
        # Emptying one takes 10 ms, making one 250 ms.
        postgresql.empty(name)
        free.append(name)

    yield lend
    for name in free:
        postgresql.drop(name)


def _migrated(postgresql: Cluster) -> str:
    name = f"migrated_{uuid.uuid4().hex}"
    database = Database(postgresql.create(name), Path.cwd())
    database.upgrade()
    database.close()
    return name


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a fresh database, of each kind; empty, unless ``store`` is asked for too."""
    migrated = "store" in request.fixturenames
    if request.param == "sqlite":
        file = tmp_path / "digest.db"
        if migrated:
            shutil.copy(request.getfixturevalue("migrated_file"), file)
        yield f"sqlite:///{file}"
    elif migrated:
        with request.getfixturevalue("migrated_databases")() as url:
            yield url
    else:
        cluster: Cluster = request.getfixturevalue("postgresql")
        name = f"empty_{uuid.uuid4().hex}"
        yield cluster.create(name)
        cluster.drop(name)


@pytest.fixture
def store(database_url: str, tmp_path: Path) -> Iterator[Database]:
    """A database with its schema and nothing in it, of each kind."""
    database = Database(database_url, tmp_path)
    yield database
    database.close()


@pytest.fixture
def empty_postgresql(postgresql: Cluster) -> Iterator[str]:
    """The address of a PostgreSQL database with nothing in it."""
    name = f"empty_{uuid.uuid4().hex}"
    yield postgresql.create(name)
    postgresql.drop(name)
