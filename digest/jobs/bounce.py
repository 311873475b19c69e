"""Read what came back, find out whose letter it is about, and have it weighed.

Nothing is believed that is not proven by a MAC of ours, or vouched for by whom we trust (our own
mail server, a provider's signed report): anybody can write to the address bounces go to.
"""

from __future__ import annotations

import hashlib
import logging
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import islice
from typing import Protocol

from digest.core.bounce import (
    Failure,
    Report,
    Severity,
    Sort,
    of_reply,
    read,
    says_nobody,
    severity,
    tracing,
)
from digest.core.edition import EditionId, EditionState
from digest.core.outbox import Delivery, DeliveryId, DeliveryState
from digest.core.sender import Sender
from digest.ports import Returned, Store, Work
from subscribers import BadTokenError, Bounced, BounceKind, Noted

_BATCH = 200
_RECENT = 60
"""Editions that a returned letter is looked for in, where only its name tells."""
_LEFT_BY = "unsubscribed by mail"

log = logging.getLogger(__name__)


class Shelf(Protocol):
    """Where bounces are kept."""

    def opened(self, token: str) -> tuple[int, str] | None:
        """Say whose unsubscribe link this is, and of which newsletter."""
        ...

    def number_of(self, address: str) -> int | None:
        """The number of the subscriber with an address."""
        ...

    def note(self, came: Sequence[Bounced]) -> Noted:
        """Keep what is new, and suppress whom the rules strike off."""
        ...


class Doorman(Protocol):
    """Lets readers leave."""

    def leave(self, token: str, *, how: str) -> None:
        """Leave."""
        ...


class Fate(StrEnum):
    """What became of one message."""

    BOUNCES = "bounces"
    COMPLAINTS = "complaints"
    LEFT = "left"
    """A mail that unsubscribes, with a good token."""
    IGNORED = "ignored"
    """No bounce: automatic answers, mail from people."""
    UNPROVEN = "unproven"
    """A bounce that nothing proves to be of a letter of ours."""


@dataclass(frozen=True, slots=True)
class BounceReport:
    """What a reading came to.

    Attributes:
        fates: how many messages of each fate, all fates named.
        new: how many bounces and complaints were not known yet.
        suppressed: how many people get no letter any more.
    """

    messages: int = 0
    fates: dict[Fate, int] = field(default_factory=dict)
    new: int = 0
    suppressed: int = 0


@dataclass(frozen=True, slots=True)
class _Letter:
    """The letter that something came back from, proven."""

    subscriber: int
    newsletter: str = ""
    edition: EditionId | None = None


@dataclass(frozen=True, slots=True)
class Bounce:
    """The job; it may run twice over the same messages.

    Attributes:
        shelf: where bounces are kept.
        doorman: lets readers leave who ask for it by mail.
    """

    store: Store
    shelf: Shelf
    doorman: Doorman
    sender: Sender

    def __call__(self, messages: Iterable[Returned], source: str) -> BounceReport:
        """Read messages, a few hundred a transaction.

        Raises:
            StorageError, PeopleError: nothing of the last few hundred is kept.
        """
        counts: Counter[Fate] = Counter()
        new, suppressed, rest = 0, 0, iter(messages)
        while batch := list(islice(rest, _BATCH)):
            noted = self._batch(batch, source, counts)
            new += noted.new
            suppressed += len(noted.suppressed)
        fates = {fate: counts[fate] for fate in Fate}
        return BounceReport(counts.total(), fates, new, suppressed)

    def told(self, reports: Iterable[Report], source: str) -> BounceReport:
        """Take in what a provider reports and has signed: it knows whom it wrote to for us."""
        counts: Counter[Fate] = Counter()
        came = []
        with self.store.read() as work:
            for report in reports:
                letter = next(self._letters(work, report, ()), None) or self._named(report)
                counts[_fate(report) if letter else Fate.UNPROVEN] += 1
                came += [_came(report, letter, b"", source)] if letter else []
        noted = self.shelf.note(came)
        fates = {fate: counts[fate] for fate in Fate}
        return BounceReport(counts.total(), fates, noted.new, len(noted.suppressed))

    def refused(self, edition: EditionId) -> Noted:
        """Weigh what the mail server refused of an edition at once; again, it changes nothing."""
        new = 0
        struck: list[int] = []
        with self.store.read() as work:
            record = work.editions.outline(edition)
            rows = work.deliveries.list(edition, DeliveryState.REFUSED)
            came = (one for row in rows if record and (one := _refused(row, record.newsletter)))
            while batch := list(islice(came, _BATCH)):
                noted = self.shelf.note(batch)
                new += noted.new
                struck += noted.suppressed
        if struck:
            log.info("%d addresses of edition %d get no letter any more", len(struck), edition)
        return Noted(new, tuple(struck))

    def _batch(self, batch: Sequence[Returned], source: str, counts: Counter[Fate]) -> Noted:
        came = []
        with self.store.read() as work:
            for message in batch:
                fate, found = self._read(work, message, source)
                counts[fate] += 1
                came += [found] if found else []
        return self.shelf.note(came)

    def _read(self, work: Work, message: Returned, source: str) -> tuple[Fate, Bounced | None]:
        report = read(message.content)
        if report.sort in {Sort.AUTO_REPLY, Sort.OTHER}:
            return (Fate.LEFT if self._leaves(report) else Fate.IGNORED), None
        letter = next(self._letters(work, report, message.recipients), None)
        if letter is None:
            log.info("a %s that nothing proves to be of our letters", report.sort)
            return Fate.UNPROVEN, None
        return _fate(report), _came(report, letter, message.content, source)

    def _named(self, report: Report) -> _Letter | None:
        numbers = (self.shelf.number_of(failure.address) for failure in report.failures)
        return next((_Letter(number) for number in numbers if number), None)

    def _leaves(self, report: Report) -> bool:
        if not (token := tracing.leaving(report.subject)):
            return False
        try:
            self.doorman.leave(token, how=_LEFT_BY)
        except BadTokenError:
            return False
        return True

    def _letters(self, work: Work, report: Report, recipients: Sequence[str]) -> Iterator[_Letter]:
        """Letters that are proven, the surest proof first."""
        for proven in tracing.deliveries(self.sender, recipients, report.evidence):
            if delivery := work.deliveries.get(DeliveryId(proven)):
                yield _of_edition(work, delivery.subscriber, delivery.edition)
        for token in tracing.tokens(report.evidence):
            if opened := self.shelf.opened(token):
                subscriber, newsletter = opened
                edition = self._edition(work, report, subscriber, newsletter)
                yield _Letter(subscriber, newsletter, edition)
        if not report.evidence.message_ids:
            return
        for failure in report.failures:
            if number := self.shelf.number_of(failure.address):
                edition = self._edition(work, report, number)
                if edition:
                    yield _of_edition(work, number, edition)

    def _edition(
        self, work: Work, report: Report, subscriber: int, newsletter: str | None = None
    ) -> EditionId | None:
        states = (EditionState.APPROVED, EditionState.SENT)
        records = work.editions.records(newsletter, states=states, limit=_RECENT)
        numbers = [record.id for record in records]
        found = tracing.edition_of(self.sender, report.evidence, subscriber, numbers)
        return None if found is None else EditionId(found)


def _of_edition(work: Work, subscriber: int, edition: EditionId) -> _Letter:
    record = work.editions.outline(edition)
    return _Letter(subscriber, record.newsletter if record else "", edition)


def _fate(report: Report) -> Fate:
    return Fate.COMPLAINTS if report.sort is Sort.COMPLAINT else Fate.BOUNCES


def _came(report: Report, letter: _Letter, raw: bytes, source: str) -> Bounced:
    failure = _worst(report.failures)
    kind = BounceKind.COMPLAINT
    if report.sort is Sort.BOUNCE:
        kind = BounceKind(severity(failure).value)
    said = failure.said or (report.subject if report.sort is Sort.BOUNCE else "")
    about = f"edition {letter.edition}" if letter.edition else _fingerprint(report, raw)
    return Bounced(
        subscriber=letter.subscriber,
        kind=kind,
        identity=about,
        status=failure.status,
        said=said,
        newsletter=letter.newsletter,
        mailing=letter.edition,
        source=source,
        raw=raw,
    )


_ORDER = (Severity.HARD, Severity.OURS, Severity.SOFT, Severity.DELAY)


def _worst(failures: Sequence[Failure]) -> Failure:
    """The failure that says most; a letter of ours has one recipient, whatever names they go by."""
    return min(failures, key=lambda one: _ORDER.index(severity(one)), default=Failure(""))


def _fingerprint(report: Report, raw: bytes) -> str:
    """Name what came back when its edition is not known: by the letter, or by itself."""
    if report.evidence.message_ids:
        return f"letter {report.evidence.message_ids[0]}"
    return f"message {report.name or hashlib.sha256(raw).hexdigest()}"


def _refused(row: Delivery, newsletter: str) -> Bounced | None:
    """What a refusal at the hand-over says; nothing where it was no server's."""
    failure = of_reply(row.reply)
    if failure is None:
        return None
    return Bounced(
        subscriber=row.subscriber,
        kind=BounceKind(severity(failure).value),
        identity=f"edition {row.edition}",
        status=failure.status,
        said=row.reply,
        newsletter=newsletter,
        mailing=row.edition,
        source="smtp",
        is_certain=says_nobody(failure),
    )
