"""An mbox that a mail server delivers into, such as ``/var/mail/bounces``."""

from __future__ import annotations

import mailbox
from itertools import islice
from pathlib import Path

from digest.config import Options
from digest.errors import FetchError
from digest.ports import Keep
from digest.returns.files import in_stream

_BATCH = 100


class MboxOptions(Options):
    """Keys of ``[[bounces]]`` that only this kind understands."""

    path: Path


class MboxFile:
    """Takes all of it, under the locks that mail servers know."""

    role = "mailbox"
    Options = MboxOptions

    def __init__(self, options: MboxOptions, root: Path) -> None:
        self._path = root / options.path

    def empty(self, keep: Keep) -> int:
        """Give all messages to ``keep``, then empty the file."""
        if not self._path.exists():
            return 0
        try:
            return self._locked(keep)
        except (OSError, mailbox.Error) as error:
            raise FetchError(f"the mbox {self._path} cannot be read: {error}") from error

    def _locked(self, keep: Keep) -> int:
        box = mailbox.mbox(self._path, create=False)
        box.lock()
        try:
            with self._path.open("r+b") as file:
                count, messages = 0, in_stream(file)
                while batch := list(islice(messages, _BATCH)):
                    keep(batch)
                    count += len(batch)
                file.truncate(0)
            return count
        finally:
            box.unlock()
            box.close()
