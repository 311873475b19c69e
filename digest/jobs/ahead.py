"""The draft that comes next, opened before its time so that editors can decide on it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from digest.core.edition import EditionId, EditionState
from digest.core.window import next_slot
from digest.jobs.draft import Drafting
from digest.ports import Clock, EditionRecord, Store, Work

_RECENT = 50


@dataclass(frozen=True, slots=True)
class Ahead:
    """The job."""

    store: Store
    clock: Clock
    drafting: Drafting

    def __call__(self, newsletter: str) -> EditionRecord:
        """Open the draft of the next slot, or give the one that is there.

        Nothing is bound to it: its window closes at its time, or when it is approved.

        Raises:
            UsageError: there is no such newsletter.
        """
        self.drafting.newsletter(newsletter)
        with self.store.begin() as work:
            work.editions.lock(newsletter)
            coming = self.coming(work, newsletter)
            if coming.id:
                return coming
            work.editions.register(newsletter, self.clock.now())
            slot = coming.slot
            return work.editions.add(newsletter, slot, coming.cutoff, EditionState.DRAFT)

    def coming(self, work: Work, newsletter: str) -> EditionRecord:
        """What comes next: a draft that waits for approval, else the draft of the next slot.

        Number 0: there is no row for it yet.
        """
        plan = self.drafting.newsletter(newsletter)
        now = self.clock.now()
        # One that was approved, or cancelled, before its time has its slot for good.
        after = max(now, last_made(work, newsletter) or now)
        slot = next_slot(plan.schedule, plan.timezone, after)
        drafts = work.editions.records(newsletter, states=[EditionState.DRAFT])
        waiting = [record for record in drafts if work.editions.taken(record.id)]
        early = [record for record in drafts if slot is None or record.slot == slot]
        return next(iter([*reversed(waiting), *early]), _none_yet(newsletter, slot or now))


def last_made(work: Work, newsletter: str) -> datetime | None:
    """The newest slot that is dealt with; an early draft is not."""
    for record in work.editions.records(newsletter, limit=_RECENT):
        if record.state is not EditionState.DRAFT or work.editions.taken(record.id):
            return record.slot
    return None


def _none_yet(newsletter: str, slot: datetime) -> EditionRecord:
    return EditionRecord(EditionId(0), newsletter, slot, slot, EditionState.DRAFT)
