"""The running example, from an empty folder to letters, with the program as people start it."""

from __future__ import annotations

import csv
import email
import os
import shutil
import subprocess
import sys
from email import policy
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A copy of the running example in a folder of its own."""
    shutil.copy(ROOT / "config.toml", tmp_path)
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    return tmp_path


def _digest(site: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environment = {k: v for k, v in os.environ.items() if not k.startswith("DIGEST_")}
    return subprocess.run(
        [sys.executable, "-m", "digest", *words],
        cwd=site,
        env=environment,
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
    )


def _letters(site: Path) -> dict[tuple[str, str], str]:
    """The text of each letter by (address, newsletter)."""
    found = {}
    for file in (site / "var" / "outbox").glob("*.eml"):
        message = email.message_from_bytes(file.read_bytes(), policy=policy.default)
        text = message.get_body(("plain",))
        assert text is not None
        newsletter = str(message["List-Id"]).rpartition("<")[2].partition(".")[0]
        found[str(message["To"]).strip("<>"), newsletter] = text.get_content()
    return found


def test_the_example_runs_from_nothing_to_letters_once(site: Path) -> None:
    """Everybody gets one letter per newsletter, and a second run sends and changes nothing."""
    imported = _digest(site, "subscribers", "import", "examples/subscribers.csv")
    first = _digest(site, "run", "--now")
    letters = _letters(site)
    second = _digest(site, "run", "--now")

    assert [imported.returncode, first.returncode, second.returncode] == [0, 0, 0]
    assert [imported.stderr, first.stderr, second.stderr] == ["", "", ""]
    assert "start at public/index.html" in first.stdout
    assert (site / "public" / "index.html").is_file()
    with (site / "examples" / "subscribers.csv").open(encoding="utf-8") as file:
        people = {row["address"] for row in csv.DictReader(file)}
    assert {address for address, _ in letters} == people
    assert second.stdout.count("nothing new") == 3  # all sources, and each newsletter
    assert "nothing changed" in second.stdout
    assert _letters(site) == letters


def test_each_letter_holds_the_themes_of_its_reader(site: Path) -> None:
    """Who follows floods and tools gets those two sections and no other."""
    _digest(site, "subscribers", "import", "examples/subscribers.csv")
    _digest(site, "run", "--now", "--newsletter", "weekly")

    letter = _letters(site)["layla.haddad@example.org", "weekly"]

    # In the text of a letter the name of each section stands in capitals.
    themes = (
        "WATER QUALITY",
        "FLOODS & RAIN",
        "HABITAT & WILDLIFE",
        "POLICY & LAW",
        "TOOLS & DATA",
    )
    assert [theme for theme in themes if theme in letter] == ["FLOODS & RAIN", "TOOLS & DATA"]


def test_a_reader_who_stops_reading_hears_no_complaint(site: Path) -> None:
    """When the other end of a pipe closes, the command ends without a word."""
    _digest(site, "collect")
    command = f"{sys.executable} -m digest resources list --limit 60 --json | head -c 1"

    done = subprocess.run(
        command, shell=True, cwd=site, check=False, capture_output=True, text=True, timeout=60
    )

    assert done.stderr == ""
    assert done.stdout == "["
