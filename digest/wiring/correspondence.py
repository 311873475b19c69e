"""What the subscribers' house asks of this one: letters, and who was away."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, cast

from digest.core.newsletter import Newsletter
from digest.core.note import NewNote

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from digest.ports import Clock, Mailer, NoteRenderer, Work
    from digest.storage.work import Transaction
    from subscribers import People, Returner

_SHOWN = 7
"""Entries of the newest edition in a letter of welcome."""


class Correspondence:
    """Implements ``subscribers.Letters`` by notes in the caller's own transaction.

    Its collaborators are made when the first letter is written: who only lists people needs none.

    Args:
        render: gives what writes notes.
        mailer: gives what hands letters off; it may keep files that name somebody.
        provider_of: names what a domain's letters count for.
    """

    def __init__(
        self,
        clock: Clock,
        render: Callable[[], NoteRenderer],
        mailer: Callable[[], Mailer],
        provider_of: Callable[[str], str],
        newsletters: Mapping[str, Newsletter],
        url: str,
        language: str,
    ) -> None:
        self._clock = clock
        self._render = render
        self._mailer = mailer
        self._provider_of = provider_of
        self._newsletters = newsletters
        self._url = url
        self._language = language

    def send(
        self,
        connection: Connection,
        kind: str,
        occasion: str,
        address: str,
        language: str,
        /,
        **values: object,
    ) -> None:
        """Have a letter sent if the transaction is kept."""
        from digest.storage.work import Transaction

        work = Transaction(connection)
        if kind == "welcome":
            followed = cast("Mapping[str, Sequence[str] | None]", values["newsletters"])
            values["issues"] = [
                issue for slug in followed if (issue := self._newest(work, slug, followed[slug]))
            ]
        body = self._render().body(kind, language or self._language, **values)
        domain = address.rpartition("@")[2]
        note = NewNote(kind, occasion, address, body)
        work.notes.add(note, self._provider_of(domain), self._clock.now())

    def forget(self, connection: Connection, address: str) -> None:
        """Send nothing any more that waits for an address, and keep no file that names it."""
        from digest.ports import Forgetful
        from digest.storage.work import Transaction

        Transaction(connection).notes.forget(address, self._clock.now())
        mailer = self._mailer()
        if isinstance(mailer, Forgetful):
            mailer.forget(address)

    def _newest(
        self, work: Transaction, slug: str, themes: Sequence[str] | None
    ) -> dict[str, object] | None:
        plan = self._newsletters.get(slug)
        issues = work.editions.issues(slug, 1) if plan else ()
        if not issues or not plan:
            return None
        edition = issues[0].edition
        entries = list(edition.only(themes).entries())[:_SHOWN]
        return {
            "title": f"The newest edition of {plan.title}",
            "url": f"{self._url}/{slug}/{edition.slug}/",
            "entries": [(entry.title, entry.url) for entry in entries],
        }


class Absent:
    """Implements :class:`digest.jobs.catch_up.Absent`: both houses in one transaction."""

    def __init__(self, people: People) -> None:
        self._people = people

    def owes(self) -> bool:
        """Whether there is anything to do."""
        return self._people.owes()

    def wake(self) -> int:
        """Note that pauses are over whose time has come."""
        return self._people.wake()

    def returners(self, work: Work, newsletter: str) -> Sequence[Returner]:
        """Name those who are back, and are owed what came of a newsletter meanwhile."""
        return self._people.returners(_connection(work), newsletter)

    def caught_up(self, work: Work, returner: Returner) -> None:
        """Note that nothing is owed to somebody any more."""
        self._people.caught_up(_connection(work), returner)


def _connection(work: Work) -> Connection:
    return cast("Transaction", work).connection
