"""``digest editors`` and the way in that ``digest serve`` prints."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from digest.cli.main import cli
from digest.cli.serve import is_loopback
from tests.desk import CONFIG


@pytest.fixture
def site(tmp_path: Path, migrated_file: Path) -> Path:
    (tmp_path / "config.toml").write_text(CONFIG, "utf-8")
    (tmp_path / "var").mkdir()
    shutil.copy(migrated_file, tmp_path / "var" / "digest.db")
    return tmp_path / "config.toml"


def _digest(site: Path, *words: str, text: str = "", code: int = 0) -> str:
    done = CliRunner().invoke(cli, ["--config", str(site), *words], input=text)
    assert done.exit_code == code, done.output
    return done.output


def test_the_life_of_an_account(site: Path) -> None:
    """Added, given a password and another role, listed, removed; all of it is on record."""
    added = _digest(site, "editors", "add", "Mira", "--role", "admin")
    assert re.search(r"http://digest\.example\.org/editor/link/[\w-]{40,}\n", added)
    _digest(site, "editors", "add", "bo")
    said = _digest(site, "editors", "password", "mira", text="correct horse battery\n")
    assert "every session of mira has ended" in said
    _digest(site, "editors", "role", "bo", "viewer")

    listed = json.loads(_digest(site, "editors", "list", "--json"))
    assert [(a["name"], a["role"], a["password"], a["codes"]) for a in listed] == [
        ("bo", "viewer", False, False),
        ("mira", "admin", True, False),
    ]
    assert "correct" not in _digest(site, "editors", "list")

    _digest(site, "editors", "sign-out", "mira")
    _digest(site, "editors", "no-codes", "mira")
    _digest(site, "editors", "remove", "bo")
    deeds = json.loads(_digest(site, "editors", "audit", "--json"))
    assert [deed["act"] for deed in reversed(deeds)] == [
        "gave an account as admin",
        "made a one-time link",
        "gave an account as editor",
        "made a one-time link",
        "set a password",
        "made viewer",
        "signed out everywhere",
        "turned off codes from an app",
        "took the account away",
    ]
    assert all("(command line)" in deed["who"] for deed in deeds)


@pytest.mark.parametrize(
    ("words", "sentence", "code"),
    [
        (("add", "a b"), "expected a name", 2),
        (("add", "mira"), "there is an account", 1),
        (("role", "bo", "viewer"), "no account", 2),
        (("role", "mira", "editor"), "only admin", 2),
        (("remove", "mira"), "only admin", 2),
        (("link", "bo"), "expected one of mira", 2),
    ],
)
def test_what_makes_no_sense(site: Path, words: tuple[str, ...], sentence: str, code: int) -> None:
    """The sentence says what is wrong, and nothing changed."""
    _digest(site, "editors", "add", "mira", "--role", "admin")

    assert sentence in _digest(site, "editors", *words, code=code)


def test_a_bad_password_is_not_taken(site: Path) -> None:
    """It says what a good one is."""
    _digest(site, "editors", "add", "mira")

    assert "at least 12" in _digest(site, "editors", "password", "mira", text="short\n", code=2)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1", "localhost"])
def test_what_only_this_machine_reaches(host: str) -> None:
    """There the first link may be printed."""
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.7", "digest.example.org", ""])
def test_what_others_reach_too(host: str) -> None:
    """There it must not be."""
    assert not is_loopback(host)
