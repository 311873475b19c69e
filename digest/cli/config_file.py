"""Add to ``config.toml`` without touching what its owner wrote, comments included."""

from __future__ import annotations

import json
import os
import tempfile
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import ValidationError

from digest.config.settings import ThemeSettings
from digest.errors import ConfigError, DigestError, Problem

if TYPE_CHECKING:
    from digest.jobs.opml import ListedFeed


def add_sources(path: Path, feeds: Iterable[ListedFeed]) -> None:
    """Append a table per feed; the file is replaced whole or not at all.

    Raises:
        ConfigError: its sources are written in a way that cannot be appended to.
        DigestError: the file cannot be written.
    """
    _append(path, "sources", "".join(map(_source, feeds)))


def add_theme(path: Path, slug: str, title: str, keywords: Sequence[str]) -> None:
    """Append a theme; the file is replaced whole or not at all.

    Raises:
        ConfigError: its themes are written in a way that cannot be appended to, or the slug or
            the title is wrong; then the file is as before.
        DigestError: the file cannot be written.
    """
    try:
        ThemeSettings(slug=slug, title=title, keywords=tuple(keywords))
    except ValidationError as error:
        fault = error.errors()[0]
        said = fault["msg"].removeprefix("Value error, ")
        raise ConfigError(Problem(path.name, f"themes.{fault['loc'][0]}", said)) from None
    if any(theme.get("slug") == slug for theme in _tables(path, "themes")):
        expected = f'expected another slug: "{slug}" is there already'
        raise ConfigError(Problem(path.name, "themes.slug", expected))
    _append(path, "themes", theme_table(slug, title, keywords))


def theme_table(slug: str, title: str, keywords: Sequence[str]) -> str:
    """A theme as it stands in the configuration."""
    return _table("themes", {"slug": slug, "title": title, "keywords": list(keywords)})


def _tables(path: Path, name: str) -> list[dict[str, object]]:
    try:
        return list(tomllib.loads(path.read_text("utf-8")).get(name, []))
    except OSError as error:
        raise DigestError(f"{path} cannot be read: {error.strerror}") from None


def _append(path: Path, name: str, tables: str) -> None:
    try:
        text = path.read_text("utf-8")
        text = text.rstrip("\n") + "\n" + tables
        tomllib.loads(text)
        _replace(path, text)
    except tomllib.TOMLDecodeError:
        expected = f"expected [[{name}]] tables, so that more can be appended"
        raise ConfigError(Problem(path.name, name, expected)) from None
    except OSError as error:
        raise DigestError(f"{path} cannot be written: {error.strerror}") from None


def _source(feed: ListedFeed) -> str:
    values = {"name": feed.name, "title": feed.title, "kind": "feed", "url": feed.url}
    return _table("sources", {**values, "theme": feed.theme})


def _table(name: str, values: Mapping[str, str | list[str]]) -> str:
    # A JSON string is a TOML string once nothing in it is escaped beyond what both know; the
    # texts are clean lines. The same is true of lists of them.
    lines = (f"{k} = {json.dumps(v, ensure_ascii=False)}\n" for k, v in values.items() if v)
    return f"\n[[{name}]]\n" + "".join(lines)


def _replace(path: Path, text: str) -> None:
    place = path.resolve()
    with tempfile.NamedTemporaryFile(
        "w", encoding="utf-8", dir=place.parent, prefix=".config-", delete=False
    ) as file:
        new = Path(file.name)
        try:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
            new.chmod(place.stat().st_mode & 0o777)
            new.replace(place)
        except BaseException:
            new.unlink(missing_ok=True)
            raise
