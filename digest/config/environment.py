"""Settings from the environment and from secret files.

``DIGEST_MAIL__PASSWORD=…`` sets ``password`` of ``[mail]``; ``DIGEST_MAIL__PASSWORD_FILE=…``
reads it from a file, as container platforms hand out secrets. An entry of a list is named by its
``name`` or ``slug``: ``DIGEST_NEWSLETTERS__WEEKLY__SCHEDULE=…``.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path

from digest.config.settings import Settings
from digest.errors import Problem

_PREFIX = "DIGEST_"
_FILE = "_FILE"
_MAX_SECRET = 64_000


def overlay(tables: dict[str, object], environ: Mapping[str, str]) -> list[Problem]:
    """Put the environment's values into the tables; the environment wins.

    Returns:
        What is wrong with the environment.
    """
    found = []
    for name in sorted(environ):
        if name.startswith(_PREFIX) and "__" in name:
            try:
                _put(tables, name, environ[name])
            except ValueError as error:
                found.append(Problem("environment", name, str(error)))
    return found


def _put(tables: dict[str, object], name: str, text: str) -> None:
    *path, key = name.removeprefix(_PREFIX).lower().split("__")
    if path[0] not in Settings.model_fields:
        known = ", ".join(field.upper() for field in Settings.model_fields if field != "root")
        raise ValueError(f"expected one of {known} behind {_PREFIX}")
    if name.endswith(_FILE):
        key, text = key.removesuffix(_FILE.lower()), _secret(text)
    _table(tables, path)[key] = _value(text)


def _table(tables: dict[str, object], path: list[str]) -> dict[str, object]:
    table = tables.setdefault(path[0], {})
    if isinstance(table, list):
        wanted = path[1] if len(path) > 1 else ""
        table, path = _named(table, wanted), path[1:]
    for part in path[1:]:
        table = table.setdefault(part, {}) if isinstance(table, dict) else None
    if isinstance(table, dict):
        return table
    raise ValueError("there is no such table in the configuration")


def _named(entries: list[object], wanted: str) -> object:
    for entry in entries:
        if isinstance(entry, dict):
            own = str(entry.get("slug") or entry.get("name") or "")
            if own.replace("-", "_") == wanted:
                return entry
    raise ValueError(f'no entry is named "{wanted}"')


def _value(text: str) -> object:
    """Lists and tables are written as in TOML; everything else is text, converted by its key."""
    if text[:1] in {"[", "{"}:
        try:
            return tomllib.loads(f"value = {text}")["value"]
        except tomllib.TOMLDecodeError as error:
            raise ValueError(f"is not a TOML list or table: {error}") from None
    return text


def _secret(path: str) -> str:
    try:
        with Path(path).open(encoding="utf-8") as file:
            return file.read(_MAX_SECRET).rstrip("\n")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8 text"
        raise ValueError(f"the secret file {path} cannot be read: {reason}") from None
