"""Let out what goes by itself: drafts that nobody stopped, approvals that nobody took back."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from digest.core.checks.finding import Report
from digest.core.edition import EditionId, EditionState
from digest.errors import ConflictError
from digest.jobs.approve import BY_ITSELF, Approve
from digest.jobs.draft import hold_draft
from digest.jobs.halting import held
from digest.jobs.telling import Tell, nobody
from digest.ports import Clock, EditionRecord, Store

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Release:
    """The job; it may run twice or late.

    Attributes:
        look: what the checks that can stop the draft of a number say.
        tell: writes to the editors.
    """

    store: Store
    clock: Clock
    approve: Approve
    look: Callable[[EditionId], Report]
    tell: Tell = nobody

    def due(self) -> Sequence[EditionId]:
        """Name the editions whose time has come."""
        with self.store.read() as work:
            return work.editions.releasable(self.clock.now())

    def __call__(self, edition: EditionId) -> EditionRecord:
        """Let an edition go one step on, if its time has come.

        Returns:
            Its row afterwards; one that a check blocks is still a draft and says why it waits.

        Raises:
            RenderError: the template is wrong; it is tried again.
        """
        with self.store.read() as work:
            record = work.editions.outline(edition)
        assert record is not None
        if record.state is EditionState.READY:
            self._let_out(edition)
        elif record.state is EditionState.DRAFT and record.release_at:
            self._approve(record)
        with self.store.read() as work:
            after = work.editions.outline(edition)
        assert after is not None
        return after

    def _let_out(self, edition: EditionId) -> None:
        with self.store.begin() as work:
            record = held(work, edition)
            over = record.hold_until is None or record.hold_until <= self.clock.now()
            if record.state is EditionState.READY and over:
                self.approve.let_out(work, edition)

    def _approve(self, record: EditionRecord) -> None:
        report = self.look(record.id)
        if report.blocking:
            self._keep_back(record, f"a check blocks it: {report.why}")
            return
        try:
            self.approve(record.id, by=BY_ITSELF, expecting=report.content_hash)
        except ConflictError as conflict:  # somebody was at it at this very moment
            log.info("%s: not approved by itself: %s", record.newsletter, conflict)

    def _keep_back(self, record: EditionRecord, why: str) -> None:
        with self.store.begin() as work:
            found = hold_draft(work, record.id)
            if found.release_at:
                work.editions.schedule(record.id, None, why)
                self.tell(work, found, why)
        log.warning("%s: its draft waits for an editor: %s", record.newsletter, why)
