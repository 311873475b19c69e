"""How commands end when something is wrong."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from digest.cli.session import open_house
from digest.storage import Database
from digest.wiring import House
from tests.unit.cli.conftest import Desk


def test_every_fault_of_the_configuration_is_told_at_once(desk: Desk) -> None:
    """Three wrong values give three lines on standard error, and exit code 2."""
    desk.change('url = "https://digest.example.org"', 'url = "nowhere"')
    desk.change('kind = "folder"', 'kind = "fodler"')
    desk.change('themes = ["floods"]', 'themes = ["flods"]')

    result = desk.type("sources", "list")

    assert result.exit_code == 2
    assert result.stdout == ""
    told = result.stderr.splitlines()
    assert len(told) == 3
    assert all(line.startswith("digest: config.toml: ") for line in told)


def test_a_wrong_configuration_starts_nothing(bare: Desk) -> None:
    """No database, no folder is made when the configuration is wrong."""
    bare.change('timezone = "Europe/Berlin"', 'timezone = "Europe/Atlantis"')

    bare.type("run", "--now")

    assert sorted(path.name for path in bare.folder.iterdir()) == ["config.toml", "notes"]


def test_a_missing_configuration_says_what_to_do(desk: Desk) -> None:
    """One line names the file and the way out."""
    desk.config.unlink()

    result = desk.type("check")

    assert result.exit_code == 2
    assert "digest init DIR" in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_a_locked_database_gives_one_line_and_loses_nothing(
    collected: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While another program holds the database, a command fails, and works again afterwards."""
    defaults = Database.__init__.__kwdefaults__
    assert defaults is not None
    monkeypatch.setitem(defaults, "patience", 0.05)
    other = sqlite3.connect(collected.folder / "var" / "digest.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    result = collected.type("resources", "hide", "1")
    other.execute("ROLLBACK")
    other.close()

    assert result.exit_code == 1
    assert "locked" in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert collected.done("resources", "hide", "1") == "resource 1 is hidden\n"


@pytest.mark.parametrize(
    "words",
    [
        ("sources", "test", "nothing"),
        ("collect", "--source", "nothing"),
        ("resources", "show", "99"),
        ("resources", "file", "1", "nothing"),
        ("resources", "list", "--theme", "nothing"),
        ("editions", "draft", "nothing"),
        ("editions", "approve", "99"),
        ("editions", "approve", "weekly/2020-01-01"),
        ("editions", "list", "--newsletter", "nothing"),
        ("deliveries", "99"),
        ("explain", "resource", "https://nowhere.example.org/"),
        ("explain", "subscriber", "nobody@example.org"),
        ("subscribers", "show", "nobody@example.org"),
        ("subscribers", "add", "a@example.org", "--newsletter", "nothing", "--how", "asked"),
        ("subscribers", "add", "a@example.org", "--newsletter", "careful:habitat", "--how", "x"),
        ("run", "--newsletter", "nothing"),
        ("nothing",),
        ("collect", "--nothing"),
    ],
)
def test_what_is_not_there_is_wrong_use(collected: Desk, words: tuple[str, ...]) -> None:
    """A name that nothing has gives exit code 2 and its sentence, and no traceback."""
    result = collected.type(*words)

    assert result.exit_code == 2
    assert result.stderr
    assert result.stdout == ""


def test_an_unexpected_error_is_one_line(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fault of the program names its type and the way to see more, and exits with 1."""
    monkeypatch.setattr(House, "source_titles", property(lambda _: 1 / 0))

    result = desk.type("sources", "list", "--json")

    assert result.exit_code == 1
    assert len(result.stderr.splitlines()) == 1
    assert "ZeroDivisionError" in result.stderr
    assert "--verbose" in result.stderr


def test_verbose_shows_where_an_unexpected_error_came_from(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With ``-v`` behind the command, the traceback is there too."""
    monkeypatch.setattr(House, "source_titles", property(lambda _: 1 / 0))

    result = desk.type("sources", "list", "--json", "-v")

    assert "Traceback" in result.stderr


def test_ctrl_c_is_quiet(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stopped by hand, a command says nothing and exits with 130."""

    def stop(_: House) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(House, "source_titles", property(stop))

    result = desk.type("sources", "list", "--json")

    assert result.exit_code == 130
    assert result.output == ""


def test_the_configuration_is_taken_after_the_command_as_well(desk: Desk, tmp_path: Path) -> None:
    """The last ``--config`` counts, wherever it stands."""
    right = desk.config.rename(tmp_path / "site" / "other.toml")

    result = desk.type("sources", "list", "--config", str(right))

    assert result.exit_code == 0


def test_the_environment_names_the_configuration(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """DIGEST_CONFIG is read where no option says otherwise."""
    from click.testing import CliRunner

    from digest.cli.main import cli

    monkeypatch.setenv("DIGEST_CONFIG", str(desk.config))

    assert CliRunner().invoke(cli, ["sources", "list"]).exit_code == 0


def test_a_house_is_opened_by_the_command_only() -> None:
    """Without a running command there is no session to read."""
    with pytest.raises(RuntimeError, match="context"), open_house():
        pass
