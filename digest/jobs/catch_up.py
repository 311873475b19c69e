"""Write to who is back: one letter with what they missed, so that nothing is lost between.

It holds the newsletter's lock, as approval does, so an edition either has them in its audience
or is seen here, and never both.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from digest.core.catching_up import Issue, Recap, beginning, missed
from digest.core.edition import Edition, EditionState, Entry
from digest.core.newsletter import Newsletter
from digest.core.note import NewNote
from digest.jobs.notes import Post
from digest.ports import NoteRenderer, Store, Work
from subscribers import Links, Returner

_MOST = 200
"""Editions looked at, the newest; whoever was away for longer reads the archive."""
_OUT = (EditionState.APPROVED, EditionState.SENT)

Missed = Sequence[tuple[Edition, tuple[Entry, ...]]]


class Absent(Protocol):
    """Knows who was away."""

    def owes(self) -> bool:
        """Whether there is anything to do."""
        ...

    def wake(self) -> int:
        """Note that pauses are over whose time has come; answers how many."""
        ...

    def returners(self, work: Work, newsletter: str) -> Sequence[Returner]:
        """Name those who are back, and are owed what came of a newsletter meanwhile."""
        ...

    def caught_up(self, work: Work, returner: Returner) -> None:
        """Note that nothing is owed to somebody any more."""
        ...


@dataclass(frozen=True, slots=True)
class CatchUp:
    """The job; it may run at any time, several times at once.

    Attributes:
        url: of the site.
    """

    store: Store
    absent: Absent
    notes: NoteRenderer
    post: Post
    newsletters: Mapping[str, Newsletter]
    links: Links
    url: str

    def __call__(self) -> int:
        """Write to everybody who is owed something; answers how many letters that makes."""
        if not self.absent.owes():
            return 0
        self.absent.wake()
        return sum(self._of(plan) for plan in self.newsletters.values())

    def due(self) -> bool:
        """Whether there is anybody to write to now; takes no lock."""
        if not self.absent.owes():
            return False
        with self.store.read() as work:
            return any(
                self._missed(work, returner) is not None
                for slug in self.newsletters
                for returner in self.absent.returners(work, slug)
            )

    def _of(self, plan: Newsletter) -> int:
        written = 0
        with self.store.begin() as work:
            work.editions.lock(plan.slug)
            for returner in self.absent.returners(work, plan.slug):
                if (found := self._missed(work, returner)) is None:
                    continue
                written += bool(found) and self._write(work, plan, returner, found)
                self.absent.caught_up(work, returner)
        return written

    def _missed(self, work: Work, returner: Returner) -> Missed | None:
        """What they missed; ``None``: the letter has to wait for the next edition."""
        issues = list(_issues(work, returner.newsletter, returner.reader.id))
        themes = returner.reader.themes
        if not returner.moved_from:
            return missed(issues, returner.since, themes)
        if not any(issue.approved_at > returner.reader.since for issue in issues):
            return None
        last = returner.recap
        recap = Recap(last.since, last.until, last.themes) if last else None
        other = list(_issues(work, returner.moved_from, returner.reader.id, recap))
        had = {resource for issue in other for resource in issue.had()}
        return missed(issues, beginning(returner.since, other), themes, had)

    def _write(self, work: Work, plan: Newsletter, to: Returner, found: Missed) -> bool:
        reader = to.reader
        body = self.notes.body(
            "catch-up",
            reader.language or plan.language,
            newsletter=plan,
            editions=[
                {
                    "title": edition.title,
                    "date": edition.date,
                    "url": f"{self.url}/{plan.slug}/{edition.slug}/",
                    "entries": entries,
                }
                for edition, entries in found
            ],
            count=sum(len(entries) for _, entries in found),
            preferences_url=self.links.preferences(reader.handle),
            leave_url=self.links.unsubscribe(reader.handle, plan.slug),
        )
        occasion = f"{reader.id} {plan.slug} {to.since:%Y%m%dT%H%M%S.%f}"
        return self.post.within(work, NewNote("catch-up", occasion, reader.address, body))


def _issues(
    work: Work, newsletter: str, subscriber: int, recap: Recap | None = None
) -> Iterator[Issue]:
    for record in work.editions.records(newsletter, states=_OUT, limit=_MOST):
        whole = work.editions.get(record.id)
        if whole and whole.edition:
            delivery = work.deliveries.find(record.id, subscriber)
            approved_at = record.approved_at or record.slot
            yield Issue(whole.edition, approved_at, record.cutoff, delivery, recap)
