"""Opening a source: from an address or from a file, once more or for the first time."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, Self

from pydantic import AfterValidator, model_validator

from digest.collectors.page import Page
from digest.config import Options
from digest.core.address import absolute
from digest.core.source import Bookmark
from digest.errors import FetchError

if TYPE_CHECKING:
    from pathlib import Path

    from digest.collectors.page import Fetches

FILE_LIMIT = 15_000_000
"""Bytes of a file that is read in place of an address."""


def _web_address(text: str) -> str:
    absolute(text)
    return text.strip()


WebAddress = Annotated[str, AfterValidator(_web_address)]


class Place(Options):
    """Where a source is.

    Attributes:
        url: its address.
        path: a file, relative to the folder of the configuration, that stands for it.
    """

    url: WebAddress | None = None
    path: str = ""

    @model_validator(mode="after")
    def _one_of_them(self) -> Self:
        if bool(self.url) == bool(self.path):
            raise ValueError('expected either "url" or "path"')
        return self

    @property
    def mark(self) -> str:
        """Changes when any option changes: what was remembered under others does not count."""
        return _hash(self.model_dump_json().encode())


@dataclass(frozen=True, slots=True)
class Visit:
    """A source, opened.

    Attributes:
        unchanged: the server said so, or the bytes are those of the last time.
        bookmark: what to remember when everything on the page could be used.
    """

    page: Page
    unchanged: bool
    bookmark: Bookmark


def visit(
    place: Place, bookmark: Bookmark, fetcher: Fetches, root: Path, accept: str = "*/*"
) -> Visit:
    """Open a source, asking only for what is new.

    Raises:
        FetchError: it cannot be opened.
    """
    if memory(place, bookmark) is None:
        bookmark = Bookmark()
    start = bookmark.url or place.url or ""
    page = (
        _fetched(place, start, bookmark, fetcher, accept) if start else read_file(root / place.path)
    )
    start = page.permanent_url or start
    if page.unchanged:
        newer = page.last_modified or bookmark.last_modified
        return Visit(page, unchanged=True, bookmark=replace(bookmark, last_modified=newer))
    cursor = f"{place.mark} {_hash(page.body)}"
    remembered = Bookmark(start, page.etag, page.last_modified, cursor)
    same = bookmark.cursor.split()[:2] == cursor.split()
    return Visit(
        page, unchanged=same, bookmark=replace(bookmark, url=start) if same else remembered
    )


def memory(place: Place, bookmark: Bookmark) -> tuple[str, ...] | None:
    """What the kind itself put behind the cursor; ``None``: never seen with these options."""
    mark, *rest = bookmark.cursor.split() or [""]
    return tuple(rest[1:]) if mark == place.mark else None


def unfinished(bookmark: Bookmark) -> Bookmark:
    """The same, but the next collection looks at the page even if it has not changed."""
    mark, _, *rest = bookmark.cursor.split()
    return Bookmark(bookmark.url, cursor=" ".join([mark, "-", *rest]))


def _fetched(place: Place, start: str, bookmark: Bookmark, fetcher: Fetches, accept: str) -> Page:
    try:
        return fetcher.fetch(
            start, etag=bookmark.etag, last_modified=bookmark.last_modified, accept=accept
        )
    except FetchError as error:
        # Where it had moved to, it is no more: ask again where the configuration says.
        if place.url and error.permanent and start != place.url:
            return fetcher.fetch(place.url, accept=accept)
        raise


def read_file(path: Path) -> Page:
    """Read a file as if it had been fetched.

    Raises:
        FetchError: it is not there, not readable or too large.
    """
    try:
        size = path.stat().st_size
        if size > FILE_LIMIT:
            raise FetchError(f"{path.name} is larger than {FILE_LIMIT:,} bytes", permanent=True)
        return Page(url="", body=path.read_bytes())
    except OSError as error:
        raise FetchError(f"the file {path} cannot be read: {error.strerror}") from None


def _hash(data: bytes) -> str:
    return hashlib.blake2b(data, digest_size=12).hexdigest()
