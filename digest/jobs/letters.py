"""Write the letters of an edition, one after the other, as they are needed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from functools import lru_cache
from zoneinfo import ZoneInfo

from digest.core.artifact import EmailBody
from digest.core.dkim import Signer
from digest.core.edition import Edition, EditionId, content_hash
from digest.core.letter import (
    Addressee,
    Letter,
    LetterForm,
    LetterPress,
    Mailing,
    personal_tokens,
)
from digest.core.newsletter import Newsletter
from digest.core.outbox import DeliveryId
from digest.core.sender import Sender
from digest.errors import UsageError
from digest.ports import EmailRenderer
from subscribers import Links, Recipient

_MOST_FORMS = 512
"""Selections of themes kept at a time; claims come sorted by themes, so few are needed."""

_MOST_DAYS = 4096
_NOON = time(12)
_TEST = "test"


@dataclass(frozen=True, slots=True)
class LetterWriter:
    """Writes letters for any edition of the site.

    Attributes:
        url: of the site.
        written_day: writes the day of a moment in a language, where a zone is.
        signer: signs the letters; ``None``: the mail server does, or nobody.
    """

    email: EmailRenderer
    sender: Sender
    links: Links
    url: str
    newsletters: Mapping[str, Newsletter]
    written_day: Callable[[datetime, str, ZoneInfo], str]
    signer: Signer | None = None

    def of(self, number: EditionId, edition: Edition) -> EditionLetters:
        """Prepare the letters of an edition.

        Raises:
            UsageError: its newsletter is configured no more.
            RenderError: the template is wrong; no letter of it can be written.
        """
        return EditionLetters(self, self._plan(edition), number, edition)

    def trial(
        self, number: EditionId, edition: Edition, mark: str, now: datetime
    ) -> EditionLetters:
        """Prepare letters that only test: marked as such, and each with a name of its own.

        Raises:
            UsageError, RenderError: as for :meth:`of`.
        """
        plan = self._plan(edition)
        return EditionLetters(self, plan, number, edition, Marking(mark, now.isoformat()))

    def _plan(self, edition: Edition) -> Newsletter:
        plan = self.newsletters.get(edition.newsletter)
        if plan is None:
            raise UsageError(
                f"the newsletter {edition.newsletter!r} is not in the configuration any more; "
                "put it back, or cancel its edition"
            )
        return plan


@dataclass(frozen=True, slots=True)
class Marking:
    """What tells a test from what readers get.

    Attributes:
        words: stand before the subject.
        occasion: tells one test from another.
    """

    words: str
    occasion: str


class EditionLetters:
    """The letters of one edition."""

    def __init__(
        self,
        writer: LetterWriter,
        plan: Newsletter,
        number: EditionId,
        edition: Edition,
        marking: Marking | None = None,
    ) -> None:
        """Render the whole edition once, so that a wrong template stops all letters or none."""
        self._writer = writer
        self._plan = plan
        self._edition = edition
        self._tokens = personal_tokens(writer.sender.key, content_hash(edition))
        archive = f"{writer.url}/{plan.slug}/"
        self._marking = marking
        mailing = Mailing(number, plan.slug, plan.title, edition.slug, archive)
        if marking:
            mailing = replace(mailing, kind=_TEST, occasion=marking.occasion)
        self._press = LetterPress(writer.sender, mailing, self._tokens)
        self._form = lru_cache(maxsize=_MOST_FORMS)(self._make_form)
        self._since = lru_cache(maxsize=_MOST_DAYS)(self._write_day)
        self._form(tuple(sorted(edition.themes)))

    def letter(
        self, delivery: DeliveryId, themes: tuple[str, ...], reader: Recipient, now: datetime
    ) -> Letter:
        """Write one letter.

        Raises:
            RenderError: this one cannot be written; others may.
        """
        links, zone = self._writer.links, self._plan.timezone
        to = Addressee(
            delivery=delivery,
            subscriber=reader.id,
            email=reader.address,
            since=self._since(reader.since.astimezone(zone).date()),
            preferences_url=links.preferences(reader.handle),
            unsubscribe_url=links.unsubscribe(reader.handle, self._plan.slug),
        )
        letter = self._form(themes).letter(to, now)
        if signer := self._writer.signer:
            return replace(letter, content=signer.signed(letter.content, now))
        return letter

    def _make_form(self, themes: tuple[str, ...]) -> LetterForm:
        return self._press.form(self._body(themes))

    def subject(self, themes: tuple[str, ...]) -> str:
        """What inboxes show of the letters of these themes."""
        return self._body(themes).subject

    def _body(self, themes: tuple[str, ...]) -> EmailBody:
        body = self._writer.email.body(self._plan, self._edition, themes, self._tokens)
        if self._marking is None:
            return body
        return replace(body, subject=f"{self._marking.words} {body.subject}".strip())

    def _write_day(self, day: date) -> str:
        noon = datetime.combine(day, _NOON, self._plan.timezone)
        return self._writer.written_day(noon, self._plan.language, self._plan.timezone)
