"""``digest sources`` and ``digest collect``."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from tests.unit.cli.conftest import CONFIG, Desk

OPML = """\
<opml version="2.0"><head/><body>
<outline text="Habitat">
  <outline type="rss" text="Otters &amp; more" xmlUrl="https://otters.example.org/feed"/>
</outline>
<outline type="rss" text="The desk" xmlUrl="https://desk.example.org/feed"/>
<outline type="rss" text="Again" xmlUrl="https://otters.example.org/feed"/>
<outline type="rss" text="A file" xmlUrl="file:///etc/passwd"/>
</body></opml>
"""


@pytest.fixture
def opml(tmp_path: Path) -> str:
    file = tmp_path / "feeds.opml"
    file.write_text(OPML, "utf-8")
    return str(file)


def test_a_test_shows_what_would_come_and_why(desk: Desk) -> None:
    """Each item has its theme and the reason for it."""
    shown = desk.data("sources", "test", "desk")["sightings"]

    assert {item["title"]: item["theme"] for item in shown} == {
        "What a dike remembers": "floods",
        "Rain on stone": "floods",
        "The otter under the bridge": "habitat",
    }
    assert all("the source tagged it" in item["why"] for item in shown)


def test_a_test_keeps_nothing(bare: Desk) -> None:
    """No database is made by looking."""
    bare.done("sources", "test", "desk")

    assert not (bare.folder / "var").exists()


def test_collecting_twice_finds_nothing_new(desk: Desk) -> None:
    """The first collection brings three items, the second none."""
    first, second = desk.data("collect"), desk.data("collect")

    assert [report["new"] for report in (*first, *second)] == [3, 0]


def test_the_list_shows_health(desk: Desk) -> None:
    """A source is new before its first collection, and well after it."""
    before = desk.data("sources", "list")[0]["health"]
    desk.done("collect")

    assert (before, desk.data("sources", "list")[0]["health"]) == ("new", "well")


def test_a_source_that_fails_is_shown_with_its_reason(desk: Desk) -> None:
    """When no source could be read the exit code is 1, and the list says why."""
    desk.change('path = "notes"', 'path = "noets"')

    result = desk.type("collect")

    assert result.exit_code == 1
    assert "desk failed: " in result.stdout
    assert "What is wrong" in desk.done("sources", "list")


def test_an_import_keeps_what_was_written(desk: Desk, opml: str) -> None:
    """The configuration is only appended to; comments stay."""
    desk.done("sources", "import", opml)

    assert desk.config.read_text("utf-8").startswith(CONFIG)


def test_an_import_adds_each_new_feed_under_a_name_of_its_own(desk: Desk, opml: str) -> None:
    """Doubles and addresses off the web are passed over; a folder that is a theme becomes it."""
    desk.done("sources", "import", opml)

    added = tomllib.loads(desk.config.read_text("utf-8"))["sources"][1:]
    assert [(each["name"], each.get("theme")) for each in added] == [
        ("otters-more", "habitat"),
        ("the-desk", None),
    ]


def test_an_import_again_adds_nothing(desk: Desk, opml: str) -> None:
    """What is there already is known by its address."""
    desk.done("sources", "import", opml)
    before = desk.config.read_text("utf-8")

    assert desk.data("sources", "import", opml)["feeds"] == []
    assert desk.config.read_text("utf-8") == before


def test_what_is_no_list_of_feeds_changes_nothing(desk: Desk, tmp_path: Path) -> None:
    """A file that is no OPML gives one line, and the configuration stays."""
    (tmp_path / "feeds.opml").write_text("<rss/>", "utf-8")

    result = desk.type("sources", "import", str(tmp_path / "feeds.opml"))

    assert result.exit_code == 1
    assert "no OPML" in result.stderr
    assert desk.config.read_text("utf-8") == CONFIG


def test_an_export_is_read_back_by_the_import(desk: Desk, opml: str, tmp_path: Path) -> None:
    """Feeds, titles and themes survive the way out and in."""
    desk.done("sources", "import", opml)
    (tmp_path / "out.opml").write_text(desk.done("sources", "export"), "utf-8")
    before = tomllib.loads(desk.config.read_text("utf-8"))["sources"][1:]
    desk.config.write_text(CONFIG, "utf-8")

    desk.done("sources", "import", str(tmp_path / "out.opml"))

    after = tomllib.loads(desk.config.read_text("utf-8"))["sources"][1:]
    assert sorted(after, key=str) == sorted(before, key=str)
