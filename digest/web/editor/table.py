"""A draft as the desk shows it: its items by theme, what is left out, and what was decided."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from digest.core.composition import other_theme
from digest.core.decision import Decision, Rulings, replay
from digest.core.edition import Edition, EditionId, Entry
from digest.core.history import to_redo, to_undo
from digest.core.newsletter import Newsletter, Theme
from digest.core.reason import Reason
from digest.core.resource import ResourceId
from digest.jobs.draft import open_draft
from digest.ports import EditionRecord, Work
from digest.wiring import House


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Something that is not in the edition, and why.

    Attributes:
        waits: for an editor to say what theme it is of; another edition may take it.
    """

    resource: ResourceId
    title: str
    url: str
    reason: Reason
    waits: bool = False


@dataclass(frozen=True)
class Table:
    """Everything that the page of a draft shows.

    Attributes:
        themes: those that the newsletter carries, in order, with or without items.
    """

    record: EditionRecord
    newsletter: Newsletter
    edition: Edition
    left_out: tuple[LeftOut, ...]
    themes: tuple[Theme, ...]
    decisions: Sequence[Decision]

    @property
    def version(self) -> int:
        """How many decisions there are."""
        return len(self.decisions)

    @cached_property
    def rulings(self) -> Rulings:
        """What they come to."""
        return replay(self.decisions)

    @cached_property
    def entries(self) -> Mapping[str, tuple[Entry, ...]]:
        """The items of each theme, without the featured one."""
        return {section.theme: section.entries for section in self.edition.sections}

    @property
    def can_undo(self) -> int:
        """Number of the decision that undo would take back; 0: there is none."""
        return to_undo(self.decisions)

    @property
    def can_redo(self) -> int:
        """Number of the undo that redo would take back; 0: there is none."""
        return to_redo(self.decisions)

    @cached_property
    def touched(self) -> Mapping[ResourceId, tuple[str, ...]]:
        """What was changed about each item, in words."""
        rulings, found = self.rulings, dict[ResourceId, list[str]]()
        pairs: Sequence[tuple[str, Mapping[ResourceId, object]]] = (
            ("retitled", rulings.titles),
            ("rewritten", rulings.summaries),
            ("moved here", rulings.themes),
            ("added by hand", rulings.added),
        )
        for word, mapping in pairs:
            for resource in mapping:
                found.setdefault(resource, []).append(word)
        return {resource: tuple(words) for resource, words in found.items()}


def laid_out(house: House, work: Work, edition: EditionId) -> Table:
    """Lay a draft out.

    Raises:
        UsageError: there is no such edition.
        ConflictError: it is no draft any more.
    """
    record = open_draft(work, edition)
    decisions = work.editions.decisions(edition)
    rulings = replay(decisions)
    window = house.drafting.replayed(work, record, rulings)
    plan = house.drafting.newsletter(record.newsletter)
    known = {theme.slug: theme for theme in (*house.themes, other_theme())}
    titles = {item.resource.id: item.resource.facts for item in window.held}
    left_out = tuple(
        LeftOut(
            number,
            rulings.titles.get(number, titles[number].title),
            titles[number].url,
            why,
        )
        for number, why in window.draft.left_out
    )
    waiting = tuple(
        LeftOut(w.resource.id, w.resource.facts.title, w.resource.facts.url, w.filing.reason, True)
        for w in window.waiting
    )
    return Table(
        record=record,
        newsletter=plan,
        edition=window.draft.edition,
        left_out=(*waiting, *left_out),
        themes=tuple(known[slug] for slug in plan.themes or known if slug in known),
        decisions=decisions,
    )
