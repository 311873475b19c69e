"""The recipes of the contributors' guide are code that runs."""

from __future__ import annotations

import json
import re
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest

from digest.collectors.page import Page
from digest.core.source import Bookmark, Harvest, Source
from digest.errors import ParseError


@dataclass(frozen=True, slots=True)
class _Answer:
    """A portal that always says the same."""

    body: bytes

    def fetch(self, url: str) -> Page:
        return Page(url, self.body)


@pytest.fixture
def recipe(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The example of "Add a kind of source", as a module."""
    guide = (root / "CONTRIBUTING.md").read_text("utf-8")
    code = re.search(r"<!-- recipe: .* -->\n```python\n(.*?)```", guide, re.DOTALL)
    assert code
    (tmp_path / "ckan_recipe.py").write_text(code[1], "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "ckan_recipe", raising=False)
    return import_module("ckan_recipe")


def _collect(recipe: ModuleType, body: bytes) -> Harvest:
    options = recipe.CkanOptions(url="https://data.example.org")
    source = Source("portal", "The portal", "ckan")
    collector = recipe.CkanCollector(source, options, _Answer(body), Path())
    harvest = collector.collect(Bookmark(), datetime(2026, 11, 22, tzinfo=UTC))
    assert isinstance(harvest, Harvest)
    return harvest


def test_the_example_of_a_kind_of_source_collects(recipe: ModuleType) -> None:
    """The recipe makes a sighting of each data set that a portal shows."""
    found = {"id": "a1", "name": "gauges", "title": "River gauges", "notes": "All of them."}
    answer = {"result": {"results": [found]}}

    harvest = _collect(recipe, json.dumps(answer).encode())

    urls = [sighting.url for sighting in harvest.sightings]
    assert urls == ["https://data.example.org/dataset/gauges"]


def test_the_example_of_a_kind_of_source_says_what_it_cannot_read(recipe: ModuleType) -> None:
    """The recipe answers another kind of page with an error that people understand."""
    with pytest.raises(ParseError, match="does not answer as CKAN does"):
        _collect(recipe, b"<html>")
