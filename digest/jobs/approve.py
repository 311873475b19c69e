"""Approve a draft: freeze it, freeze its audience, and put every delivery on the ledger."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from digest.core.edition import Edition, EditionId, EditionState, content_hash
from digest.core.filing.taught import approved
from digest.core.newsletter import OTHER, Newsletter
from digest.core.reach import Reckoning
from digest.core.signature import Signature, standing
from digest.core.throttle import Throttling
from digest.errors import ConflictError, UsageError
from digest.jobs import calls
from digest.jobs.draft import Drafting, Window, hold_draft, open_draft
from digest.jobs.halting import held
from digest.jobs.reckon import Audience, Reckon
from digest.jobs.teaching import teach
from digest.jobs.telling import Tell, nobody
from digest.ports import Clock, EditionRecord, Store, Work

CHANGED = "the draft changed since it was previewed; look at it again and approve what you see"

BY_ITSELF = "schedule"
"""Who approves what no person has to."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Approval:
    """What came of somebody's word for a draft.

    Attributes:
        audience: how many people get it; 0 while it does not go out yet.
        missing: how many more people have to approve it.
        hold_until: until when it is held back and the approval can be taken back.
    """

    edition: Edition
    content_hash: str
    audience: int = 0
    missing: int = 0
    hold_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Approve:
    """The job.

    Attributes:
        host: authority of the ``tag:`` URIs minted for editions.
        provider_of: names the provider of a domain whose letters may be slowed down.
        tell: writes to the editors.
        resort: files what waits by what an approval just taught.
    """

    store: Store
    clock: Clock
    drafting: Drafting
    people: Audience
    host: str
    provider_of: Callable[[str], str] = Throttling().provider_of
    tell: Tell = nobody
    resort: Callable[[], object] = bool

    def __call__(
        self, edition: EditionId, *, by: str, expecting: str = "", despite: str = ""
    ) -> Approval:
        """Take somebody's word for a draft; with the last one needed it never changes again.

        Somebody looked at it, so it also teaches that its items belong where they stand. An
        edition that goes out by its schedule teaches nothing: maybe nobody saw it.

        Args:
            edition: the draft.
            by: who approves.
            expecting: the content hash that the approver saw; empty: whatever it is now.
            despite: why it goes out although a check blocks it; kept with the word.

        Raises:
            UsageError: there is nothing in it.
            ConflictError: it is no draft any more, or not what the approver saw, or they said so
                already and somebody else has to.
        """
        with self.store.begin() as work:
            record = hold_draft(work, edition)
            approval = self._within(work, record, by=by, expecting=expecting, despite=despite)
        if by != BY_ITSELF and not approval.missing:
            self.resort()
        return approval

    def _within(
        self, work: Work, record: EditionRecord, *, by: str, expecting: str, despite: str
    ) -> Approval:
        """Do it as a part of a transaction that holds the newsletter's lock."""
        window = self.drafting.window(work, record)
        frozen = self.frozen(work, record, window)
        _same(frozen, expecting)
        if not frozen.count:
            raise UsageError("there is nothing in it to approve; wait for its time, or cancel it")
        # From its first approval on, what comes later is for the next edition.
        self.drafting.close(work, record, window)
        if missing := self._signed(work, record, frozen, by, despite):
            return Approval(frozen, content_hash(frozen), missing=missing)
        if by != BY_ITSELF:
            self._teach(work, record.id, frozen)
        return self._freeze(work, record, frozen, by)

    def _teach(self, work: Work, number: EditionId, edition: Edition) -> None:
        """What stands under *other* was not filed there, it was only left; that says nothing."""
        places = {e.resource: e.theme for e in edition.entries() if e.theme != OTHER}
        items = (item for item, left_out in work.editions.taken(number) if not left_out)
        said = [(i, places[i.resource.id]) for i in items if i.resource.id in places]
        teach(work, said, act=approved(number), now=self.clock.now())

    def _signed(
        self, work: Work, record: EditionRecord, frozen: Edition, by: str, despite: str
    ) -> int:
        """Note a word; answers how many more are needed."""
        now, name = self.clock.now(), content_hash(frozen)
        needed = self.drafting.newsletter(record.newsletter).approvals if by != BY_ITSELF else 1
        before = standing(work.editions.signatures(record.id), name, needed)
        if before.has(by):
            raise ConflictError(f"{by} approved it already; somebody else has to as well")
        work.editions.sign(record.id, Signature(by, now, name, despite))
        work.editions.schedule(record.id, None)
        missing = before.missing - 1
        if missing > 0:
            self.tell(work, record, f"{by} approved it, and {missing} more must")
        return missing

    def _freeze(self, work: Work, record: EditionRecord, frozen: Edition, by: str) -> Approval:
        now = self.clock.now()
        hold_for = self.drafting.newsletter(record.newsletter).hold_for
        hold_until = now + hold_for if hold_for else None
        tag = f"tag:{self.host},{now:%Y}:edition/{record.newsletter}/{frozen.slug}"
        name = work.editions.approve(
            record.id, frozen, by=by, now=now, tag=tag, hold_until=hold_until
        )
        log.info("%s %s approved by %s", frozen.newsletter, frozen.slug, by)
        if hold_until:
            return Approval(frozen, name, hold_until=hold_until)
        return Approval(frozen, name, self.let_out(work, record.id))

    def let_out(self, work: Work, edition: EditionId) -> int:
        """Freeze the audience of an approved edition and have it sent; answers how many.

        The transaction holds the newsletter's lock.
        """
        record = work.editions.get(edition)
        assert record is not None
        assert record.edition is not None
        reckon, count = Reckon(self.people), Reckoning()
        readers = (
            (reader.id, themes, self.provider_of(reader.address.rpartition("@")[2]))
            for reader, themes in reckon.readers(record.edition, count)
        )
        audience = work.deliveries.enqueue(edition, readers, self.clock.now())
        work.editions.let_out(edition, reckon.reach(record.edition, count))
        work.enqueue(calls.send(edition))
        log.info("%s %s goes to %s people", record.newsletter, record.slug, audience)
        return audience

    def withdraw(self, edition: EditionId, *, by: str) -> EditionRecord:
        """Take an approval back while the edition is held back; it is a draft again.

        Raises:
            UsageError: there is no such edition.
            ConflictError: it is not held back.
        """
        with self.store.begin() as work:
            record = held(work, edition)
            if record.state is not EditionState.READY:
                raise ConflictError(
                    f"edition {edition} is {record.state.value}; an approval can be taken back "
                    "only while the edition is held back (hold_for)"
                )
            work.editions.take_back(edition, f"{by} took the approval back")
            log.info("%s: %s took the approval back", record.newsletter, by)
            return record

    def preview(self, edition: EditionId) -> Edition:
        """What approving now would freeze; changes nothing."""
        with self.store.read() as work:
            record = open_draft(work, edition)
            return self.frozen(work, record, self.drafting.window(work, record))

    def frozen(self, work: Work, record: EditionRecord, window: Window) -> Edition:
        """Give the draft the number and the address that approving now would give it."""
        number = work.editions.last_number(record.newsletter) + 1
        plan = self.drafting.newsletter(record.newsletter)
        return replace(window.draft.edition, number=number, slug=_slug(work, plan, record))


def _same(frozen: Edition, expecting: str) -> None:
    if expecting and content_hash(frozen) != expecting:
        raise ConflictError(CHANGED)


def _slug(work: Work, plan: Newsletter, record: EditionRecord) -> str:
    """The local date of its slot; a second edition of the day gets ``-2``, and so on."""
    day = f"{record.slot.astimezone(plan.timezone):%Y-%m-%d}"
    slug, count = day, 1
    while work.editions.find(plan.slug, slug):
        count += 1
        slug = f"{day}-{count}"
    return slug
