"""Messages in files: one alone, an mbox, a Maildir, a folder of ``.eml``.

Of each message only as much is read as the reader of bounces looks at, so that neither the size of
a message nor that of a file takes memory.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from digest.core.bounce import MOST
from digest.errors import UsageError
from digest.ports import Returned

_MARK = b"From "
_LINE = 65_536


def messages(path: Path) -> Iterator[Returned]:
    """Give the messages of a file or folder; nothing is changed.

    Raises:
        UsageError: there is no such file, or it cannot be read.
    """
    try:
        if not path.is_dir():
            with path.open("rb") as file:
                yield from in_stream(file)
            return
        for found in files_of(path):
            with found.open("rb") as file:
                yield Returned(file.read(MOST))
    except OSError as error:
        raise UsageError(f"{error.filename or path} cannot be read: {error.strerror}") from None


def files_of(folder: Path) -> list[Path]:
    """The files of a Maildir, each a message, or else all files of a folder; in order of name."""
    places = [folder / "new", folder / "cur"] if (folder / "cur").is_dir() else [folder]
    found = (path for place in places if place.is_dir() for path in place.iterdir())
    return sorted(path for path in found if path.is_file() and not path.name.startswith("."))


def in_stream(stream: BinaryIO) -> Iterator[Returned]:
    """Give the messages of an mbox (RFC 4155), or the only one of anything else."""
    is_many, taken = False, bytearray()
    is_gap, is_start = True, True
    while line := stream.readline(_LINE):
        if is_start and is_gap and line.startswith(_MARK):
            if taken.strip():
                yield Returned(bytes(taken[:MOST]))
            taken, is_many = bytearray(), True
        elif len(taken) < MOST:
            # An mbox writes ">From " where a letter's own line begins so.
            quoted = is_many and is_start and line.startswith(b">" + _MARK)
            taken += line[1:] if quoted else line
        is_start = line.endswith(b"\n")
        is_gap = is_start and not line.strip()
    if taken.strip():
        yield Returned(bytes(taken[:MOST]))
