"""Read a configuration file, the environment and secret files into one frozen value."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path

from pydantic import ValidationError

from digest.config.environment import overlay
from digest.config.options import UNKNOWN, Options, problems, read_options
from digest.config.references import dangling
from digest.config.settings import TABLES, BounceSettings, Settings, SourceSettings
from digest.errors import ConfigError, Problem

KindOptions = Callable[[str, str], type[Options] | None]
"""Answers (group, kind) with the kind's own options, ``None`` when it has none.

Raises ValueError with a sentence that lists the known kinds when there is no such kind, and
ConfigError when its package is broken.
"""

_GROUPS = {"mail": "mailers", "engine": "engines", "publish": "publishers"}
_LISTS: Mapping[str, tuple[str, type[Options]]] = {
    "bounces": ("bounces", BounceSettings),
    "sources": ("collectors", SourceSettings),
}
"""Lists of tables of which each entry has a kind: its group, and the keys that every kind has."""


def load(
    path: Path, *, kinds: KindOptions | None = None, environ: Mapping[str, str] | None = None
) -> Settings:
    """Read ``config.toml``.

    Args:
        path: the file; relative paths in it start at its folder.
        kinds: checks kinds and what only they understand; ``None`` leaves that unchecked.
        environ: the environment; the process's own by default.

    Raises:
        ConfigError: with everything that is wrong, one problem each.
    """
    file = path.name
    tables = _parse(path)
    origins, wrong = overlay(tables, os.environ if environ is None else environ)
    settings, found = _validated(tables, path)
    found += [Problem(file, key, expected) for key, expected in dangling(tables)]
    if kinds:
        found += _kind_problems(tables, kinds, file)
    if wrong or found or settings is None:
        raise ConfigError(*wrong, *(_at_origin(problem, origins) for problem in found))
    return settings


def _validated(tables: Mapping[str, object], path: Path) -> tuple[Settings | None, list[Problem]]:
    unknown = [Problem(path.name, key, UNKNOWN) for key in tables if key not in TABLES]
    known = {key: table for key, table in tables.items() if key in TABLES}
    try:
        return Settings.model_validate({**known, "root": path.resolve().parent}), unknown
    except ValidationError as error:
        return None, unknown + problems(error, file=path.name)


def _at_origin(problem: Problem, origins: Mapping[str, str]) -> Problem:
    """Send people to the variable that the wrong value came from."""
    name = origins.get(problem.key)
    return Problem("environment", name, problem.expected) if name else problem


def _parse(path: Path) -> dict[str, object]:
    try:
        return tomllib.loads(path.read_text("utf-8-sig"))
    except FileNotFoundError:
        expected = "no such file; run `digest init DIR` to make a site, or give --config FILE"
    except OSError as error:
        expected = f"cannot be read: {error.strerror}"
    except UnicodeDecodeError:
        expected = "is not TOML: it is not in UTF-8"
    except tomllib.TOMLDecodeError as error:
        expected = f"is not TOML: {error}"
    raise ConfigError(Problem(str(path), "file", expected))


def _kind_problems(tables: Mapping[str, object], kinds: KindOptions, file: str) -> list[Problem]:
    found = []
    for table, group in _GROUPS.items():
        values = tables.get(table)
        kind = values.get("kind") if isinstance(values, dict) else None
        if isinstance(kind, str):
            found += _unknown_kind(kinds, group, kind, file, f"{table}.kind")
    for table in _LISTS:
        entries = tables.get(table)
        for number, entry in enumerate(entries if isinstance(entries, list) else [], 1):
            if isinstance(entry, dict) and isinstance(entry.get("kind"), str):
                found += _entry_problems(table, entry, kinds, file, f"{table}[{number}]")
    return found


def _entry_problems(
    table: str, entry: dict[str, object], kinds: KindOptions, file: str, key: str
) -> list[Problem]:
    group, shared = _LISTS[table]
    kind = str(entry["kind"])
    if found := _unknown_kind(kinds, group, kind, file, f"{key}.kind"):
        return found
    model = kinds(group, kind) or Options
    own = {name: value for name, value in entry.items() if name not in shared.model_fields}
    try:
        read_options(model, own, file=file, key=key)
    except ConfigError as error:
        return list(error.problems)
    return []


def _unknown_kind(kinds: KindOptions, group: str, kind: str, file: str, key: str) -> list[Problem]:
    try:
        kinds(group, kind)
    except ValueError as error:
        return [Problem(file, key, str(error))]
    except ConfigError as error:
        return list(error.problems)
    return []
