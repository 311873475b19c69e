"""The files of a mail server's log, as lines."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click

from digest.errors import ParseError

_GZIP = b"\x1f\x8b"
_LONGEST = 65_536


def log_lines(path: Path) -> Iterator[str]:
    """Read a log, packed or not, line by line.

    Raises:
        ParseError: it cannot be read, or its packing is broken.
    """
    try:
        with path.open("rb") as file:
            packed = file.read(len(_GZIP)) == _GZIP
        opened = gzip.open if packed else open
        with opened(path, "rt", encoding="utf-8", errors="replace") as lines:
            while each := lines.readline(_LONGEST):
                yield each
    except (OSError, EOFError, zlib.error) as error:
        raise ParseError(f"{path} cannot be read: {error}") from None


def as_utc(zone: str | None) -> Callable[[datetime], datetime]:
    """What gives the moment of a time without a zone: by a zone, else by this machine's."""
    if zone is None:
        return lambda naive: naive.astimezone(UTC)
    try:
        place = ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise click.BadParameter(f"no time zone {zone!r}", param_hint="--log-timezone") from None
    return lambda naive: naive.replace(tzinfo=place).astimezone(UTC)
