"""What editors do to resources and drafts."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from digest.core.composition import NOT_CARRIED
from digest.core.decision import Act, Decision
from digest.core.edition import EditionId, EditionState, FiledResource, Filing
from digest.core.newsletter import OTHER
from digest.core.reason import Reason
from digest.core.resource import ResourceId
from digest.errors import ConflictError, UsageError
from digest.jobs.draft import open_draft
from digest.ports import Clock, EditionRecord, Store, Work


@dataclass(frozen=True, slots=True)
class Curate:
    """The editors' acts; each is one transaction.

    Attributes:
        themes: slugs of the configured themes.
    """

    store: Store
    clock: Clock
    themes: Collection[str]

    def file(self, resource: ResourceId, theme: str, *, by: str) -> None:
        """Correct the theme of a resource.

        Editions that left it out because they do not carry its old theme look at it again.

        Raises:
            UsageError: there is no such resource or theme.
        """
        self._theme(theme)
        with self.store.begin() as work:
            _resource(work, resource)
            filing = Filing(theme, Reason("editor", f"{by} filed it there"), by=by)
            work.resources.file(resource, filing, self.clock.now())
            work.editions.reconsider(resource, NOT_CARRIED)

    def hide(self, resource: ResourceId, *, hidden: bool) -> None:
        """Take a resource out of everything to come, or bring it back."""
        with self.store.begin() as work:
            _resource(work, resource)
            work.resources.hide(resource, hidden=hidden)

    def decide(
        self, edition: EditionId, act: Act, value: str, *, resource: ResourceId | None, by: str
    ) -> None:
        """Note a decision on a draft; it is replayed whenever the draft is composed.

        Raises:
            UsageError: the decision makes no sense.
            ConflictError: the edition is no draft any more.
        """
        if act is Act.MOVE:
            self._theme(value)
        if act is Act.REORDER and not (value.isascii() and value.isdigit() and int(value)):
            raise UsageError(f'expected a position from 1, not "{value}"')
        with self.store.begin() as work:
            open_draft(work, edition)
            if resource is not None:
                _resource(work, resource)
            decision = Decision(act, resource, value, by, self.clock.now())
            work.editions.decide(edition, decision)

    def cancel(self, edition: EditionId, *, why: str) -> EditionRecord:
        """Cancel a draft, or what of an edition is not yet sent.

        What a draft held is free for the next edition.

        Raises:
            ConflictError: it was sent, skipped or cancelled already.
        """
        with self.store.begin() as work:
            record = work.editions.get(edition)
            if record is None:
                raise UsageError(f"no edition {edition}; `digest editions list` shows them")
            if record.state not in {EditionState.DRAFT, EditionState.APPROVED}:
                raise ConflictError(f"edition {edition} is {record.state.value} already")
            if record.state is EditionState.DRAFT:
                work.editions.release(edition)
            work.deliveries.cancel_open(edition, why, self.clock.now())
            work.editions.close(edition, EditionState.CANCELLED, why)
            return record

    def _theme(self, slug: str) -> None:
        if slug not in {*self.themes, OTHER}:
            known = ", ".join([*self.themes, OTHER])
            raise UsageError(f'no theme "{slug}"; expected one of {known}')


def _resource(work: Work, resource: ResourceId) -> FiledResource:
    found = work.resources.get(resource)
    if found is None:
        raise UsageError(f"no resource {resource}; `digest resources list` shows those there are")
    return found
