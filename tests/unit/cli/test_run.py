"""``digest run`` and ``digest db``."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from digest.cli.run import _causes
from tests.unit.cli.conftest import Desk


def test_a_run_says_what_was_made_and_where_to_look(desk: Desk) -> None:
    """Sources, newsletters, pages and letters each have their part of the report."""
    desk.done("subscribers", "add", "ada@example.org", "--newsletter", "weekly", "--how", "asked")

    said = desk.done("run", "--now")

    assert "Riverbank Weekly: number 1, " in said
    assert "Floods & rain 2 · Habitat 1" in said
    assert str(desk.folder / "public" / "index.html") in said
    assert "1 accepted" in said
    assert str(desk.folder / "var" / "outbox") in said


def test_a_second_run_finds_nothing_new(desk: Desk) -> None:
    """Nothing is made or sent twice, and the report says so."""
    desk.done("run", "--now", "--newsletter", "weekly")

    said = desk.done("run", "--now", "--newsletter", "weekly")

    assert "Riverbank Weekly: no edition, nothing new" in said
    assert "nothing changed" in said
    assert "Email" not in said


def test_a_newsletter_that_waits_for_approval_says_how(desk: Desk) -> None:
    """The report names the command that lets the draft out."""
    said = desk.done("run", "--now", "--newsletter", "careful")

    assert "a draft of 2 items waits: digest editions approve 1" in said


def test_without_now_only_what_is_due_is_made(desk: Desk) -> None:
    """A newsletter that was just set up is not due; its next date is told."""
    said = desk.done("run")

    assert "Riverbank Weekly: not due" in said
    assert "next: Mon " in said
    assert desk.data("editions", "list") == []


def test_a_source_that_fails_stops_nothing(desk: Desk) -> None:
    """It is shown with its reason, and the exit code is 0."""
    desk.change(
        "[[themes]]", '[[sources]]\nname = "gone"\nkind = "folder"\npath = "gone"\n\n[[themes]]'
    )

    said = desk.done("run", "--now")

    assert "gone failed: " in said
    assert "Riverbank Weekly: number 1, " in said


def test_pages_that_cannot_be_written_stop_the_letters(desk: Desk) -> None:
    """Letters link to pages: without them none leaves, the run fails, and the next makes it up."""
    desk.done("subscribers", "add", "ada@example.org", "--newsletter", "weekly", "--how", "asked")
    (desk.folder / "public").write_text("in the way", "utf-8")

    failed = desk.type("run", "--now", "--newsletter", "weekly")
    (desk.folder / "public").unlink()
    after = desk.done("run")

    assert failed.exit_code == 1
    assert len(failed.stderr.splitlines()) == 1
    assert "Email" not in failed.stdout
    assert "1 accepted" in after


def test_what_stops_several_steps_is_said_once() -> None:
    """One line per cause names the first steps that it stopped and counts the others."""
    locked = [f"{step}: it is locked: try again" for step in ("one", "two", "three", "four")]

    assert list(_causes([*locked, "publishing: the disk is full", "stopped"])) == [
        "one, two, three, 1 more: it is locked: try again",
        "publishing: the disk is full",
        "stopped",
    ]


def test_the_report_as_data_has_the_same_parts(desk: Desk) -> None:
    """Its keys are stable."""
    report = desk.data("run", "--now", "--newsletter", "weekly")

    assert list(report) == [
        "sources", "newsletters", "published", "returned", "deliveries", "notes", "paused", "next",
        "failures",
    ]  # fmt: skip
    assert report["newsletters"][0]["themes"] == {"floods": 2, "habitat": 1}


def test_the_database_is_brought_up_to_date_by_name(desk: Desk) -> None:
    """After an upgrade the check finds nothing wrong."""
    desk.done("db", "upgrade")

    assert desk.data("db", "check") == {"problems": []}


def test_a_check_of_a_database_without_schema_says_what_to_do(bare: Desk) -> None:
    """The check changes nothing; it names the command that does."""
    result = bare.type("db", "check")

    assert result.exit_code == 1
    assert "digest db upgrade" in result.stderr


def test_a_backup_is_a_whole_database(collected: Desk, tmp_path: Path) -> None:
    """The copy has every resource."""
    collected.done("db", "backup", str(tmp_path / "copy.db"))

    with sqlite3.connect(tmp_path / "copy.db") as copy:
        assert copy.execute("SELECT count(*) FROM resources").fetchone() == (3,)
    copy.close()
