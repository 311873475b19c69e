"""A small site in a folder of its own, and somebody who types commands there."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from digest.cli.main import cli

CONFIG = """\
[site]
name = "Riverbank"
url = "https://digest.example.org"
timezone = "Europe/Berlin"
contact = "editors@example.org"
postal_address = "Riverbank, 7 Weir Lane, 10115 Berlin, Germany"

[mail]
from_address = "digest@example.org"

[[sources]]
name = "desk"          # a comment that must stay
title = "The desk"
kind = "folder"
path = "notes"

[[themes]]
slug = "floods"
title = "Floods & rain"
tags = ["Floods"]

[[themes]]
slug = "habitat"
title = "Habitat"
tags = ["Habitat"]

[[newsletters]]
slug = "weekly"
title = "Riverbank Weekly"
schedule = "weekly monday 08:00"

[[newsletters]]
slug = "careful"
title = "Riverbank by Hand"
schedule = "monthly 1 09:00"
themes = ["floods"]
approval = "manual"
"""

NOTES = [
    ("dike", "What a dike remembers", "Floods"),
    ("rain", "Rain on stone", "Floods"),
    ("otter", "The otter under the bridge", "Habitat"),
]


@dataclass(frozen=True, slots=True)
class Desk:
    """Where commands are typed."""

    folder: Path

    @property
    def config(self) -> Path:
        return self.folder / "config.toml"

    def type(self, *words: str, stdin: str | None = None) -> Result:
        """Run ``digest`` with the site's configuration."""
        runner = CliRunner()
        return runner.invoke(cli, ["--config", str(self.config), *words], input=stdin)

    def done(self, *words: str) -> str:
        """What a command that must succeed printed."""
        result = self.type(*words)
        assert result.exit_code == 0, result.output
        return result.stdout

    def data(self, *words: str) -> Any:
        """What a command printed as JSON."""
        return json.loads(self.done(*words, "--json"))

    def change(self, old: str, new: str) -> None:
        """Change a line of the configuration."""
        text = self.config.read_text("utf-8")
        assert old in text
        self.config.write_text(text.replace(old, new, 1), "utf-8")

    def note(self, name: str, title: str, tag: str) -> None:
        """Put one more note where the source looks."""
        (self.folder / "notes" / f"{name}.md").write_text(
            f"---\ntitle: {title}\nurl: https://notes.example.org/{name}/\ntags: [{tag}]\n---\n\n"
            f"All about {title.lower()}.\n",
            "utf-8",
        )


def _a_site(folder: Path) -> Desk:
    (folder / "notes").mkdir(parents=True)
    (folder / "config.toml").write_text(CONFIG, "utf-8")
    desk = Desk(folder)
    for note in NOTES:
        desk.note(*note)
    return desk


@pytest.fixture
def bare(tmp_path: Path) -> Desk:
    """A site whose only source is a folder of three notes, and which no command has seen."""
    return _a_site(tmp_path / "site")


@pytest.fixture
def desk(bare: Desk, migrated_file: Path) -> Desk:
    """The same with a database: making its schema takes as long as three commands."""
    (bare.folder / "var").mkdir()
    shutil.copy(migrated_file, bare.folder / "var" / "digest.db")
    return bare


@pytest.fixture(scope="session")
def collected_once(tmp_path_factory: pytest.TempPathFactory, migrated_file: Path) -> Path:
    """A site whose notes are collected, to be copied."""
    desk = _a_site(tmp_path_factory.mktemp("collected") / "site")
    (desk.folder / "var").mkdir()
    shutil.copy(migrated_file, desk.folder / "var" / "digest.db")
    desk.done("collect")
    return desk.folder


@pytest.fixture
def collected(tmp_path: Path, collected_once: Path) -> Desk:
    """A site whose notes are collected."""
    return Desk(shutil.copytree(collected_once, tmp_path / "site"))
