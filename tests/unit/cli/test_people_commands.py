"""``digest subscribers`` and ``digest explain subscriber``."""

from __future__ import annotations

from pathlib import Path

from tests.unit.cli.conftest import Desk

CSV = """\
email,name,newsletter,themes
ada@example.org,Ada,weekly,floods
grace@example.org,Grace,weekly,
not an address,Nobody,weekly,
"""


def _file(tmp_path: Path) -> str:
    (tmp_path / "people.csv").write_text(CSV, "utf-8")
    return str(tmp_path / "people.csv")


def test_somebody_follows_the_themes_they_chose(desk: Desk) -> None:
    """A newsletter may be followed in part."""
    desk.done(
        "subscribers", "add", "ada@example.org", "--newsletter", "weekly:floods", "--how", "asked"
    )

    (held,) = desk.data("subscribers", "show", "ada@example.org")["subscriber"]["subscriptions"]
    assert (held["newsletter"], held["themes"]) == ("weekly", ["floods"])


def test_with_several_newsletters_one_must_be_named(desk: Desk) -> None:
    """Nobody is put on every list by accident."""
    result = desk.type("subscribers", "add", "ada@example.org", "--how", "asked")

    assert result.exit_code == 2
    assert "weekly, careful" in result.stderr


def test_an_address_that_mail_cannot_reach_is_refused(desk: Desk) -> None:
    """One line, exit code 1."""
    result = desk.type("subscribers", "add", "ada", "--newsletter", "weekly", "--how", "asked")

    assert result.exit_code == 1
    assert len(result.stderr.splitlines()) == 1


def test_a_dry_run_adds_nobody(desk: Desk, tmp_path: Path) -> None:
    """It says what would happen, and nothing is kept."""
    assert desk.data("subscribers", "import", _file(tmp_path), "--dry-run")["added"] == 2
    assert desk.data("subscribers", "list") == []


def test_a_line_that_brings_nobody_is_told(desk: Desk, tmp_path: Path) -> None:
    """The others are added; the line is named on standard error."""
    result = desk.type("subscribers", "import", _file(tmp_path), "--how", "a list")

    assert result.exit_code == 0
    assert "2 people added" in result.stdout
    assert result.stderr.startswith("line 4: ")


def test_an_export_is_read_back(desk: Desk, tmp_path: Path) -> None:
    """Everybody is found unchanged by the import of what was exported."""
    desk.done("subscribers", "import", _file(tmp_path), "--how", "a list")
    out = tmp_path / "out.csv"

    desk.done("subscribers", "export", "--out", str(out))

    report = desk.data("subscribers", "import", str(out))
    assert (report["added"], report["unchanged"], report["rejected"]) == (0, 2, [])


def test_an_export_is_for_its_owner_alone(desk: Desk, tmp_path: Path) -> None:
    """The file names people, so nobody else may read it."""
    out = tmp_path / "out.csv"
    desk.done("subscribers", "export", "--out", str(out))

    assert out.stat().st_mode & 0o077 == 0


def test_erasing_asks_first(desk: Desk, tmp_path: Path) -> None:
    """Without a yes nobody is erased."""
    desk.done("subscribers", "import", _file(tmp_path), "--how", "a list")

    assert desk.type("subscribers", "erase", "ada@example.org", stdin="n\n").exit_code == 1
    assert len(desk.data("subscribers", "list")) == 2


def test_who_is_erased_is_unknown(desk: Desk, tmp_path: Path) -> None:
    """Nothing is left to show."""
    desk.done("subscribers", "import", _file(tmp_path), "--how", "a list")

    desk.done("subscribers", "erase", "ada@example.org", "--yes")

    assert desk.type("subscribers", "show", "ada@example.org").exit_code == 2


def test_the_handle_of_a_person_is_shown_to_nobody(desk: Desk, tmp_path: Path) -> None:
    """What a reader's links are made from is in no output."""
    desk.done("subscribers", "import", _file(tmp_path), "--how", "a list")

    assert "handle" not in desk.done("subscribers", "list", "--json")


def test_an_explanation_says_why_somebody_gets_a_letter(desk: Desk, tmp_path: Path) -> None:
    """Consent, themes, the verdict, and what became of the letter."""
    desk.done("subscribers", "import", _file(tmp_path), "--how", "a list")
    desk.done("run", "--now", "--newsletter", "weekly")

    said = "\n".join(desk.data("explain", "subscriber", "ada@example.org")["why"]["weekly"])

    assert "(a list)" in said
    assert "In: gets the themes floods." in said
    assert "the letter with floods was accepted" in said


def test_an_explanation_says_why_somebody_gets_none(desk: Desk, tmp_path: Path) -> None:
    """Who follows no such newsletter is told so."""
    desk.done("subscribers", "import", _file(tmp_path), "--how", "a list")

    said = desk.done("explain", "subscriber", "ada@example.org", "--newsletter", "careful")

    assert "Out: gets no letter." in said
