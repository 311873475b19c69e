"""What editors do to resources and drafts."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from digest.core.composition import NOT_CARRIED
from digest.core.decision import Act
from digest.core.edition import EditionId, EditionState, Filing
from digest.core.filing.taught import FILED
from digest.core.newsletter import OTHER
from digest.core.reason import Reason
from digest.core.resource import ResourceId
from digest.errors import ConflictError, UsageError
from digest.jobs.deciding import Deciding, Noted
from digest.jobs.draft import resource_of
from digest.jobs.halting import held, withdraw
from digest.jobs.teaching import take_back, teach
from digest.jobs.wishes import Wish
from digest.ports import Clock, EditionRecord, Store

_OPEN = frozenset({EditionState.DRAFT, EditionState.READY, EditionState.APPROVED})


@dataclass(frozen=True, slots=True)
class Curate:
    """The editors' acts; each is one transaction, and teaches how to file what comes later.

    Attributes:
        themes: slugs of the configured themes.
        deciding: notes what is decided on drafts.
        resort: files what waits by what was just taught.
    """

    store: Store
    clock: Clock
    themes: Collection[str]
    deciding: Deciding
    resort: Callable[[], object] = bool

    def file(self, resource: ResourceId, theme: str, *, by: str) -> None:
        """Correct the theme of a resource.

        Editions that left it out because they do not carry its old theme look at it again.

        Raises:
            UsageError: there is no such resource or theme.
        """
        self._theme(theme)
        now = self.clock.now()
        with self.store.begin() as work:
            work.resources.lock(resource)
            item = resource_of(work, resource)
            filing = Filing(theme, Reason("editor", f"{by} filed it there"), by=by)
            work.resources.file(resource, filing, now)
            work.editions.reconsider(resource, NOT_CARRIED)
            teach(work, [(item, theme)], act=FILED, now=now)
        self.resort()

    def unfile(self, resource: ResourceId) -> Filing:
        """Take the last filing by an editor back: the one before it holds again.

        What it taught is taken back as well.

        Raises:
            UsageError: there is no such resource, or no editor filed it.
        """
        with self.store.begin() as work:
            work.resources.lock(resource)  # who reads the history first must change it first
            resource_of(work, resource)
            (last, _), *earlier = work.resources.filings(resource)
            if not last.is_decided or not earlier:
                raise UsageError(
                    f"no editor filed resource {resource}, so there is nothing to undo"
                )
            before = earlier[0][0]
            work.resources.file(resource, before, self.clock.now())
            work.editions.reconsider(resource, NOT_CARRIED)
            theme = before.theme if before.is_decided else ""
            take_back(work, resource, act=FILED, theme=theme)
        self.resort()
        return before

    def hide(self, resource: ResourceId, *, hidden: bool) -> None:
        """Take a resource out of everything to come, or bring it back."""
        with self.store.begin() as work:
            resource_of(work, resource)
            work.resources.hide(resource, hidden=hidden)

    def decide(
        self,
        edition: EditionId,
        act: Act,
        value: str,
        *,
        resource: ResourceId | None,
        by: str,
        seen: int | None = None,
    ) -> Noted:
        """Note a decision on a draft; it is replayed whenever the draft is composed.

        Raises:
            UsageError: the decision makes no sense.
            ConflictError: the edition is no draft any more.
            ClashError: somebody else decided otherwise since version ``seen``.
        """
        return self.deciding.together(edition, [Wish(act, resource, value)], by=by, seen=seen)

    def cancel(self, edition: EditionId, *, why: str) -> EditionRecord:
        """Cancel a draft, or what of an edition is not yet sent.

        What nobody got is free for the next edition. Where somebody did, or may have, its page
        stays, since the letters lead there.

        Raises:
            UsageError: there is no such edition.
            ConflictError: it was sent, skipped or cancelled already.
        """
        with self.store.begin() as work:
            record = held(work, edition)
            if record.state not in _OPEN:
                raise ConflictError(f"edition {edition} is {record.state.value} already")
            work.editions.resume(edition)
            work.editions.close(edition, EditionState.CANCELLED, why)
            withdraw(work, edition, why, self.clock.now())
            return record

    def _theme(self, slug: str) -> None:
        if slug not in {*self.themes, OTHER}:
            known = ", ".join([*self.themes, OTHER])
            raise UsageError(f'no theme "{slug}"; expected one of {known}')
