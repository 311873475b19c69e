"""Send a test: the letter as it would go out, to one address, through the same mail server."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from digest.core.edition import Edition, EditionId
from digest.core.letter import Letter
from digest.core.outbox import DeliveryId, Outcome
from digest.errors import DeliveryError, UsageError
from digest.jobs.letters import LetterWriter
from digest.jobs.preview import NOBODY, Preview
from digest.ports import Clock, Mailer, Store
from subscribers import Recipient

_MOST_THEMES_NAMED = 20


@dataclass(frozen=True, slots=True)
class TrialReport:
    """What became of a test."""

    address: str
    subject: str
    outcome: Outcome
    reply: str


@dataclass(frozen=True, slots=True)
class Trial:
    """The job; it writes nothing down, and no reader hears of it.

    Attributes:
        mark: stands before the subject.
    """

    store: Store
    clock: Clock
    mailer: Mailer
    preview: Preview
    mark: str

    def __call__(
        self, edition: EditionId, address: str, themes: Sequence[str] | None = None
    ) -> TrialReport:
        """Send one letter; its links are of the right length and open nothing.

        Args:
            edition: a draft, or an edition that is out.
            address: where to.
            themes: as if the reader followed these; ``None``: all.

        Raises:
            UsageError: there is no such edition, or nothing in it of these themes.
            ConflictError: it holds nothing.
            DeliveryError: the mail server is out of reach.
        """
        with self.store.read() as work:
            record = work.editions.get(edition)
            if record is None:
                raise UsageError(f"no edition {edition}; `digest editions list` shows those")
            shown = self.preview.edition(work, record)
        letter, subject = self._letter(record.id, shown, address, _among(shown, themes))
        for _, receipt in self.mailer.hand_off([letter], _all):
            return TrialReport(address, subject, receipt.outcome, receipt.reply)
        raise DeliveryError("the mail server did not take the test; try again")

    def _letter(
        self, number: EditionId, edition: Edition, address: str, themes: tuple[str, ...]
    ) -> tuple[Letter, str]:
        now = self.clock.now()
        reader = Recipient(0, address, "", None, now, edition.language, NOBODY)
        writer: LetterWriter = self.preview.writer
        letters = writer.trial(number, edition, self.mark, now)
        return letters.letter(DeliveryId(0), themes, reader, now), letters.subject(themes)


def _among(edition: Edition, themes: Sequence[str] | None) -> tuple[str, ...]:
    chosen = edition.themes if themes is None else edition.themes.intersection(themes)
    if not chosen:
        known = ", ".join(sorted(edition.themes)[:_MOST_THEMES_NAMED]) or "nothing"
        raise UsageError(f"there is nothing in it of these themes; it holds {known}")
    return tuple(sorted(chosen))


def _all(letters: Sequence[Letter]) -> Sequence[Letter]:
    """Nothing of a test is written into the ledger."""
    return letters
