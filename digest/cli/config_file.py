"""Add to ``config.toml`` without touching what its owner wrote, comments included."""

from __future__ import annotations

import json
import os
import tempfile
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from digest.errors import ConfigError, DigestError, Problem

if TYPE_CHECKING:
    from digest.jobs.opml import ListedFeed


def add_sources(path: Path, feeds: Iterable[ListedFeed]) -> None:
    """Append a table per feed; the file is replaced whole or not at all.

    Raises:
        ConfigError: its sources are written in a way that cannot be appended to.
        DigestError: the file cannot be written.
    """
    try:
        text = path.read_text("utf-8")
        text = text.rstrip("\n") + "\n" + "".join(map(_table, feeds))
        tomllib.loads(text)
        _replace(path, text)
    except tomllib.TOMLDecodeError:
        expected = "expected [[sources]] tables, so that more can be appended"
        raise ConfigError(Problem(path.name, "sources", expected)) from None
    except OSError as error:
        raise DigestError(f"{path} cannot be written: {error.strerror}") from None


def _table(feed: ListedFeed) -> str:
    values = {"name": feed.name, "title": feed.title, "kind": "feed", "url": feed.url}
    values["theme"] = feed.theme
    # A JSON string is a TOML string once nothing in it is escaped beyond what both know; the
    # texts are clean lines.
    lines = (f"{k} = {json.dumps(v, ensure_ascii=False)}\n" for k, v in values.items() if v)
    return "\n[[sources]]\n" + "".join(lines)


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
