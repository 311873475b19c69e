"""Letters as files that mail programs open, for trying out and for another program to send."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from digest.config import MailSettings
from digest.core.letter import Letter
from digest.core.outbox import Outcome, Receipt
from digest.errors import DeliveryError
from digest.ports import Permits, unlimited

_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9@.=-]+")


class SpoolMailer:
    """Puts each letter into a file of its own.

    The name comes from the Message-ID, so a letter handed over twice is one file still.
    """

    def __init__(
        self,
        settings: MailSettings,
        root: Path,
        permits: Permits = unlimited,  # noqa: ARG002 - all alike
    ) -> None:
        """Remember the folder.

        Args:
            settings: only ``directory`` matters here.
            root: the site's folder, which a relative directory is in.
            permits: of no use here, where no server is.
        """
        self._folder = root / settings.directory

    def hand_off(
        self,
        letters: Iterable[Letter],
        at_dot: Callable[[Sequence[Letter]], Sequence[Letter]],
        stopping: Callable[[], bool] = bool,  # noqa: ARG002 - the letters end by themselves
    ) -> Iterator[tuple[Letter, Receipt]]:
        """Write each letter, whole or not at all; see :class:`digest.ports.Mailer`."""
        for letter in letters:
            self._prepare()
            for ours in at_dot((letter,)):
                yield ours, self._write(ours)

    def forget(self, address: str) -> int:
        """Delete the letters to an address, which another program has not fetched yet."""
        to = f"To: <{address.casefold()}>".encode()
        found = [file for file in self._folder.glob("*.eml") if _line(file).lower() == to.lower()]
        for file in found:
            file.unlink(missing_ok=True)
        return len(found)

    def _prepare(self) -> None:
        """Find out before a letter is marked that the folder takes files."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise self._unwritable(error) from error
        if not os.access(self._folder, os.W_OK | os.X_OK):
            raise self._unwritable(PermissionError(13, "Permission denied"))

    def _write(self, letter: Letter) -> Receipt:
        file = self._folder / f"{_NOT_IN_NAMES.sub('_', letter.message_id.strip('<>'))}.eml"
        unfinished = file.with_suffix(".part")
        try:
            unfinished.write_bytes(letter.content)
            unfinished.replace(file)
        except OSError as error:
            # The file is not in place, so the letter is not out: nothing is in doubt.
            return Receipt(Outcome.DEFERRED, str(self._unwritable(error)))
        return Receipt(Outcome.ACCEPTED, f"written to {file.name}")

    def _unwritable(self, error: OSError) -> DeliveryError:
        return DeliveryError(
            f"{self._folder} cannot be written: {error.strerror}; "
            "make it writable or set mail.directory to another folder"
        )


def _line(file: Path) -> bytes:
    """The line of a letter that says to whom it goes; a signature may stand before it."""
    try:
        with file.open("rb") as lines:
            return next((one.rstrip() for one in lines if one.startswith(b"To: ")), b"")
    except OSError:
        return b""  # fetched meanwhile
