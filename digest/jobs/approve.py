"""Approve a draft: freeze it, freeze its audience, and put every delivery on the ledger."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Protocol

from digest.core.edition import Edition, EditionId, content_hash
from digest.core.filing.taught import approved
from digest.core.newsletter import OTHER, Newsletter
from digest.core.throttle import Throttling
from digest.errors import ConflictError, UsageError
from digest.jobs import calls
from digest.jobs.draft import Drafting, Window, hold_draft, open_draft
from digest.jobs.teaching import teach
from digest.ports import Clock, EditionRecord, Store, Work
from subscribers import Recipient

log = logging.getLogger(__name__)


class Audience(Protocol):
    """Who is to be mailed."""

    def audience(self, newsletter: str) -> Iterable[Recipient]:
        """Stream the readers of a newsletter."""
        ...


@dataclass(frozen=True, slots=True)
class Approval:
    """What was approved.

    Attributes:
        audience: how many people get it.
    """

    edition: Edition
    content_hash: str
    audience: int


@dataclass(frozen=True, slots=True)
class Approve:
    """The job.

    Attributes:
        host: authority of the ``tag:`` URIs minted for editions.
        provider_of: names the provider of a domain whose letters may be slowed down.
        resort: files what waits by what an approval just taught.
    """

    store: Store
    clock: Clock
    drafting: Drafting
    people: Audience
    host: str
    provider_of: Callable[[str], str] = Throttling().provider_of
    resort: Callable[[], object] = bool

    def __call__(self, edition: EditionId, *, by: str, expecting: str = "") -> Approval:
        """Freeze the draft; from now on it never changes.

        Somebody looked at it, so it also teaches that its items belong where they stand. An
        edition that goes out by its schedule teaches nothing: maybe nobody saw it.

        Args:
            edition: the draft.
            by: who approves.
            expecting: the content hash that the approver saw; empty: whatever it is now.

        Raises:
            UsageError: there is nothing in it.
            ConflictError: it is no draft any more, or not what the approver saw.
        """
        with self.store.begin() as work:
            record = hold_draft(work, edition)
            approval = self.within(work, record, by=by, expecting=expecting)
            self._teach(work, edition, approval.edition)
        self.resort()
        return approval

    def within(
        self, work: Work, record: EditionRecord, *, by: str, expecting: str = ""
    ) -> Approval:
        """Do it as a part of a transaction that holds the newsletter's lock."""
        now = self.clock.now()
        window = self.drafting.window(work, record)
        frozen = self.frozen(work, record, window)
        _same(frozen, expecting)
        if not frozen.count:
            raise UsageError("there is nothing in it to approve; wait for its time, or cancel it")
        self.drafting.close(work, record, window)
        tag = f"tag:{self.host},{now:%Y}:edition/{record.newsletter}/{frozen.slug}"
        name = work.editions.approve(record.id, frozen, by=by, now=now, tag=tag)
        audience = work.deliveries.enqueue(record.id, self._audience(frozen), now)
        work.enqueue(calls.send(record.id))
        log.info("%s %s approved by %s for %s people", frozen.newsletter, frozen.slug, by, audience)
        return Approval(frozen, name, audience)

    def _teach(self, work: Work, number: EditionId, edition: Edition) -> None:
        """What stands under *other* was not filed there, it was only left; that says nothing."""
        places = {e.resource: e.theme for e in edition.entries() if e.theme != OTHER}
        items = (item for item, left_out in work.editions.taken(number) if not left_out)
        said = [(i, places[i.resource.id]) for i in items if i.resource.id in places]
        teach(work, said, act=approved(number), now=self.clock.now())

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

    def _audience(self, edition: Edition) -> Iterator[tuple[int, tuple[str, ...], str]]:
        """Who gets it, with the themes of it that each follows, and who keeps their mail."""
        present = edition.themes
        everything = tuple(sorted(present))
        for recipient in self.people.audience(edition.newsletter):
            provider = self.provider_of(recipient.address.rpartition("@")[2])
            if recipient.themes is None:
                yield recipient.id, everything, provider
            elif wanted := present.intersection(recipient.themes):
                yield recipient.id, tuple(sorted(wanted)), provider


def _same(frozen: Edition, expecting: str) -> None:
    if expecting and content_hash(frozen) != expecting:
        raise ConflictError(
            "the draft changed since it was previewed; look at it again and approve what you see"
        )


def _slug(work: Work, plan: Newsletter, record: EditionRecord) -> str:
    """The local date of its slot; a second edition of the day gets ``-2``, and so on."""
    day = f"{record.slot.astimezone(plan.timezone):%Y-%m-%d}"
    slug, count = day, 1
    while work.editions.find(plan.slug, slug):
        count += 1
        slug = f"{day}-{count}"
    return slug
