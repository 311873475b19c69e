"""Write to the editors when a draft waits for them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from digest.core.newsletter import Newsletter
from digest.core.note import NewNote
from digest.jobs.notes import Post
from digest.ports import EditionRecord, NoteRenderer, Work

Tell = Callable[[Work, EditionRecord, str], None]
"""Takes the transaction in which it came about, the draft, and why it waits."""

_KIND = "waiting"


def nobody(work: Work, record: EditionRecord, why: str) -> None:
    """Write to nobody."""
    del work, record, why


@dataclass(frozen=True, slots=True)
class TellEditors:
    """Writes to each editor of the newsletter, once for each reason.

    Attributes:
        newsletters: by slug.
        desk: address of the editors' desk, ending in a slash.
    """

    post: Post
    notes: NoteRenderer
    newsletters: Mapping[str, Newsletter]
    desk: str

    def __call__(self, work: Work, record: EditionRecord, why: str) -> None:
        """Have it told if the transaction is kept."""
        plan = self.newsletters[record.newsletter]
        if not plan.editors:
            return
        body = self.notes.body(
            _KIND,
            plan.language,
            title=plan.title,
            slot=f"{record.slot.astimezone(plan.timezone):%Y-%m-%d %H:%M}",
            why=f"{why[:1].upper()}{why[1:]}",
            url=f"{self.desk}editions/{record.id}/",
        )
        for address in plan.editors:
            occasion = f"{record.id} {address} {why}"[:200]
            self.post.within(work, NewNote(_KIND, occasion, address, body))
