"""``digest run`` is killed without warning, again and again; the run after it makes all good."""

from __future__ import annotations

import email
import email.policy
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from contextlib import closing
from email.message import EmailMessage
from pathlib import Path
from random import Random

import feedparser
import pytest

KILLS = 8
READERS = 40

_CONFIG = """\
[site]
name = "Riverbank"
url = "https://digest.example.org"
contact = "editors@example.org"
postal_address = "7 Weir Lane, Berlin"

[mail]
from_address = "digest@example.org"
on_doubt = "resend"

[[sources]]
name = "desk"
kind = "folder"
path = "notes"

[[newsletters]]
slug = "often"
title = "Often"
max_items_per_theme = 99
"""


class Site:
    """A site whose runs are killed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "notes").mkdir()
        (folder / "config.toml").write_text(_CONFIG)
        people = "\n".join(f"reader-{number}@example.net" for number in range(READERS))
        (folder / "people.csv").write_text(f"address\n{people}\n")
        self.command("subscribers", "import", "people.csv", "--newsletter", "often", "--how", "x")

    def note(self, number: int) -> None:
        """Something new to tell."""
        text = f"---\ntitle: Note {number}.\nlink: https://example.org/{number}\n---\nWet.\n"
        (self.folder / "notes" / f"{number}.md").write_text(text)

    def start(self, *words: str) -> subprocess.Popen[bytes]:
        environment = {k: v for k, v in os.environ.items() if not k.startswith("DIGEST_")}
        return subprocess.Popen(
            [sys.executable, "-m", "digest", *words],
            cwd=self.folder,
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )

    def command(self, *words: str) -> None:
        """Run a command that must end well, and without a word of complaint."""
        _, said = (process := self.start(*words)).communicate(timeout=60)
        assert (process.returncode, said) == (0, b"")

    def run_and_kill(self, seconds: float, letters: int) -> bool:
        """Kill a run after a while, or once it has sent so many letters; tell whether it was one.

        Half of a run is over before the first letter, so that either alone would miss much.
        """
        enough = self.sent() + letters
        with self.start("run", "--now") as process:
            end = time.monotonic() + seconds
            while time.monotonic() < end and self.sent() < enough:
                time.sleep(0.001)
            process.kill()
        return process.returncode == -signal.SIGKILL

    def sent(self) -> int:
        return sum(1 for _ in (self.folder / "var" / "outbox").iterdir())

    def letters(self) -> list[EmailMessage]:
        return [
            email.message_from_bytes(file.read_bytes(), EmailMessage, policy=email.policy.default)
            for file in sorted((self.folder / "var" / "outbox").glob("*.eml"))
        ]

    def rows(self, query: str) -> list[tuple[int, ...]]:
        with closing(sqlite3.connect(self.folder / "var" / "digest.db")) as database:
            return database.execute(query).fetchall()


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path)


def test_killed_at_any_moment_each_reader_gets_each_note_once(site: Site) -> None:
    """Nothing is lost, nothing comes twice, and pages, feeds and database are whole."""
    chance = Random(20261123)
    site.note(0)
    began = time.monotonic()
    site.command("run", "--now")
    whole = time.monotonic() - began

    killed = 0
    for number in range(1, KILLS + 1):
        site.note(number)
        seconds = chance.uniform(0.3, 1) * whole if number % 2 else 10 * whole
        killed += site.run_and_kill(seconds, chance.randint(1, READERS - 5))
    assert killed >= KILLS // 2, "they were to be killed in the middle of their work"
    site.command("run", "--now")
    settled = site.letters()
    site.command("run", "--now")

    assert len(site.letters()) == len(settled), "run again, it sends nothing"
    _assert_each_note_once(settled)
    _assert_told_in_the_database(site, settled)
    site.command("db", "check")
    for feed in (site.folder / "public").rglob("*.xml"):
        assert not feedparser.parse(feed.read_bytes()).bozo
    assert len(feedparser.parse((site.folder / "public/resources/rss.xml").read_bytes()).entries)


def _assert_each_note_once(letters: list[EmailMessage]) -> None:
    told = Counter[tuple[str, str]]()
    for letter in letters:
        body = letter.get_body(("plain",))
        assert body is not None
        told.update((str(letter["To"]), each) for each in body.get_content().splitlines())
    notes = [f"Note {number}." for number in range(KILLS + 1)]
    readers = [f"reader-{number}@example.net" for number in range(READERS)]
    missing = {(reader, note) for note in notes for reader in readers if told[reader, note] != 1}
    assert not missing


def _assert_told_in_the_database(site: Site, letters: list[EmailMessage]) -> None:
    """Each letter has its row and each row its letter; each note is in one edition."""
    names = Counter(str(letter["Message-ID"]) for letter in letters)
    accepted = site.rows("SELECT count(*) FROM deliveries WHERE state = 'accepted'")
    assert accepted == site.rows("SELECT count(*) FROM deliveries") == [(len(names),)]
    assert set(names.values()) == {1}
    assert site.rows("SELECT count(*), count(DISTINCT resource_id) FROM edition_items") == [
        (KILLS + 1, KILLS + 1)
    ]
