"""Assemble an edition: close its window, compose, and freeze it or leave it to the editors."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from digest.core.edition import EditionId, EditionState
from digest.core.history import moved_on
from digest.core.newsletter import Approval
from digest.core.window import due_slot, next_slot
from digest.errors import ConflictError
from digest.jobs.ahead import last_made
from digest.jobs.draft import Drafting, Window
from digest.jobs.release import Release
from digest.ports import Clock, EditionRecord, Store, Work

log = logging.getLogger(__name__)

_RECENT = 50


@dataclass(frozen=True, slots=True)
class AssembleReport:
    """What became of a newsletter's slot.

    Attributes:
        state: ``None`` when another process makes or made this edition.
        reason: why it was skipped, or waits for an editor although it should go by itself.
    """

    newsletter: str
    slot: datetime
    state: EditionState | None = None
    edition: EditionId | None = None
    items: int = 0
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Assemble:
    """The job.

    Attributes:
        resort: files what waits and is beyond doubt by now; whoever taught it may have died
            before that was done.
    """

    store: Store
    clock: Clock
    drafting: Drafting
    release: Release
    resort: Callable[[], object] = bool

    def due(self, newsletter: str) -> datetime | None:
        """The slot to make an edition for now, if any."""
        plan = self.drafting.newsletter(newsletter)
        now = self.clock.now()
        with self.store.read() as work:  # asked every few seconds: it must hold up no writer
            known_since = work.editions.registered(newsletter)
            done = last_made(work, newsletter)
        if known_since is None:
            with self.store.begin() as work:
                known_since = work.editions.register(newsletter, now)
        return due_slot(plan.schedule, plan.timezone, max(done or known_since, known_since), now)

    def at_once(self, newsletter: str) -> datetime:
        """The slot to make an edition for although none is due.

        That of the draft which editors prepared, so that what they decided counts; else now.
        """
        with self.store.read() as work:
            early = _early(work, newsletter)
        return early[0].slot if early else self.clock.now()

    def next(self, newsletter: str) -> datetime | None:
        """When the next edition comes by schedule."""
        plan = self.drafting.newsletter(newsletter)
        return next_slot(plan.schedule, plan.timezone, self.clock.now())

    def __call__(self, newsletter: str, slot: datetime) -> AssembleReport:
        """Make the edition of a slot, once, however often it is asked for."""
        self.resort()
        try:
            with self.store.begin() as work:
                work.editions.lock(newsletter)
                report = self._make(work, newsletter, slot)
        except ConflictError as conflict:
            log.info("%s: another process makes the edition of %s: %s", newsletter, slot, conflict)
            return AssembleReport(newsletter, slot)
        plan = self.drafting.newsletter(newsletter)
        if report.state is EditionState.DRAFT and report.edition and plan.approval is Approval.AUTO:
            after = self.release(report.edition)
            return replace(report, state=after.state, reason=after.waits)
        return report

    def _make(self, work: Work, newsletter: str, slot: datetime) -> AssembleReport:
        record = self._open(work, newsletter, slot)
        if record is None:
            return AssembleReport(newsletter, slot)
        window = self.drafting.window(work, record)
        count = window.draft.edition.count
        if reason := self._too_few(newsletter, count):
            self.drafting.settle(work, record, window)
            work.editions.close(record.id, EditionState.SKIPPED, reason)
            log.info("%s: skipped: %s", newsletter, reason)
            return AssembleReport(newsletter, slot, EditionState.SKIPPED, record.id, count, reason)
        self._leave(work, record, window)
        return AssembleReport(newsletter, slot, EditionState.DRAFT, record.id, count)

    def _leave(self, work: Work, record: EditionRecord, window: Window) -> None:
        """Close its window, and say when it is approved if nobody does: at once, later, never."""
        plan = self.drafting.newsletter(record.newsletter)
        self.drafting.close(work, record, window)
        if plan.approval is Approval.AUTO:
            work.editions.schedule(record.id, self.clock.now())
            return
        release_at = self.clock.now() + plan.auto_send_after if plan.auto_send_after else None
        work.editions.schedule(record.id, release_at)
        self.release.tell(work, record, "")
        log.info("%s: a draft waits for approval", record.newsletter)

    def _open(self, work: Work, newsletter: str, slot: datetime) -> EditionRecord | None:
        """The row of the slot: the editors' early draft, or a new one; None: it is made."""
        for record in work.editions.records(newsletter, limit=_RECENT):
            if record.slot == slot:
                open_ = record.state is EditionState.DRAFT and not work.editions.taken(record.id)
                return record if open_ else None
        # Up to this moment, not to the slot: after an outage readers get what came meanwhile.
        record = work.editions.add(newsletter, slot, self.clock.now(), EditionState.DRAFT)
        _inherit(work, record)
        return record

    def _too_few(self, newsletter: str, count: int) -> str:
        wanted = self.drafting.newsletter(newsletter).min_items
        if not count:
            return "nothing new"
        if count < wanted:
            return f"{count} new, at least {wanted} wanted; they wait for the next edition"
        return ""


def _early(work: Work, newsletter: str) -> list[EditionRecord]:
    """Drafts opened ahead of their time, the oldest slot first."""
    drafts = work.editions.records(newsletter, states=[EditionState.DRAFT])
    return [record for record in reversed(drafts) if not work.editions.taken(record.id)]


def _inherit(work: Work, record: EditionRecord) -> None:
    """Take over what editors decided on drafts whose time passed in an outage."""
    for early in _early(work, record.newsletter):
        if early.slot < record.slot:
            before = len(work.editions.decisions(record.id))
            for decision in moved_on(work.editions.decisions(early.id), before):
                work.editions.decide(record.id, decision)
            reason = f"nothing ran at its time; edition {record.id} took its place"
            work.editions.close(early.id, EditionState.SKIPPED, reason)
