"""What a hand-over needs beside a mailer and a database, small enough to see through."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from digest.clock import SystemClock
from digest.config import MailSettings
from digest.core.artifact import EmailBody, PersonalTokens
from digest.core.edition import Edition, EditionId, EditionState
from digest.core.letter import Letter
from digest.core.newsletter import Newsletter
from digest.core.outbox import Receipt
from digest.core.sender import Sender
from digest.errors import StorageError
from digest.jobs.deliver import Deliver
from digest.jobs.letters import LetterWriter
from digest.mailers.smtp import SmtpMailer
from digest.ports import Claim, Mailer, Store
from digest.storage import Database, Journals
from subscribers import Links, Recipient
from tests.builders import MONDAY, a_newsletter, an_edition

KEY = b"k" * 32
AtDot = Callable[[Sequence[Letter]], Sequence[Letter]]
Told = Iterator[tuple[Letter, Receipt]]


class StoppedClock:
    """Shows the time it was set to."""

    def __init__(self, time: datetime = MONDAY) -> None:
        self.time = time

    def now(self) -> datetime:
        return self.time

    def elapsed(self) -> float:
        return self.time.timestamp()

    def pause(self, seconds: float) -> None:
        self.time += timedelta(seconds=seconds)


class FakeRoll:
    """Everybody is subscribed, but for those who are gone."""

    def __init__(
        self, gone: Collection[int] = (), addresses: Mapping[int, str] | None = None
    ) -> None:
        self._gone = gone
        self._addresses = addresses or {}

    def recipients(self, newsletter: str, numbers: Sequence[int]) -> dict[int, Recipient]:
        return {number: self._reader(number) for number in numbers if number not in self._gone}

    def _reader(self, number: int) -> Recipient:
        address = self._addresses.get(number, f"reader{number}@example.net")
        since = datetime(2026, 5, 4, tzinfo=UTC)
        return Recipient(number, address, "", None, since, "en", number.to_bytes(8, "big"))


class Beside:
    """A thread that puts its question when the test says so."""

    def __init__(self) -> None:
        self.waiting: list[tuple[Callable[[], Claim], Future[Claim]]] = []

    def submit(self, question: Callable[[], Claim]) -> Future[Claim]:
        answer: Future[Claim] = Future()
        self.waiting.append((question, answer))
        return answer

    def run(self, *, fails: str = "") -> None:
        """Put the question; it may fail before it is kept, or after."""
        question, answer = self.waiting.pop()
        if fails == "before":
            answer.set_exception(StorageError("out of reach"))
            return
        claim = question()
        if fails == "after":
            answer.set_exception(StorageError("the connection was lost"))
        else:
            answer.set_result(claim)


class FakeEmail:
    """An email that names its themes, about ``size`` bytes long."""

    def __init__(self, size: int = 0) -> None:
        self._filling = "A river finds its way, bend after bend, to the sea.\n" * (size // 52)

    def body(
        self,
        newsletter: Newsletter,
        edition: Edition,
        themes: Iterable[str] | None,
        personal: PersonalTokens,
    ) -> EmailBody:
        parts = tuple(f"{theme}\n" for theme in sorted(themes or ()))
        leave = f"{personal.unsubscribe_url} {personal.preferences_url} {personal.email}\n"
        foot = f"since {personal.since}\n"
        return EmailBody(
            subject=f"{newsletter.title} {edition.number}",
            preheader="",
            text=(*parts, leave, foot),
            html=(self._filling, *parts, leave, foot),
        )


def a_writer(email: FakeEmail | None = None) -> LetterWriter:
    return LetterWriter(
        email=email or FakeEmail(),
        sender=Sender("Riverbank", "digest@example.org", "bounces@example.org", KEY),
        links=Links("https://digest.example.org", KEY),
        url="https://digest.example.org",
        newsletters={"weekly": a_newsletter()},
        written_day=_written_day,
    )


def _written_day(moment: datetime, _language: str, zone: ZoneInfo) -> str:
    return moment.astimezone(zone).date().isoformat()


def an_approved_edition(store: Store, audience: Iterable[tuple[str, ...]]) -> EditionId:
    """An edition that is due to readers 1, 2, 3 … of these themes."""
    with store.begin() as work:
        number = work.editions.add("weekly", MONDAY, MONDAY, EditionState.DRAFT).id
        work.editions.approve(number, an_edition(), by="test", now=MONDAY, tag="tag:example.org")
        readers = ((n, themes, "") for n, themes in enumerate(audience, start=1))
        work.deliveries.enqueue(number, readers, MONDAY)
    return number


def states(store: Store, edition: EditionId) -> dict[str, int]:
    """How many deliveries there are in each state that has any."""
    with store.read() as work:
        return {state.value: n for state, n in work.deliveries.counts(edition).items() if n}


class After:
    """A mailer that lets something happen after each receipt."""

    def __init__(self, mailer: Mailer, happens: Callable[[], object]) -> None:
        self._mailer = mailer
        self._happens = happens

    def hand_off(
        self, letters: Iterable[Letter], at_dot: AtDot, stopping: Callable[[], bool] = bool
    ) -> Told:
        for told in self._mailer.hand_off(letters, at_dot, stopping):
            self._happens()
            yield told


def smtp(port: int, folder: Path, connections: int = 3) -> SmtpMailer:
    """Hands letters to a server on this machine."""
    settings = MailSettings(
        from_address="digest@example.org", host="127.0.0.1", port=port, connections=connections
    )
    return SmtpMailer(settings, folder)


def a_sender(store: Database, folder: Path, mailer: Mailer, **over: Any) -> Deliver:
    """The job, with journals in that folder."""
    fields = {
        "clock": SystemClock(),
        "people": FakeRoll(),
        "writer": a_writer(),
        "journals": Journals(folder / "journal"),
        "give_up_after": timedelta(days=9999),
    }
    return Deliver(store=store, mailer=mailer, **{**fields, **over})
