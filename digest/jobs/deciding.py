"""Decide on a draft: one transaction for each act, nobody's word overwritten unseen."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from digest.core.composition import NOT_CARRIED
from digest.core.decision import Act, Decision, replay, undoings
from digest.core.edition import EditionId
from digest.core.filing.taught import moved
from digest.core.history import to_redo, to_undo
from digest.core.newsletter import OTHER
from digest.core.resource import ResourceId
from digest.errors import ConflictError, UsageError
from digest.jobs.draft import Drafting, hold_draft, resource_of
from digest.jobs.teaching import take_back, teach
from digest.jobs.wishes import ClashError, Wish, clashes, is_new, no_circle, placed, sensible
from digest.ports import Clock, EditionRecord, Store, Work

_PLACES = frozenset({Act.MOVE, Act.ADD, Act.UNDO})
"""What may put an item under another theme."""


@dataclass(frozen=True, slots=True)
class Noted:
    """What became of an editor's wishes.

    Attributes:
        version: the draft as it is now: how many decisions there are.
        made: the new ones; a wish that changed nothing made none.
        meanwhile: what others decided since the editor looked.
    """

    version: int
    made: tuple[Decision, ...] = ()
    meanwhile: tuple[Decision, ...] = ()


@dataclass(frozen=True, slots=True)
class Deciding:
    """The job.

    Attributes:
        themes: slugs of the configured themes.
        resort: files what waits by what was just taught.
    """

    store: Store
    clock: Clock
    themes: Collection[str]
    drafting: Drafting
    resort: Callable[[], object] = bool

    def together(
        self, edition: EditionId, wishes: Sequence[Wish], *, by: str, seen: int | None = None
    ) -> Noted:
        """Note several decisions, all or none.

        Args:
            edition: the draft.
            wishes: what is wanted.
            by: who wants it.
            seen: the version of the draft that this editor saw; ``None``: whatever it is now.

        Raises:
            UsageError: one makes no sense.
            ConflictError: the edition is no draft any more.
            ClashError: somebody else decided one of these questions otherwise since.
        """
        clean = [sensible(wish) for wish in wishes]
        for wish in clean:
            if wish.act in {Act.MOVE, Act.ADD} and wish.value:
                self._theme(wish.value)
        with self.store.begin() as work:
            noted = self.within(work, hold_draft(work, edition), clean, by=by, seen=seen)
        return self._resorted(noted)

    def within(
        self,
        work: Work,
        record: EditionRecord,
        wishes: Sequence[Wish],
        *,
        by: str,
        seen: int | None = None,
    ) -> Noted:
        """Do it as a part of a transaction that holds the draft."""
        decisions = list(work.editions.decisions(record.id))
        before = len(decisions)
        if found := clashes(wishes, decisions, seen):
            raise ClashError(found, before)
        for wish in wishes:
            if is_new(wish, decisions):
                made = self._made(work, record, wish, decisions, by)
                work.editions.decide(record.id, made)
                decisions.append(made)
        self._teach(work, record, decisions, before)
        meanwhile = decisions[before if seen is None else seen : before]
        others = tuple(made for made in meanwhile if made.by != by)
        return Noted(len(decisions), tuple(decisions[before:]), others)

    def undo(self, edition: EditionId, number: int = 0, *, by: str, own: bool = False) -> Noted:
        """Take a decision back; what it replaced counts again.

        Args:
            edition: the draft.
            number: of the decision; 0: the newest one that stands.
            by: who takes it back.
            own: without a number, the newest one of this editor.

        Raises:
            UsageError: there is no such decision, or nothing to take back.
            ConflictError: it is taken back already, or the edition is no draft any more.
        """
        with self.store.begin() as work:
            record = hold_draft(work, edition)
            decisions = work.editions.decisions(edition)
            number = number or to_undo(decisions, by if own else "")
            if not number:
                raise UsageError("there is nothing to take back")
            wish = Wish(Act.UNDO, None, str(number))
            noted = self.within(work, record, [wish], by=by)
        return self._resorted(noted)

    def redo(self, edition: EditionId, *, by: str, own: bool = False) -> Noted:
        """Do again what was taken back last.

        Raises:
            UsageError: nothing was, or something else was decided since.
            ConflictError: the edition is no draft any more.
        """
        with self.store.begin() as work:
            record = hold_draft(work, edition)
            number = to_redo(work.editions.decisions(edition), by if own else "")
            if not number:
                raise UsageError("there is nothing to do again")
            wish = Wish(Act.UNDO, None, str(number))
            noted = self.within(work, record, [wish], by=by)
        return self._resorted(noted)

    def _resorted(self, noted: Noted) -> Noted:
        """An item put under another theme says something of those that wait."""
        if any(made.act in _PLACES for made in noted.made):
            self.resort()
        return noted

    def _teach(
        self, work: Work, record: EditionRecord, decisions: Sequence[Decision], before: int
    ) -> None:
        """Teach where items were moved to, and forget where they are moved no more."""
        was, now = _places(decisions[:before]), _places(decisions)
        undone = any(made.act is Act.UNDO for made in decisions[before:])
        act = moved(record.id)
        for resource in {*was, *now}:
            theme = now.get(resource, "")
            before_it = was.get(resource, "")
            if before_it == theme:
                continue
            # An undo that puts an item somewhere, where it was nowhere, does a move again.
            if theme and not (undone and before_it):
                item = resource_of(work, resource)
                teach(work, [(item, theme)], act=act, now=decisions[-1].at)
            else:
                take_back(work, resource, act=act, theme=theme)

    def _made(
        self,
        work: Work,
        record: EditionRecord,
        wish: Wish,
        decisions: Sequence[Decision],
        by: str,
    ) -> Decision:
        """The decision that a wish becomes.

        Raises:
            UsageError: it makes no sense in this draft.
        """
        if wish.resource is not None:
            resource_of(work, wish.resource)
        if wish.act is Act.UNDO:
            _undoable(int(wish.value or 0), decisions)
        if wish.act is Act.MERGE and wish.value:
            no_circle(wish, decisions)
            self._both_there(work, record, wish)
        if wish.act is Act.ADD and wish.value:
            self._free(work, record, wish)
        if wish.act is Act.REORDER:
            wish = placed(wish, self.drafting.window(work, record).draft.edition)
        return Decision(wish.act, wish.resource, wish.value, by, self.clock.now())

    def _both_there(self, work: Work, record: EditionRecord, wish: Wish) -> None:
        window = self.drafting.window(work, record)
        for number in (int(wish.resource or 0), int(wish.value)):
            if number not in window.items:
                raise UsageError(f"item {number} is not in this draft")
        if int(wish.value) == wish.resource:
            raise UsageError("an item cannot be merged into itself")

    def _free(self, work: Work, record: EditionRecord, wish: Wish) -> None:
        """See that a resource can be added."""
        assert wish.resource is not None
        plan = self.drafting.newsletter(record.newsletter)
        if plan.themes and wish.value not in plan.themes:
            known = ", ".join(plan.themes)
            raise UsageError(f"{plan.slug} has no theme {wish.value}; expected one of {known}")
        if resource_of(work, wish.resource).resource.hidden:
            raise ConflictError(
                f"resource {wish.resource} is hidden; `digest resources hide --undo` brings it back"
            )
        for other, left_out in work.editions.where(wish.resource):
            if other.newsletter != record.newsletter or other.id == record.id:
                continue
            if left_out and left_out.rule == NOT_CARRIED:
                work.editions.reconsider(wish.resource, NOT_CARRIED)
                continue
            name = f"{other.newsletter}/{other.slug or other.slot.date()}"
            why = (
                f"was left out of {name}, since {left_out}" if left_out else f"is in {name} already"
            )
            raise ConflictError(f"resource {wish.resource} {why}; a newsletter takes each once")

    def _theme(self, slug: str) -> None:
        if slug not in {*self.themes, OTHER}:
            known = ", ".join([*self.themes, OTHER])
            raise UsageError(f'no theme "{slug}"; expected one of {known}')


def _places(decisions: Sequence[Decision]) -> dict[ResourceId, str]:
    """Where decisions put items."""
    rulings = replay(decisions)
    return {key: slug for key, slug in {**rulings.added, **rulings.themes}.items() if slug}


def _undoable(number: int, decisions: Sequence[Decision]) -> None:
    if not 0 < number <= len(decisions):
        raise UsageError(f"no decision {number} on this draft; it has {len(decisions)}")
    if number in undoings(decisions):
        raise ConflictError(f"decision {number} is taken back already")
