"""What goes wrong in a real life: one clear line, the right exit code, and nothing is lost."""

from __future__ import annotations

import json
import os
import random
import socket
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from digest.cli.main import cli
from digest.clock import SystemClock
from digest.storage import Database
from tests.local_web import Answer, LocalWeb, bomb, drips, gives, moves
from tests.smtp_sink import SmtpSink

pytestmark = pytest.mark.enable_socket

_CONFIG = """\
[site]
name = "Riverbank"
url = "https://digest.example.org"
contact = "editors@example.org"
postal_address = "7 Weir Lane, Berlin"

[collect]
timeout = "1s"
allow_private = ["127.0.0.1"]

[mail]
from_address = "digest@example.org"

[[sources]]
name = "desk"
kind = "folder"
path = "notes"

[[sources]]
name = "web"
kind = "feed"
url = "{url}"

[[newsletters]]
slug = "weekly"
title = "Weekly"
schedule = "weekly monday 08:00"
"""

_NOTE = "---\ntitle: Rain on stone\nurl: https://notes.example.org/rain/\n---\n\nAll of it.\n"

_FEED = b"""\
<rss version="2.0"><channel><title>W</title><link>https://web.example.org/</link>
<item><title>What a dike remembers</title><link>https://web.example.org/dike/</link></item>
</channel></rss>
"""

_GARBAGE = random.Random(5).randbytes(10_000_000)


class Site:
    """A site with two sources and one reader, and somebody who runs it."""

    def __init__(self, folder: Path, web: LocalWeb) -> None:
        self.folder = folder
        self.web = web
        self.config = folder / "config.toml"
        self.config.write_text(_CONFIG.format(url=web.url("/feed")))
        (folder / "notes").mkdir()
        (folder / "notes" / "rain.md").write_text(_NOTE)

    def type(self, *words: str) -> Result:
        return CliRunner().invoke(cli, ["--config", str(self.config), *words])

    def done(self, *words: str) -> str:
        """What a command that must end well said."""
        result = self.type(*words)
        assert (result.exit_code, result.stderr) == (0, "")
        return result.stdout

    def data(self, *words: str) -> Any:
        return json.loads(self.done(*words, "--json"))

    def refused(self, *words: str, code: int = 1) -> str:
        """The one line that a command which must fail said on standard error."""
        result = self.type(*words)
        assert result.exit_code == code
        return _one_line(result.stderr)

    def refused_by_the_system(self, *words: str) -> str:
        """The same, in a process that the system refuses what it refuses everybody."""
        command = [sys.executable, "-m", "digest", "--config", str(self.config), *words]
        if os.geteuid() == 0:
            command = ["setpriv", "--bounding-set=-dac_override,-dac_read_search", *command]
        done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=60)
        assert done.returncode == 1
        return _one_line(done.stderr)

    def change(self, old: str, new: str) -> None:
        text = self.config.read_text()
        assert old in text
        self.config.write_text(text.replace(old, new, 1))

    def enrol(self) -> None:
        self.done("subscribers", "add", "ada@example.net", "--how", "sign-up sheet")

    def titles(self) -> set[str]:
        return {resource["title"] for resource in self.data("resources", "list")}

    def letters(self) -> int:
        return len(list((self.folder / "var" / "outbox").glob("*.eml")))

    def picture(self) -> dict[str, bytes]:
        """Every file with its bytes."""
        files = (file for file in self.folder.rglob("*") if file.is_file())
        return {str(file.relative_to(self.folder)): file.read_bytes() for file in files}


def _one_line(said: str) -> str:
    lines = said.splitlines()
    assert len(lines) == 1
    assert lines[0].startswith("digest: ")
    assert "Traceback" not in said
    assert "a fault in the program" not in said
    return lines[0]


@pytest.fixture
def web() -> Iterator[LocalWeb]:
    with LocalWeb({"/feed": gives(_FEED)}) as web:
        yield web


@pytest.fixture
def site(tmp_path: Path, web: LocalWeb) -> Site:
    return Site(tmp_path, web)


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Lets an hour pass, when it is called."""

    def pass_() -> None:
        monkeypatch.setattr(SystemClock, "now", lambda _: datetime.now(UTC) + timedelta(hours=1))

    return pass_


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('name = "Riverbank"\n', "", "site.name: is required"),
        ("[mail]", "[mail]\nform_name = 1", "mail.form_name: unknown key"),
        ('kind = "feed"', 'kind = "fead"', "sources[2].kind: no kind"),
        ("weekly monday 08:00", "weekly monday 8", "newsletters[1].schedule: expected"),
        ("[mail]", "[mail", "file: is not TOML"),
        ('from_address = "digest@example.org"', "", "mail.from_address: is required"),
        ("[[sources]]", "[sources]", "file: is not TOML"),
    ],
)
def test_a_wrong_configuration_is_one_line_and_starts_nothing(
    site: Site, old: str, new: str, said: str
) -> None:
    """It names file and key, the exit code is 2, and no file is made or changed."""
    site.change(old, new)
    before = site.picture()

    assert f"config.toml: {said}" in site.refused("run", "--now", code=2)
    assert site.picture() == before


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (gives(b"", 404), "answered 404 Not Found: nothing is there; check the address"),
        (gives(b"", 410), "answered 410 Gone: it is gone for good; remove the source"),
        (gives(b"", 500), "answered 500 Internal Server Error"),
        (moves("/feed"), "redirects more than 5 times"),
        (moves("file:///etc/passwd"), "which is not http or https"),
        (gives(_GARBAGE), "this is no feed that can be read"),
        (gives(b"<rss>" + b"x" * 16_000_000), "is larger than 15,000,000 bytes"),
        (bomb(50_000_000), "is larger than 15,000,000 bytes"),
        (drips(30), "did not answer in time"),
        (gives(b""), "this is no feed that can be read"),
    ],
    ids=["404", "410", "500", "circle", "file", "garbage", "large", "bomb", "slow", "empty"],
)
def test_a_source_that_fails_is_one_line_and_stops_nothing(
    site: Site, answer: Answer, said: str
) -> None:
    """The run ends well with all else; once the source is mended, nothing of it is missing."""
    site.enrol()
    site.web.answers["/feed"] = answer

    _assert_only_web_failed(site, said)

    site.web.answers["/feed"] = gives(_FEED)
    _assert_the_rest_comes(site)


def test_a_source_out_of_reach_is_one_line_and_stops_nothing(site: Site) -> None:
    """A closed port is told like any other fault of a source."""
    site.enrol()
    site.change(site.web.url("/feed"), f"http://127.0.0.1:{_closed_port()}/feed")

    _assert_only_web_failed(site, "cannot be reached: Connection refused")

    site.config.write_text(_CONFIG.format(url=site.web.url("/feed")))
    _assert_the_rest_comes(site)


def _assert_only_web_failed(site: Site, said: str) -> None:
    report = site.done("run", "--now")
    (line,) = [line for line in report.splitlines() if "failed" in line]
    assert line.startswith("  web failed: ")
    assert said in line
    assert "weekly/" in report
    assert site.letters() == 1
    failed = site.type("collect", "--source", "web")
    assert (failed.exit_code, failed.stdout.count("\n")) == (1, 1)
    assert site.done("db", "check") == "the database is well\n"


def _assert_the_rest_comes(site: Site) -> None:
    site.done("run", "--now")
    assert site.titles() == {"Rain on stone", "What a dike remembers"}
    assert site.letters() == 2
    site.done("run", "--now")
    assert site.letters() == 2


def test_pages_that_cannot_be_written_are_made_up_for(site: Site) -> None:
    """The folder is named; no letter leaves without its pages; nothing is made twice."""
    site.enrol()
    with _unwritable(site.folder / "public"):
        said = site.refused_by_the_system("run", "--now")

    assert f"cannot publish to {site.folder / 'public'}: Permission denied" in said
    assert site.letters() == 0
    site.done("run")
    assert (site.folder / "public" / "weekly" / "index.html").is_file()
    assert site.letters() == 1


def test_an_outbox_that_cannot_be_written_is_made_up_for(
    site: Site, later: Callable[[], None]
) -> None:
    """The folder and its setting are named; the letter waits, and leaves once."""
    site.enrol()
    with _unwritable(site.folder / "var" / "outbox"):
        said = site.refused_by_the_system("run", "--now")

    assert f"{site.folder / 'var' / 'outbox'} cannot be written: Permission denied" in said
    assert "mail.directory" in said
    later()
    site.done("run")
    assert site.letters() == 1
    site.done("run", "--now")
    assert site.letters() == 1


def test_a_database_that_cannot_be_written_is_left_whole(site: Site) -> None:
    """The file is named and stays as it was; all goes on when it may be written."""
    site.enrol()
    file = site.folder / "var" / "digest.db"
    file.chmod(stat.S_IRUSR)
    before = file.read_bytes()
    with _unwritable(file.parent):
        said = site.refused_by_the_system("run", "--now")
    after = file.read_bytes()
    file.chmod(stat.S_IRUSR | stat.S_IWUSR)

    assert f"the database {file} cannot be written" in said
    assert after == before
    site.done("run", "--now")
    assert site.letters() == 1


def test_a_folder_that_is_a_file_is_named(site: Site) -> None:
    """A file where the database's folder should be stays what it is."""
    (site.folder / "var").write_text("in the way")

    assert f"the folder {site.folder / 'var'} of the database" in site.refused("run", "--now")
    assert (site.folder / "var").read_text() == "in the way"


def test_a_locked_database_is_one_line_and_the_next_run_makes_up(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every step needs it, but it is said once; nothing is half done."""
    site.enrol()
    defaults = Database.__init__.__kwdefaults__
    assert defaults is not None
    monkeypatch.setitem(defaults, "patience", 0.05)
    file = site.folder / "var" / "digest.db"
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        said = site.refused("run", "--now")

    assert said.endswith(f"the database {file} is locked by another process; try again or stop it")
    assert site.titles() == set()
    site.done("run", "--now")
    assert site.letters() == 1
    assert site.done("db", "check") == "the database is well\n"


def test_a_damaged_database_is_left_for_who_mends_it(site: Site) -> None:
    """The line says to restore a backup; the file is not touched, so that it may be mended."""
    site.done("run", "--now")
    file = site.folder / "var" / "digest.db"
    whole = file.read_bytes()
    damaged = whole[:100] + bytes(4_000) + whole[4_100:]
    file.write_bytes(damaged)

    assert f"the database {file} is damaged: restore a backup" in site.refused("run", "--now")
    assert file.read_bytes() == damaged
    file.write_bytes(whole)
    assert len(site.titles()) == 2


def test_a_database_server_out_of_reach_is_one_line_without_the_password(site: Site) -> None:
    """The address is told as people know it."""
    place = f"127.0.0.1:{_closed_port()}/digest"
    site.change("[mail]", f'[storage]\nurl = "postgresql+psycopg://ada:geheim@{place}"\n\n[mail]')

    said = site.refused("run", "--now")

    assert f"postgresql+psycopg://ada:***@{place} cannot be reached" in said
    assert "geheim" not in said


def test_a_mail_server_out_of_reach_is_one_line_and_letters_wait(
    site: Site, later: Callable[[], None]
) -> None:
    """The edition is made and published; its letter leaves once the server is back."""
    site.enrol()
    port = _closed_port()
    mail = f'[mail]\nkind = "smtp"\nhost = "127.0.0.1"\nport = {port}'
    site.change("[mail]", mail)

    said = site.refused("run", "--now")

    assert f"127.0.0.1:{port} cannot be reached: Connection refused; check mail.host" in said
    assert [row["state"] for row in site.data("deliveries", "1")["deliveries"]] == ["deferred"]
    later()
    with SmtpSink() as sink:
        site.change(f"port = {port}", f"port = {sink.port}")
        site.done("run")
        site.done("run")
    assert len(sink.taken) == 1


@pytest.mark.parametrize("command", ["serve", "web"])
def test_a_port_in_use_is_one_line(site: Site, command: str) -> None:
    """It is named with the reason, and nothing is served or scheduled."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        said = site.refused(command, "--port", str(port))

    assert f"127.0.0.1:{port} cannot be listened on: Address already in use; stop" in said


@contextmanager
def _unwritable(folder: Path) -> Iterator[None]:
    """Forbid changes of a folder for the length of the block."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(stat.S_IRUSR | stat.S_IXUSR)
    try:
        yield
    finally:
        folder.chmod(stat.S_IRWXU)


def _closed_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])
