"""The service: everything that may be done with people."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, TextIO

from sqlalchemy import exists, func, select

from subscribers import audience, explaining, exporting, pauses, store
from subscribers.addresses import address_hash, normalise
from subscribers.bounces import Bounces
from subscribers.cells import clean
from subscribers.consent import Act
from subscribers.enrolment import Enrolment, Follow, Wish
from subscribers.erasure import erase, gone
from subscribers.errors import (
    BadAddressError,
    BadSlugError,
    BadTokenError,
    ErasedError,
    UnknownSubscriberError,
)
from subscribers.importing import Import, ImportReport
from subscribers.letters import NoLetters
from subscribers.model import Subscriber, slug
from subscribers.renaming import rename
from subscribers.self_service import SelfService
from subscribers.suppression import release, suppress, suppression_of
from subscribers.suppression_list import Suppressions
from subscribers.table_reading import Defaults, TableReader
from subscribers.tables import subscribers, subscriptions
from subscribers.transaction import leave_nothing, reading, writing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Connection, Engine

    from subscribers.letters import Letters
    from subscribers.model import Dossier, Offer, Recipient, Returner, Themes


class People:
    """Who follows what, with whose consent.

    Every method may be called from any thread, opens its own short transactions, and raises
    ``UnavailableError`` when the database does not answer.

    Args:
        engine: of a database that has the tables of ``subscribers.metadata``.
        key: the site's secret, 16 to 64 bytes; with another one, no link and no hash holds.
        now: the present moment, aware.
        random: gives so many random bytes.
        letters: what sends letters to single people; ``None``: nothing does.

    Attributes:
        self_service: what readers do by the links in their letters.
        bounces: what came back from letters.
        suppressions: the list of addresses that must not be mailed.
    """

    def __init__(
        self,
        engine: Engine,
        key: bytes,
        now: Callable[[], datetime],
        random: Callable[[int], bytes] = secrets.token_bytes,
        letters: Letters | None = None,
    ) -> None:
        self._engine = engine
        self._key = key
        self._now = now
        self._letters = letters or NoLetters()
        self._enrolment = Enrolment(key, random)
        self.self_service = SelfService(engine, key, now)
        self.bounces = Bounces(engine, key, now)
        self.suppressions = Suppressions(engine, key, now)

    def add(
        self,
        address: str,
        newsletters: Mapping[str, Themes],
        *,
        how: str,
        name: str = "",
        language: str = "",
        rejoin: bool = False,
    ) -> Subscriber:
        """Add somebody who gave consent, or add to what they follow.

        Adding again changes nothing; who left stays out, and a reader's own choice stays.

        Args:
            address: in any spelling.
            newsletters: the themes of each (``None``: all).
            how: how consent was given, in words.
            name: kept where none is known yet.
            language: a tag such as ``pt-BR``.
            rejoin: they came back by their own word; this undoes a leave or an erasure.

        Raises:
            BadAddressError: mail cannot reach it.
            BadSlugError: a newsletter or theme cannot be named so, or no theme is named.
            ErasedError: they asked to be forgotten.
        """
        act = Act.REJOIN if rejoin else Act.JOIN
        follows = tuple(Follow(slug(n), _checked(t), (act,)) for n, t in newsletters.items())
        wish = Wish(normalise(address), follows, clean(how), clean(name), language)

        def enrol(connection: Connection) -> Subscriber:
            _, number = self._enrolment.enrol(connection, [wish], self._now())[0]
            if not number:
                raise ErasedError(
                    f"{wish.address} asked to be forgotten; add them again only if they came back"
                )
            return store.load(connection, subscribers.c.id == number)[0]

        return writing(self._engine, enrol)

    def get(self, number: int) -> Subscriber:
        """Give one person by number.

        Raises:
            UnknownSubscriberError: nobody has it.
        """
        with reading(self._engine) as connection:
            found = store.load(connection, subscribers.c.id == number)
        if not found:
            raise _nobody(number)
        return found[0]

    def find(self, address: str) -> Subscriber | None:
        """Give one person by address, in any spelling.

        Raises:
            BadAddressError: nobody can have it.
        """
        with reading(self._engine) as connection:
            found = store.load(connection, subscribers.c.address_hash == self._hash(address))
        return found[0] if found else None

    def list(
        self, newsletter: str | None = None, *, after: int = 0, limit: int = 100
    ) -> Sequence[Subscriber]:
        """Give people by number, those after one; of one newsletter, or all."""
        where = [subscribers.c.id > after]
        if newsletter is not None:
            its = subscriptions.c
            where.append(exists().where(its.subscriber_id == subscribers.c.id,
                                        its.newsletter == newsletter))  # fmt: skip
        with reading(self._engine) as connection:
            return store.load(connection, *where, limit=limit)

    def count(self, newsletter: str | None = None) -> int:
        """Say how many people there are, whatever their state; of one newsletter, or all."""
        query = select(func.count()).select_from(subscribers)
        if newsletter is not None:
            query = select(func.count()).select_from(subscriptions)
            query = query.where(subscriptions.c.newsletter == newsletter)
        with reading(self._engine) as connection:
            return connection.scalar(query) or 0

    def tally(self) -> dict[tuple[str, str], int]:
        """Count the subscriptions, by newsletter and state."""
        its = subscriptions.c
        query = select(its.newsletter, its.state, func.count()).group_by(its.newsletter, its.state)
        with reading(self._engine) as connection:
            return {(slug, state): n for slug, state, n in connection.execute(query)}

    def show(self, address: str) -> Dossier:
        """Give all that is kept about somebody.

        Raises:
            BadAddressError, UnknownSubscriberError: nobody has this address.
        """
        with reading(self._engine) as connection:
            found = store.load(connection, subscribers.c.address_hash == self._hash(address))
            if not found:
                raise _nobody(address)
            return store.dossier(connection, found[0])

    def erase(self, who: str | int, *, how: str) -> None:
        """Delete everything about somebody but the record that it was asked, under a hash.

        ``who`` is an address or a number; ``how`` it was asked should name nobody.

        Raises:
            BadAddressError, UnknownSubscriberError: nobody has it.
        """
        number, hashed = subscribers.c.id, subscribers.c.address_hash
        whom = number == who if isinstance(who, int) else hashed == self._hash(who)

        def forget(connection: Connection) -> bool:
            return erase(connection, whom, self._now(), clean(how), self._letters)

        if not writing(self._engine, forget):
            raise _nobody(who)
        leave_nothing(self._engine)

    def erase_gone(self, before: datetime, *, how: str) -> int:
        """Erase those who left the last of their newsletters before; answers how many."""
        done = 0
        while found := self._gone(before):  # a look that holds up nobody

            def forget(connection: Connection, found: Sequence[int] = tuple(found)) -> int:
                # Meanwhile somebody may be back.
                numbers = gone(connection, before, found)
                for number in numbers:
                    whom = subscribers.c.id == number
                    erase(connection, whom, self._now(), clean(how), self._letters)
                return len(numbers)

            done += writing(self._engine, forget)
        if done:
            leave_nothing(self._engine)
        return done

    def _gone(self, before: datetime) -> Sequence[int]:
        with reading(self._engine) as connection:
            return gone(connection, before)

    def rename_themes(self, names: Mapping[str, str]) -> int:
        """Let who follows a former theme follow what it became; answers in how many rows.

        Args:
            names: the present slug of each former one.
        """
        return writing(self._engine, lambda c: rename(c, names))

    def suppress(self, address: str, reason: str, *, how: str) -> None:
        """Never mail this address, a subscriber's or not, until released."""
        found = self._hash(address)
        writing(self._engine, lambda c: suppress(c, found, reason, self._now(), how))

    def release(self, address: str, *, how: str) -> None:
        """Take a suppression back."""
        found = self._hash(address)
        writing(self._engine, lambda c: release(c, found, self._now(), how))

    def may_be_mailed(self, address: str) -> bool:
        """Say whether an address, a subscriber's or not, may get a letter."""
        try:
            found = self._hash(address)
        except BadAddressError:
            return False
        with reading(self._engine) as connection:
            return suppression_of(connection, found) is None

    def leave_by_mail(self, token: str) -> bool:
        """Leave by a letter to the address of ``List-Unsubscribe``; False: no such link.

        Args:
            token: what stands in the address or the subject of that letter.
        """
        try:
            self.self_service.leave(token, how="letter to unsubscribe")
        except BadTokenError:
            return False
        return True

    def wake(self) -> int:
        """Note that pauses are over whose time has come; answers how many."""
        return writing(self._engine, lambda connection: pauses.end(connection, self._now()))

    def returners(self, connection: Connection, newsletter: str) -> Sequence[Returner]:
        """Name those who are back, and are owed what came of a newsletter meanwhile.

        Args:
            connection: in the transaction that writes to them.
            newsletter: its slug.
        """
        return pauses.returners(connection, newsletter, self._now())

    def caught_up(self, connection: Connection, returner: Returner) -> None:
        """Note, in the same transaction, that nothing is owed to somebody any more."""
        pauses.settle(connection, returner, self._now())

    def owes(self) -> bool:
        """Whether anybody is owed anything, or a pause is over that nobody has noted."""
        with reading(self._engine) as connection:
            return pauses.any_owed(connection, self._now())

    def read_csv(
        self,
        lines: Iterable[str],
        *,
        newsletter: str = "",
        how: str = "",
        offers: Sequence[Offer] = (),
        mapping: Mapping[str, str] | None = None,
        dry_run: bool = False,
        progress: Callable[[int], object] | None = None,
    ) -> ImportReport:
        """Import people from a CSV file of any size.

        Args:
            lines: the first names the columns: address or email, name, language, newsletters
                (``weekly; monthly``), themes (``finance|law`` or ``weekly:finance|law``),
                since, state, consent.
            newsletter: for lines that name none.
            how: how consent was given, for lines without a *consent* cell; with neither,
                people stay pending and get nothing.
            mapping: what columns of other names are: ``{"E-Mail": "address"}``. Exports of
                listmonk, Mailchimp and Buttondown are recognised by themselves.
            offers: what there is; without offers any newsletter and theme is taken.
            dry_run: keep nothing (who is on two lines far apart then counts twice).
            progress: told after each batch how many lines are done.

        Raises:
            BadFileError: the first line names no column for addresses.
        """
        now = self._now()
        reader = TableReader(lines, Defaults(newsletter, clean(how), tuple(offers)), now, mapping)
        run = Import(self._engine, self._enrolment, dry_run=dry_run, progress=progress)
        return run.run(reader, now)

    def export(self, out: TextIO) -> int:
        """Write everybody as CSV for :meth:`read_csv` (open it with ``newline=""``); how many."""
        return exporting.write(out, exporting.everybody(self._engine))

    def audience(self, newsletter: str) -> Iterator[Recipient]:
        """Stream everybody who is to be mailed, by number, memory flat."""
        return audience.stream(self._engine, newsletter, self._now())

    def recipients(self, newsletter: str, numbers: Sequence[int]) -> dict[int, Recipient]:
        """Give those of these people who still are to be mailed, by number."""
        return audience.among(self._engine, newsletter, numbers, self._now())

    def explain(
        self, address: str, newsletter: str, edition_themes: Sequence[str]
    ) -> Sequence[str]:
        """Say in sentences why somebody gets an edition of these themes, or not.

        Raises:
            BadAddressError, UnknownSubscriberError: nobody has this address.
        """
        return explaining.explain(self.show(address), newsletter, edition_themes)

    def _hash(self, address: str) -> bytes:
        return address_hash(self._key, normalise(address))


def _checked(themes: Themes) -> Themes:
    if themes is None:
        return None
    if not themes:
        raise BadSlugError("expected at least one theme; to follow all of them, name none")
    return tuple(dict.fromkeys(slug(theme) for theme in themes))


def _nobody(who: str | int) -> UnknownSubscriberError:
    what = "number" if isinstance(who, int) else "address"
    return UnknownSubscriberError(f"Nobody here has the {what} {who}")
