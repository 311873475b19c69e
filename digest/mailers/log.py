"""Letters into the log: nothing leaves the house. For rehearsals and load tests."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path

from digest.config import MailSettings
from digest.core.letter import Letter
from digest.core.outbox import Outcome, Receipt
from digest.ports import Permits, unlimited

_BATCH = 100
"""Nothing can be in doubt here, so as many letters share one mark as memory does not feel."""

_WRITTEN = Receipt(Outcome.ACCEPTED, "written to the log")

log = logging.getLogger(__name__)


class LogMailer:
    """Writes one line per letter, with no address in it."""

    def __init__(self, settings: MailSettings, root: Path, permits: Permits = unlimited) -> None:
        """Take what every mailer takes; this one needs none of it."""

    def hand_off(
        self,
        letters: Iterable[Letter],
        at_dot: Callable[[Sequence[Letter]], Sequence[Letter]],
        stopping: Callable[[], bool] = bool,  # noqa: ARG002 - the letters end by themselves
    ) -> Iterator[tuple[Letter, Receipt]]:
        """Log each letter; see :class:`digest.ports.Mailer`."""
        rest = iter(letters)
        while batch := tuple(islice(rest, _BATCH)):
            for letter in at_dot(batch):
                size = len(letter.content)
                log.info("letter %s to %s, %d bytes", letter.message_id, letter.domain, size)
                yield letter, _WRITTEN
