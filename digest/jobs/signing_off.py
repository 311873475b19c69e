"""Let a draft out by hand: look at it with every check that can stop it, then sign."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from digest.core.checks.finding import Report
from digest.core.edition import EditionId
from digest.errors import BlockedError, ConflictError
from digest.jobs.approve import CHANGED, Approval, Approve


@dataclass(frozen=True, slots=True)
class SignOff:
    """The job.

    Attributes:
        look: what the checks that can stop the draft of a number say.
    """

    approve: Approve
    look: Callable[[EditionId], Report]

    def __call__(
        self, edition: EditionId, *, by: str, expecting: str = "", despite: str = ""
    ) -> Approval:
        """Sign for a person; the last signature that is needed freezes the draft.

        Args:
            edition: the draft.
            by: who signs.
            expecting: the content hash that they saw; empty: whatever it is now.
            despite: why it goes out although a check blocks it.

        Raises:
            UsageError: there is nothing in it.
            BlockedError: a check blocks it, and nobody says why it goes out all the same.
            ConflictError: it is no draft any more, not what they saw, or they signed already.
        """
        self.approve.preview(edition)  # says at once when it is no draft, or not there
        report = self.look(edition)
        if expecting and expecting != report.content_hash:
            raise ConflictError(CHANGED)
        if report.blocking and not despite:
            raise BlockedError(
                f"approval is blocked: {report.why}; mend it, or say why it goes out all the same "
                "(--despite)"
            )
        told = despite if report.blocking else ""
        return self.approve(edition, by=by, expecting=report.content_hash, despite=told)
