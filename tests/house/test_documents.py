"""The documents say what the code does."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import click
import pytest
from pydantic import BaseModel

from digest import __version__, plugins
from digest.cli.main import cli
from digest.config import BounceSettings, Settings, SourceSettings

_EVERYWHERE = {"--config", "--verbose", "-v", "--help"}
_LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)")


def _table(annotation: object) -> type[BaseModel] | None:
    for candidate in (annotation, *get_args(annotation)):
        if isinstance(candidate, type) and issubclass(candidate, BaseModel):
            return candidate
    return None


def _tables() -> dict[str, type[BaseModel]]:
    fields = Settings.model_fields.items()
    return {name: table for name, field in fields if (table := _table(field.annotation))}


def _keys() -> Iterator[str]:
    for table, model in _tables().items():
        yield from (f"{table}.{key}" for key in model.model_fields)


def _source_keys() -> Iterator[tuple[str, str]]:
    for kind in plugins.kinds("collectors"):
        for key in plugins.load("collectors", kind).Options.model_fields:
            yield kind, key


def _bounce_keys() -> Iterator[tuple[str, str]]:
    for kind in plugins.kinds("bounces"):
        for key in plugins.load("bounces", kind).Options.model_fields:
            yield kind, key


def _commands(command: click.Command, name: str) -> Iterator[tuple[str, list[str]]]:
    context = click.Context(command)
    if command is not cli:
        own = [p.opts[0] for p in command.params if isinstance(p, click.Option)]
        yield name, [option for option in own if option not in _EVERYWHERE]
    if isinstance(command, click.Group):
        for part in command.list_commands(context):
            inner = command.get_command(context, part)
            assert inner
            yield from _commands(inner, f"{name} {part}")


@pytest.fixture(scope="module")
def reference(root: Path) -> dict[str, str]:
    """The sections of the configuration reference, by their headings."""
    text = (root / "docs/reference/configuration.md").read_text("utf-8")
    parts = re.split(r"^##+ `?(\[*[a-z. ]+\]*)`?.*$", text, flags=re.MULTILINE)
    return {name.strip("[]"): body for name, body in zip(parts[1::2], parts[2::2], strict=True)}


@pytest.mark.parametrize("key", list(_keys()))
def test_every_key_has_its_line_in_the_reference(reference: dict[str, str], key: str) -> None:
    """Each key of the settings stands in the table of its section."""
    table, name = key.split(".")

    assert f"| `{name}` |" in reference[table]


def test_every_key_of_every_kind_of_source_is_in_the_reference(reference: dict[str, str]) -> None:
    """What only one kind of source understands stands in the section of that kind."""
    missing = [
        f"{kind}.{key}"
        for kind, key in _source_keys()
        if f"| `{key}` |" not in reference.get(kind, "")
    ]

    assert missing == []


def test_every_key_of_every_way_for_bounces_is_in_the_reference(
    reference: dict[str, str],
) -> None:
    """What only one kind understands stands in the section of that kind."""
    missing = [
        f"{kind}.{key}"
        for kind, key in _bounce_keys()
        if f"| `{key}` |" not in reference.get(kind, "")
    ]

    assert missing == []
    assert {key for _, key in _bounce_keys()}.isdisjoint(BounceSettings.model_fields)


def test_the_reference_of_commands_is_whole(root: Path) -> None:
    """Each command has its section with each of its own options, and there is no other section."""
    text = (root / "docs/reference/commands.md").read_text("utf-8")
    parts = re.split(r"^##+ `(digest [a-z -]+)`$", text, flags=re.MULTILINE)
    sections = dict(zip(parts[1::2], parts[2::2], strict=True))
    commands = dict(_commands(cli, "digest"))

    missing = [
        f"{name} {option}"
        for name, options in commands.items()
        for option in options
        if f"`{option}" not in sections.get(name, "")
    ]
    assert missing == []
    assert set(sections) == set(commands)


def test_the_reference_describes_no_key_that_is_not_there(reference: dict[str, str]) -> None:
    """The reference has no line for a key that the settings do not know."""
    for table, model in _tables().items():
        described = set(re.findall(r"^\| `(\w+)` \|", reference[table], flags=re.MULTILINE))
        assert described <= set(model.model_fields), table


def test_the_running_example_shows_every_table(root: Path) -> None:
    """The shipped file has each table that the settings know; those to turn on as notes."""
    text = (root / "config.toml").read_text("utf-8")
    shown, noted = set(tomllib.loads(text)), set(re.findall(r"(?m)^# \[(\w+)\]", text))

    assert not shown & noted
    assert set(_tables()) == shown | noted


def test_the_running_example_shows_every_kind_of_source(root: Path) -> None:
    """The shipped configuration has one source of each kind at least."""
    shown = tomllib.loads((root / "config.toml").read_text("utf-8"))

    assert {source["kind"] for source in shown["sources"]} == set(plugins.kinds("collectors"))


def test_the_changelog_speaks_of_this_version(root: Path) -> None:
    """The version of the package has its section in the changelog."""
    assert f"## [{__version__}]" in (root / "CHANGELOG.md").read_text("utf-8")


def test_every_link_between_documents_leads_somewhere(texts: dict[str, str], root: Path) -> None:
    """Each relative link in a document names a file that is there."""
    dead = [
        f"{name}: {target}"
        for name, text in texts.items()
        if name.endswith(".md") and not name.startswith("examples/")
        for target in _LINK.findall(text)
        if not (root / name).parent.joinpath(target).exists()
    ]

    assert dead == []


def test_decisions_are_numbered_without_gaps(root: Path) -> None:
    """The records of decisions are numbered from 001 and each stands in the index."""
    names = sorted(path.name for path in (root / "docs/adr").glob("[0-9]*.md"))
    index = (root / "docs/index.md").read_text("utf-8")

    assert [name[:3] for name in names] == [f"{n:03}" for n in range(1, len(names) + 1)]
    assert [name for name in names if f"adr/{name}" not in index] == []


def test_sources_accept_the_keys_of_their_kind() -> None:
    """No kind of source gives its own meaning to a key that every source has."""
    shared = set(SourceSettings.model_fields)

    assert [(kind, key) for kind, key in _source_keys() if key in shared] == []
