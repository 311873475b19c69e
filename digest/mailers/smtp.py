"""Letters to mail servers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path

from digest.config import MailSettings
from digest.core.letter import Letter
from digest.core.outbox import Receipt
from digest.mailers.smtp_run import Run
from digest.ports import Permits, unlimited


class SmtpMailer:
    """Hands letters over SMTP, over as many connections as the settings say."""

    def __init__(
        self,
        settings: MailSettings,
        root: Path,  # noqa: ARG002 - all alike
        permits: Permits = unlimited,
    ) -> None:
        """Remember where; nothing is opened before there is a letter.

        Args:
            settings: the servers, and how they are used.
            root: the folder of the site.
            permits: asked before a server that has a rate of its own gets a letter.
        """
        self._settings = settings
        self._permits = permits

    def hand_off(
        self,
        letters: Iterable[Letter],
        at_dot: Callable[[Sequence[Letter]], Sequence[Letter]],
        stopping: Callable[[], bool] = bool,
    ) -> Iterator[tuple[Letter, Receipt]]:
        """Hand over each letter; see :class:`digest.ports.Mailer`.

        Told to stop, it waits half a minute for the answers to what is on the wire.
        """
        with closing(Run(self._settings, letters, at_dot, self._permits)) as run:
            yield from run.receipts(stopping)
            yield from run.last_receipts()
