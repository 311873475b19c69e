"""A Maildir that a mail server delivers into."""

from __future__ import annotations

import mailbox
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Literal

from digest.config import Options
from digest.core.bounce import MOST
from digest.errors import FetchError
from digest.ports import Keep, Returned

_BATCH = 100


class MaildirOptions(Options):
    """Keys of ``[[bounces]]`` that only this kind understands."""

    path: Path
    then: Literal["mark", "delete"] = "mark"
    """What becomes of a message that was read: it moves to ``cur``, or goes."""


class MaildirBox:
    """Takes what is in ``new``."""

    role = "mailbox"
    Options = MaildirOptions

    def __init__(self, options: MaildirOptions, root: Path) -> None:
        self._folder = root / options.path
        self._deletes = options.then == "delete"

    def empty(self, keep: Keep) -> int:
        """Give what is there to ``keep``, then move it on; the folders are made at first."""
        try:
            mailbox.Maildir(self._folder, create=True).close()
            return sum(self._take(batch, keep) for batch in self._batches())
        except OSError as error:
            raise FetchError(f"the Maildir {self._folder} cannot be read: {error}") from error

    def _batches(self) -> Iterator[list[Path]]:
        new = iter(sorted((self._folder / "new").iterdir()))
        while batch := list(islice(new, _BATCH)):
            yield batch

    def _take(self, files: list[Path], keep: Keep) -> int:
        keep([Returned(_start(file)) for file in files])
        for file in files:
            if self._deletes:
                file.unlink(missing_ok=True)
            else:
                file.rename(self._folder / "cur" / f"{file.name.partition(':')[0]}:2,S")
        return len(files)


def _start(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(MOST)
