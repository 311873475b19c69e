"""What a fetch brings, and who can fetch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from types import MappingProxyType
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Page:
    """One answer, read whole.

    Attributes:
        url: where it came from, after all redirects; empty for a file without an address.
        body: decompressed bytes; empty when ``unchanged``.
        unchanged: the server said so (HTTP 304).
        media_type: lower-case, without parameters, such as ``application/rss+xml``.
        charset: as the server said; empty when it did not.
        etag: byte for byte, to be sent back to ``permanent_url``, or else to the address asked;
            empty after a passing redirect, whose next target may be another.
        last_modified: as ``etag``.
        wait: how long the server asked us to stay away (RFC 9110 §10.2.3, RFC 9111 §5.2).
        permanent_url: where it moved for good, when every redirect on the way was 301 or 308.
        next_url: the next page (RFC 8288 ``Link: …; rel="next"``), as it was written.
        headers: all of them, names in lower case.
    """

    url: str
    body: bytes = b""
    unchanged: bool = False
    media_type: str = ""
    charset: str = ""
    etag: str = ""
    last_modified: str = ""
    wait: timedelta | None = None
    permanent_url: str = ""
    next_url: str = ""
    headers: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


class Fetches(Protocol):
    """The one way out."""

    def fetch(
        self,
        url: str,
        *,
        etag: str = "",
        last_modified: str = "",
        accept: str = "*/*",
        max_size: int | None = None,
    ) -> Page:
        """Get a page.

        Args:
            url: http or https.
            etag: validator of what we have from there; sent to no address it redirects to.
            last_modified: as ``etag``.
            accept: media types for the ``Accept`` header.
            max_size: bytes after decompression; ``None``: the setting; 0: the body is not read.

        Raises:
            FetchError: there is no such page, or not now, or it must not be fetched.
        """
        ...
