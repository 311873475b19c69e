"""A PostgreSQL of the tests' own: on a Unix socket only, in a throw-away folder.

One cluster serves all processes of a test run. Each process holds a shared lock on it as long as
it may need it; whoever leaves last stops it. The kernel drops the locks of a process that dies,
so nothing has to be counted.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

MISSING = (
    "these tests need PostgreSQL: run `apt-get install postgresql`, "
    "or set DIGEST_TESTS_WITHOUT_POSTGRESQL=1 to skip them"
)
_ROOM = "max_connections=200"
_SPEED = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")
_CLOSED_ROLE = "stranger"
_EMPTY = """
SET session_replication_role = replica;
DO $$
DECLARE thing text;
BEGIN
    FOR thing IN SELECT tablename FROM pg_tables
        WHERE schemaname = 'public' AND tablename <> 'alembic_version'
    LOOP EXECUTE format('DELETE FROM %I', thing); END LOOP;
    FOR thing IN SELECT sequencename FROM pg_sequences
    LOOP EXECUTE format('ALTER SEQUENCE %I RESTART', thing); END LOOP;
END $$
"""


@dataclass(frozen=True, slots=True)
class Cluster:
    """A running server and the folder it lives in."""

    binaries: Path
    folder: Path

    def url(self, database: str = "postgres", role: str = "postgres", password: str = "") -> str:
        """The address of a database for SQLAlchemy."""
        secret = f":{password}" if password else ""
        return f"postgresql+psycopg://{role}{secret}@/{database}?host={self.folder}"

    def create(self, database: str, *, like: str = "template1") -> str:
        """Make a database, a copy of one that nobody is using, and answer with its address."""
        names = sql.Identifier(database), sql.Identifier(like)
        self._run(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(*names))
        return self.url(database)

    def empty(self, database: str) -> None:
        """End all connections, delete all rows but the version of the schema, count from 1."""
        self.disconnect(database)
        self._run(sql.SQL(_EMPTY), database)

    def drop(self, database: str) -> None:
        """Remove a database and whoever is connected to it."""
        self._run(
            sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(database))
        )

    def disconnect(self, database: str) -> None:
        """End every connection to a database, as a restart of the server would."""
        self._run(
            sql.SQL(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = {}"
            ).format(sql.Literal(database))
        )

    def start(self, *, durable: bool = False) -> None:
        """Make the data folder and start the server; durable: as an operator would have it."""
        _as_owner(
            self.folder,
            self.binaries / "initdb",
            "--pgdata=data",
            "--no-sync",
            "--auth=trust",
            "--username=postgres",
            "--encoding=UTF8",
            "--no-locale",
        )
        access = self.folder / "data/pg_hba.conf"
        access.write_text(f"local all {_CLOSED_ROLE} scram-sha-256\n{access.read_text()}")
        place = ("listen_addresses=''", f"unix_socket_directories='{self.folder}'")
        settings = (*place, _ROOM, *(() if durable else _SPEED))
        options = " ".join(f"-c {setting}" for setting in settings)
        self._control("start", "--log=log", f"--options={options}")
        self._run(
            sql.SQL("CREATE ROLE {} LOGIN PASSWORD 'right'").format(sql.Identifier(_CLOSED_ROLE))
        )

    def stop(self) -> None:
        """Stop the server and leave nothing behind."""
        self._control("stop", "--mode=immediate")
        shutil.rmtree(self.folder)

    def _control(self, *arguments: str) -> None:
        _as_owner(self.folder, self.binaries / "pg_ctl", "--pgdata=data", "--wait", *arguments)

    def _run(self, statement: sql.SQL | sql.Composed, database: str = "postgres") -> None:
        place = f"host={self.folder} user=postgres dbname={database}"
        with psycopg.connect(place, autocommit=True) as connection:
            connection.execute(statement)


@contextmanager
def shared_cluster(meeting_point: Path, *, durable: bool = False) -> Iterator[Cluster]:
    """The cluster of this test run, started by whoever comes first.

    Args:
        meeting_point: a folder that all processes of the run know.
        durable: what is committed outlives a loss of power, as tests do not need.

    Raises:
        LookupError: there is no PostgreSQL on this machine.
    """
    door, users = meeting_point / "postgresql.door", meeting_point / "postgresql.users"
    note = meeting_point / "postgresql.json"
    with users.open("a") as stay:
        with _alone(door):
            cluster = _noted(note) or _started(note, durable=durable)
            fcntl.flock(stay, fcntl.LOCK_SH)
        try:
            yield cluster
        finally:
            with _alone(door), suppress(BlockingIOError):
                fcntl.flock(stay, fcntl.LOCK_UN)
                fcntl.flock(stay, fcntl.LOCK_EX | fcntl.LOCK_NB)
                note.unlink()
                cluster.stop()


def find_binaries() -> Path:
    """The folder with ``initdb`` and ``pg_ctl``; the newest version when there are several.

    Raises:
        LookupError: there is none.
    """
    installed = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    if versions := sorted(installed, key=lambda path: int(path.parts[-3])):
        return versions[-1].parent
    if elsewhere := shutil.which("initdb"):
        return Path(elsewhere).resolve().parent
    raise LookupError(MISSING)


def _noted(note: Path) -> Cluster | None:
    if not note.exists():
        return None
    known = json.loads(note.read_text())
    return Cluster(Path(known["binaries"]), Path(known["folder"]))


def _started(note: Path, *, durable: bool) -> Cluster:
    binaries = find_binaries()
    # A short path: a Unix socket's address may have 107 bytes, pytest's folders are longer, and
    # they are closed to the account the server runs as.
    cluster = Cluster(binaries, Path(tempfile.mkdtemp(prefix="digest-pg-")))
    if os.geteuid() == 0:
        shutil.chown(cluster.folder, "postgres", "postgres")
    cluster.start(durable=durable)
    note.write_text(json.dumps({"binaries": str(binaries), "folder": str(cluster.folder)}))
    return cluster


@contextmanager
def _alone(door: Path) -> Iterator[None]:
    with door.open("a") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _as_owner(folder: Path, program: Path, *arguments: str) -> None:
    """Run a program of PostgreSQL, which refuses to be root."""
    owner = ("runuser", "-u", "postgres", "--") if os.geteuid() == 0 else ()
    done = subprocess.run(
        [*owner, program, *arguments],
        cwd=folder,
        check=False,
        text=True,
        timeout=60,
        stdout=subprocess.PIPE if program.name == "initdb" else subprocess.DEVNULL,
        stderr=subprocess.STDOUT if program.name == "initdb" else subprocess.DEVNULL,
    )
    if done.returncode:
        log = folder / "log"
        said = log.read_text() if log.exists() else done.stdout
        raise RuntimeError(f"{program.name} {arguments} failed: {said}")
