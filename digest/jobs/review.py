"""Look back at a draft: what was decided, and what came before it; nothing is written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from digest.core.decision import Act, Decision
from digest.core.history import Names, Past, history
from digest.core.resource import ResourceId
from digest.errors import UsageError
from digest.ports import EditionRecord, Work


@dataclass(frozen=True, slots=True)
class Review:
    """Answers; reads in the transaction it is given.

    Attributes:
        themes: titles by slug, *other* included.
    """

    themes: Mapping[str, str]

    def history(self, work: Work, record: EditionRecord) -> list[Past]:
        """All decisions on an edition, the first one first."""
        return history(work.editions.decisions(record.id))

    def names(self, work: Work, decisions: Iterable[Decision]) -> Names:
        """What the items and themes of some decisions are called."""
        numbers = {number for made in decisions for number in _concerned(made)}
        found = (work.resources.get(number) for number in numbers)
        titles = {item.resource.id: item.resource.facts.title for item in found if item}
        return Names(titles, self.themes)

    def before(self, work: Work, record: EditionRecord) -> EditionRecord:
        """The edition of the same newsletter that came before.

        Raises:
            UsageError: it is the first one.
        """
        for heading in work.editions.headings(record.newsletter):
            earlier = heading.date < record.slot
            if earlier and (found := work.editions.find(record.newsletter, heading.slug)):
                return found
        raise UsageError(f"no edition of {record.newsletter} came before this one")


def _concerned(made: Decision) -> Iterator[ResourceId]:
    if made.resource is not None:
        yield made.resource
    if made.act is Act.MERGE and made.value:
        yield ResourceId(int(made.value))
