"""Read a configuration file, the environment and secret files into one frozen value."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path

from pydantic import ValidationError

from digest.config.environment import overlay
from digest.config.options import Options, problems, read_options
from digest.config.references import dangling
from digest.config.settings import Settings, SourceSettings
from digest.errors import ConfigError, Problem

KindOptions = Callable[[str, str], type[Options] | None]
"""Answers (group, kind) with the kind's own options, ``None`` when it has none.

Raises ValueError with a sentence that lists the known kinds when there is no such kind.
"""

_GROUPS = {"mail": "mailers", "engine": "engines", "publish": "publishers"}


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
    found = overlay(tables, os.environ if environ is None else environ)
    settings = None
    try:
        settings = Settings.model_validate({**tables, "root": path.resolve().parent})
    except ValidationError as error:
        found += problems(error, file=file)
    found += [Problem(file, key, expected) for key, expected in dangling(tables)]
    if kinds:
        found += _kind_problems(tables, kinds, file)
    if found or settings is None:
        raise ConfigError(*found)
    return settings


def _parse(path: Path) -> dict[str, object]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        expected = "no such file; run `digest init DIR` to make a site, or give --config FILE"
    except (OSError, UnicodeDecodeError) as error:
        expected = f"cannot be read: {error}"
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
    sources = tables.get("sources")
    for number, source in enumerate(sources if isinstance(sources, list) else [], 1):
        if isinstance(source, dict) and isinstance(source.get("kind"), str):
            found += _source_problems(source, kinds, file, f"sources[{number}]")
    return found


def _source_problems(
    source: dict[str, object], kinds: KindOptions, file: str, key: str
) -> list[Problem]:
    kind = str(source["kind"])
    if found := _unknown_kind(kinds, "collectors", kind, file, f"{key}.kind"):
        return found
    model = kinds("collectors", kind)
    own = {name: value for name, value in source.items() if name not in SourceSettings.model_fields}
    try:
        if model:
            read_options(model, own, file=file, key=key)
    except ConfigError as error:
        return list(error.problems)
    return []


def _unknown_kind(kinds: KindOptions, group: str, kind: str, file: str, key: str) -> list[Problem]:
    try:
        kinds(group, kind)
    except ValueError as error:
        return [Problem(file, key, str(error))]
    return []
