"""Compose the draft of an edition from what it holds, or would hold if it were made now."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, replace

from digest.core.composition import Composer, Draft, waits
from digest.core.decision import Rulings, replay
from digest.core.edition import EditionId, EditionState, FiledResource
from digest.core.newsletter import Newsletter
from digest.core.resource import ResourceId
from digest.errors import ConflictError, UsageError
from digest.ports import Clock, EditionRecord, Work


@dataclass(frozen=True, slots=True)
class Window:
    """A draft with the resources it was composed from.

    Attributes:
        held: those resources, also what is left out.
        closed: its resources are bound to the edition; what comes later is for the next one.
    """

    draft: Draft
    held: tuple[FiledResource, ...]
    closed: bool
    waiting: tuple[FiledResource, ...] = ()

    @property
    def items(self) -> tuple[ResourceId, ...]:
        """Their numbers."""
        return tuple(item.resource.id for item in self.held)


@dataclass(frozen=True, slots=True)
class Drafting:
    """Composes drafts; writes nothing but :meth:`close`.

    Attributes:
        newsletters: by slug.
    """

    clock: Clock
    newsletters: Mapping[str, Newsletter]
    composer: Composer

    def newsletter(self, slug: str) -> Newsletter:
        """The configured newsletter.

        Raises:
            UsageError: there is none of that name.
        """
        if slug not in self.newsletters:
            known = ", ".join(self.newsletters) or "(none is configured)"
            raise UsageError(f'no newsletter "{slug}"; expected one of {known}')
        return self.newsletters[slug]

    def window(self, work: Work, record: EditionRecord) -> Window:
        """The draft as it stands, with all decisions made so far."""
        return self.replayed(work, record, replay(work.editions.decisions(record.id)))

    def replayed(self, work: Work, record: EditionRecord, rulings: Rulings) -> Window:
        """The draft as it would stand with other rulings, such as those of an earlier version."""
        plan = self.newsletter(record.newsletter)
        items = [item for item, _ in work.editions.taken(record.id)]
        waiting: list[FiledResource] = []
        closed = bool(items)
        if not closed:
            found = work.editions.candidates(record.newsletter, self.clock.now())
            waiting = [item for item in found if waits(item, plan, rulings)]
            items = [item for item in found if item not in waiting]
        items += _added(work, record, rulings, {item.resource.id for item in items})
        draft = self.composer.draft(plan, items, rulings, record.slot)
        reasons = tuple((item.resource.id, item.filing.reason) for item in waiting)
        return Window(replace(draft, waiting=reasons), tuple(items), closed, tuple(waiting))

    def close(self, work: Work, record: EditionRecord, window: Window) -> None:
        """Bind the resources to the edition, each with the reason if it is left out.

        What was decided since the window was closed counts: the reasons are those of now.

        Raises:
            ConflictError: another edition of the newsletter took one of them meanwhile.
        """
        if window.closed:
            work.editions.release(record.id)
        left_out = dict(window.draft.left_out)
        work.editions.take(record.id, [(item, left_out.get(item)) for item in window.items])

    def settle(self, work: Work, record: EditionRecord, window: Window) -> None:
        """Of an edition that is skipped, bind what is left out anyway; the rest waits."""
        work.editions.take(record.id, window.draft.left_out)


def _added(
    work: Work, record: EditionRecord, rulings: Rulings, there: Container[ResourceId]
) -> Iterator[FiledResource]:
    """What editors brought in, but for what another edition of the newsletter took meanwhile."""
    for number in rulings.added:
        found = None if number in there else work.resources.get(number)
        places = work.editions.where(number) if found else ()
        others = {r.id for r, _ in places if r.newsletter == record.newsletter} - {record.id}
        if found and not others:
            yield found


def resource_of(work: Work, resource: ResourceId) -> FiledResource:
    """The resource of a number.

    Raises:
        UsageError: there is none.
    """
    found = work.resources.get(resource)
    if found is None:
        raise UsageError(f"no resource {resource}; `digest resources list` shows those there are")
    return found


def hold_draft(work: Work, edition: EditionId) -> EditionRecord:
    """The row of a draft that nobody else changes until the transaction ends.

    Raises:
        UsageError: there is no such edition.
        ConflictError: it is no draft any more.
    """
    work.editions.lock(open_draft(work, edition).newsletter)
    return open_draft(work, edition)


def open_draft(work: Work, edition: EditionId) -> EditionRecord:
    """The row of a draft.

    Raises:
        UsageError: there is no such edition.
        ConflictError: it is no draft any more.
    """
    record = work.editions.get(edition)
    if record is None:
        raise UsageError(f"no edition {edition}; `digest editions list` shows those there are")
    if record.state is not EditionState.DRAFT:
        raise ConflictError(f"edition {edition} is {record.state.value}, no draft any more")
    return record
