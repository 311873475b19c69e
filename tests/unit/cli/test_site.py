"""``digest init`` and ``digest check``."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner, Result

from digest.cli.main import cli
from tests.unit.cli.conftest import Desk


def _init(folder: Path) -> Result:
    return CliRunner().invoke(cli, ["init", str(folder)])


def test_a_new_site_is_well(tmp_path: Path) -> None:
    """What ``init`` makes, ``check`` has nothing to say against."""
    assert _init(tmp_path / "new").exit_code == 0

    assert "is well" in Desk(tmp_path / "new").done("check")


def test_a_new_site_has_something_to_collect(tmp_path: Path) -> None:
    """The welcome note of a new site is found and filed under one of its themes."""
    _init(tmp_path)
    shown = Desk(tmp_path).data("sources", "test", "notes")

    assert [item["theme"] for item in shown["sightings"]] == ["news"]


def test_a_new_site_keeps_what_is_made_out_of_git(tmp_path: Path) -> None:
    """The ignore file is in place under its own name."""
    _init(tmp_path)

    assert "/var/" in (tmp_path / ".gitignore").read_text("utf-8")


def test_a_folder_that_is_not_empty_is_left_alone(tmp_path: Path) -> None:
    """Nothing is written where something is."""
    (tmp_path / "mine.txt").write_text("mine", "utf-8")

    result = _init(tmp_path)

    assert result.exit_code == 2
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_checking_changes_nothing(bare: Desk) -> None:
    """A check leaves no trace, not even a database."""
    bare.done("check")

    assert sorted(path.name for path in bare.folder.iterdir()) == ["config.toml", "notes"]


def test_a_folder_that_cannot_be_written_is_told(bare: Desk) -> None:
    """A file stands where pages and letters should go: two sentences, exit code 1."""
    (bare.folder / "public").write_text("a file", "utf-8")
    (bare.folder / "var").write_text("a file", "utf-8")

    result = bare.type("check")

    assert result.exit_code == 1
    assert "publish.directory" in result.stderr
    assert "mail.directory" in result.stderr


def test_a_broken_template_is_told_with_its_line(desk: Desk) -> None:
    """A template of the site that does not compile is named."""
    place = desk.folder / "templates" / "email" / "digest" / "subject.txt"
    place.parent.mkdir(parents=True)
    place.write_text("{% if %}", "utf-8")

    result = desk.type("check")

    assert result.exit_code == 1
    assert "email/digest/subject.txt" in result.stderr


def test_a_template_with_an_unknown_word_is_told(desk: Desk) -> None:
    """A template that compiles but names what is not there is found by rendering it."""
    place = desk.folder / "templates" / "email" / "digest" / "subject.txt"
    place.parent.mkdir(parents=True)
    place.write_text("{{ editoin.title }}", "utf-8")

    result = desk.type("check")

    assert result.exit_code == 1
    assert "editoin" in result.stderr


def test_a_source_whose_files_are_missing_is_told(desk: Desk) -> None:
    """A path that leads nowhere is a fault."""
    desk.change('path = "notes"', 'path = "noets"')

    assert 'source "desk": there is no noets' in desk.type("check").stderr


def test_what_hardly_works_as_meant_is_a_warning(desk: Desk) -> None:
    """A theme without words and a newsletter without a schedule are told, and all is well."""
    desk.change('tags = ["Habitat"]', "")
    desk.change('schedule = "weekly monday 08:00"', "")

    data = desk.data("check")

    assert data["problems"] == []
    assert any("habitat" in warning for warning in data["warnings"])
    assert any("weekly" in warning for warning in data["warnings"])
