"""``digest editions pause | resume | cancel``, and where it is told that one waits."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

import pytest

from tests.unit.cli.conftest import Desk


@pytest.fixture(scope="module")
def approved_once(tmp_path_factory: pytest.TempPathFactory, collected_once: Path) -> Path:
    """Edition 1 is approved for one person, and nothing of it is sent; to be copied."""
    desk = Desk(shutil.copytree(collected_once, tmp_path_factory.mktemp("approved") / "site"))
    who = ("ada@example.org", "--newsletter", "careful", "--how", "asked")
    desk.done("subscribers", "add", *who)
    desk.done("editions", "draft", "careful")
    desk.done("editions", "approve", "1", "--by", "mira")
    return desk.folder


@pytest.fixture
def approved(tmp_path: Path, approved_once: Path) -> Desk:
    """Edition 1 is approved for one person, and nothing of it is sent."""
    return Desk(shutil.copytree(approved_once, tmp_path / "site"))


@pytest.fixture
def paused(approved: Desk) -> Desk:
    """The same, paused."""
    assert "1 letter still to go" in approved.done(
        "editions", "pause", "1", "--why", "a wrong link"
    )
    return approved


def test_a_paused_edition_is_not_sent(paused: Desk) -> None:
    """Neither by a run nor when somebody asks for it; both say why."""
    told = paused.done("run")
    assert "paused since" in told
    assert "a wrong link" in told
    assert "to go on: digest editions resume 1" in told
    assert "paused: a wrong link" in paused.done("editions", "send", "1")
    assert paused.data("deliveries", "1")["counts"]["due"] == 1


def test_it_is_listed_as_paused(paused: Desk) -> None:
    """With its reason, for people and for programs."""
    row = paused.done("editions", "list").splitlines()[1]
    assert "  paused  " in row
    assert row.endswith("a wrong link")
    (shown,) = paused.data("editions", "list")
    assert (shown["state"], shown["paused"]) == ("approved", "a wrong link")
    assert shown["paused_at"]
    assert [waiting["id"] for waiting in paused.data("run")["paused"]] == [1]


def test_it_is_explained(paused: Desk) -> None:
    """To who asks about a reader, and about a resource."""
    told = paused.done("explain", "subscriber", "ada@example.org", "--newsletter", "careful")
    assert "is due; the edition is paused since" in told
    assert "(a wrong link)" in paused.done("explain", "resource", "1")


def test_a_resumed_edition_is_sent(paused: Desk) -> None:
    """And paused no more."""
    assert "resumed careful/" in paused.done("editions", "resume", "1")
    assert paused.data("editions", "send", "1")["is_sent"]
    assert paused.data("run")["paused"] == []


def test_who_was_refused_because_of_us_is_counted(paused: Desk) -> None:
    """When the edition is resumed."""
    with sqlite3.connect(paused.folder / "var" / "digest.db") as database:
        database.execute("UPDATE deliveries SET state = 'refused', reply = '550 5.7.26 no'")
    database.close()
    assert "1 letter refused because of us" in paused.done("editions", "resume", "1")


def test_only_a_sending_is_paused(approved: Desk) -> None:
    """When it is over there is nothing to pause, and the command fails."""
    approved.done("editions", "send", "1")
    told = approved.type("editions", "pause", "1")
    assert told.exit_code == 1
    assert "is sent; only one that is approved" in told.stderr
