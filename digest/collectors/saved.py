"""Saved pages that stand for addresses."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from digest.collectors.opening import read_file
from digest.collectors.page import Page
from digest.collectors.selecting import document, find
from digest.core.address import canonical
from digest.errors import FetchError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


class SavedPages:
    """Answers fetches from files; each says its address in ``<link rel="canonical">``."""

    def __init__(self, paths: Iterable[Path]) -> None:
        self._paths = tuple(paths)

    def fetch(
        self,
        url: str,
        *,
        etag: str = "",
        last_modified: str = "",
        accept: str = "*/*",
        max_size: int | None = None,
    ) -> Page:
        """Get a page (see :class:`~digest.collectors.page.Fetches`).

        Raises:
            FetchError: no file stands for the address.
        """
        del etag, last_modified, accept, max_size
        if body := self._pages.get(canonical(url)):
            return Page(url, body)
        raise FetchError(f"no saved page stands for {url}", permanent=True)

    @cached_property
    def _pages(self) -> dict[str, bytes]:
        pages = {}
        for path in self._paths:
            body = read_file(path).body
            for link in find(document(body), "link[rel=canonical]::attr(href)"):
                pages[canonical(str(link.get()))] = body
        return pages
