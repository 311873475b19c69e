"""Settings from the environment and from secret files.

``DIGEST_MAIL__PASSWORD=…`` sets ``password`` of ``[mail]``; ``DIGEST_MAIL__PASSWORD_FILE=…``
reads it from a file, as container platforms hand out secrets. An entry of a list is named by its
``name`` or ``slug``: ``DIGEST_NEWSLETTERS__WEEKLY__SCHEDULE=…``.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path

from digest.config.settings import TABLES
from digest.errors import Problem

_PREFIX = "DIGEST_"
_FILE = "_FILE"
_MAX_SECRET = 64_000


def overlay(
    tables: dict[str, object], environ: Mapping[str, str]
) -> tuple[dict[str, str], list[Problem]]:
    """Put the environment's values into the tables; the environment wins.

    Returns:
        The variable that each key came from, such as ``{"mail.port": "DIGEST_MAIL__PORT"}``, and
        what is wrong with the environment.
    """
    origins, found = {}, []
    for name in sorted(environ):
        if name.startswith(_PREFIX) and "__" in name:
            try:
                origins[_put(tables, name, environ[name])] = name
            except ValueError as error:
                found.append(Problem("environment", name, str(error)))
    return origins, found


def _put(tables: dict[str, object], name: str, text: str) -> str:
    *path, key = name.removeprefix(_PREFIX).lower().split("__")
    if path[0] not in TABLES:
        known = ", ".join(field.upper() for field in TABLES)
        raise ValueError(f"expected one of {known} behind {_PREFIX}")
    from_file = name.endswith(_FILE)
    key = key.removesuffix(_FILE.lower()) if from_file else key
    where, table = _table(tables, path)
    # Whatever stands in a secret file is the secret itself, brackets and all.
    table[key] = _secret(text) if from_file else _value(text)
    return f"{where}.{key}"


def _table(tables: dict[str, object], path: list[str]) -> tuple[str, dict[str, object]]:
    where, *rest = path
    table = tables.setdefault(where, {})
    while rest or isinstance(table, list):
        part = rest.pop(0) if rest else ""
        if isinstance(table, list):
            number, table = _named(table, part)
            where = f"{where}[{number}]"
        else:
            where = f"{where}.{part}"
            table = table.setdefault(part, {}) if isinstance(table, dict) else None
    if isinstance(table, dict):
        return where, table
    raise ValueError("there is no such table in the configuration")


def _named(entries: list[object], wanted: str) -> tuple[int, object]:
    known = []
    for number, entry in enumerate(entries, 1):
        if isinstance(entry, dict):
            known.append(str(entry.get("slug") or entry.get("name") or "").replace("-", "_"))
            if known[-1] == wanted:
                return number, entry
    names = ", ".join(name.upper() for name in known)
    raise ValueError(f'no entry is named "{wanted.upper()}"; expected one of {names}')


def _value(text: str) -> object:
    """Lists and tables are written as in TOML; everything else is text, converted by its key."""
    if text[:1] in {"[", "{"}:
        try:
            return tomllib.loads(f"value = {text}")["value"]
        except tomllib.TOMLDecodeError:
            return text  # a password may begin so
    return text


def _secret(path: str) -> str:
    try:
        with Path(path).open(encoding="utf-8") as file:
            text = file.read(_MAX_SECRET + 1)
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8 text"
        raise ValueError(f"the secret file {path} cannot be read: {reason}") from None
    if len(text) > _MAX_SECRET:
        raise ValueError(f"the secret file {path} is longer than {_MAX_SECRET} characters")
    return text.rstrip("\r\n")
