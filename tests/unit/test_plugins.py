"""Kinds by their entry points."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import EntryPoint

import pytest

from digest import plugins
from digest.errors import ConfigError

GROUPS = {
    "collectors": {"feed", "folder", "listing", "wordpress"},
    "renderers": {"feed", "page"},
    "publishers": {"directory"},
    "mailers": {"log", "smtp", "spool"},
    "engines": {"embedded"},
}


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A package whose kinds cannot be loaded."""
    points = (
        EntryPoint("gone", "nowhere.at_all:Kind", "digest.collectors"),
        EntryPoint("renamed", "digest.plugins:Kind", "digest.collectors"),
    )
    plugins._kinds.cache_clear()
    monkeypatch.setattr(plugins, "entry_points", lambda group: points)
    yield
    plugins._kinds.cache_clear()


@pytest.mark.parametrize("group", GROUPS)
def test_every_kind_is_there_and_can_be_loaded(group: str) -> None:
    """The package as installed brings its own kinds, in order."""
    assert set(plugins.kinds(group)) >= GROUPS[group]
    assert list(plugins.kinds(group)) == sorted(plugins.kinds(group))
    assert all(isinstance(plugins.load(group, kind), type) for kind in GROUPS[group])


def test_an_unknown_kind_is_told_with_those_there_are() -> None:
    """A slip is mended at a glance."""
    with pytest.raises(ValueError, match=r'^no kind "fead"; expected one of feed, folder, '):
        plugins.load("collectors", "fead")


def test_an_unknown_group_has_no_kinds() -> None:
    """The sentence hints at what is missing."""
    with pytest.raises(ValueError, match="is the package installed"):
        plugins.load("pigeons", "white")


@pytest.mark.parametrize("kind", ["gone", "renamed"])
def test_a_broken_package_is_a_fault_of_the_configuration(broken: None, kind: str) -> None:
    """It names the entry point and the kind, in one line."""
    with pytest.raises(ConfigError) as told:
        plugins.load("collectors", kind)
    (problem,) = told.value.problems
    assert problem.key == f"collectors.{kind}"
    assert problem.expected.startswith("its package cannot be loaded: ")
