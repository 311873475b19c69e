"""A folder of files: tables (CSV), JSON lines, Markdown with front matter."""

from __future__ import annotations

import hashlib
import os
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import Field

from digest.collectors.item import Item, gather, reject
from digest.collectors.opening import FILE_LIMIT, WebAddress
from digest.collectors.rows import READERS, Fault
from digest.config import Options
from digest.core.source import Bookmark, Harvest
from digest.errors import FetchError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from digest.collectors.page import Fetches
    from digest.core.source import Source

LIMIT = 10_000
"""Items of one folder that are looked at."""


class FolderOptions(Options):
    """A folder.

    Attributes:
        path: relative to the folder of the configuration.
        base: the address that relative links in the files start from.
    """

    path: str = Field(min_length=1)
    base: WebAddress = ""


class FolderCollector:
    """Reads every ``*.csv``, ``*.jsonl`` and ``*.md`` in a folder and the folders in it.

    Args:
        source: what it is called.
        options: where it is.
        fetcher: not used; nothing is fetched.
        root: folder of the configuration.
    """

    Options = FolderOptions

    def __init__(
        self, source: Source, options: FolderOptions, fetcher: Fetches, root: Path
    ) -> None:
        del fetcher
        self._source = source
        self._options = options
        self._folder = root / options.path

    def collect(self, bookmark: Bookmark, now: datetime) -> Harvest:
        """Bring what the files hold.

        Raises:
            FetchError: there is no such folder, or it cannot be read.
        """
        digest = hashlib.blake2b(self._options.model_dump_json().encode(), digest_size=12)
        paths, faults = self._paths()
        rows: list[Item | Fault] = [*faults]
        for path, name in self._files(paths):
            try:
                body = _bytes(path)
            except OSError as error:
                rows.append(Fault(name, error.strerror or str(error)))
                continue
            digest.update(f"{name}\0{len(body)}\0".encode() + body)
            rows += islice(READERS[path.suffix.lower()](body, name), LIMIT)
        if (mark := digest.hexdigest()) == bookmark.cursor:
            return Harvest(bookmark=bookmark, unchanged=True)
        return self._harvest(rows, Bookmark(cursor=mark), now)

    def _harvest(self, rows: list[Item | Fault], bookmark: Bookmark, now: datetime) -> Harvest:
        if len(rows) > LIMIT:
            rest = f"there are more than {LIMIT:,} items; the rest is not looked at"
            rows = [*rows[:LIMIT], Fault(self._options.path, rest)]
        items = (row for row in rows if isinstance(row, Item))
        sightings, rejects = gather(items, self._source.name, now, self._options.base)
        faults = (
            reject(self._source.name, row.where, f"{row.where}: {row.reason}")
            for row in rows
            if isinstance(row, Fault)
        )
        return Harvest(sightings, (*rejects, *faults), bookmark)

    def _paths(self) -> tuple[list[Path], list[Fault]]:
        """Every file in the folder and the folders in it, and those that cannot be looked into."""
        if not self._folder.is_dir():
            raise FetchError(f"the folder {self._folder} is not there")
        errors: list[OSError] = []
        paths = [
            Path(folder, name)
            for folder, _, names in os.walk(self._folder, onerror=errors.append)
            for name in names
        ]
        if any(error.filename == str(self._folder) for error in errors):
            raise FetchError(f"the folder {self._folder} cannot be read: {errors[0].strerror}")
        return sorted(paths), [
            Fault(
                os.path.relpath(error.filename, self._folder),
                f"it cannot be read: {error.strerror}",
            )
            for error in errors
        ]

    def _files(self, paths: Iterable[Path]) -> Iterator[tuple[Path, str]]:
        """Every file to read, with its name inside the folder; none that lies outside of it."""
        home = self._folder.resolve()
        for path in paths:
            inside = path.resolve().is_relative_to(home)
            if inside and path.suffix.lower() in READERS and path.is_file():
                yield path, str(path.relative_to(self._folder))


def _bytes(path: Path) -> bytes:
    if path.stat().st_size > FILE_LIMIT:
        raise OSError(f"it is larger than {FILE_LIMIT:,} bytes")
    return path.read_bytes()
