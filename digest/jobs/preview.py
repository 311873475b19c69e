"""See an edition before it goes out, by the very way it goes; nothing is written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from email import policy
from email.parser import BytesParser
from typing import Protocol

from digest.core.artifact import Artifact
from digest.core.catalogue import Catalogue, Issue, Shelf
from digest.core.composition import Draft
from digest.core.decision import replay
from digest.core.edition import Edition, EditionState, content_hash
from digest.core.outbox import DeliveryId
from digest.errors import ConflictError
from digest.jobs.approve import Approve
from digest.jobs.letters import LetterWriter
from digest.jobs.publish import Publish
from digest.ports import EditionRecord, Work
from subscribers import Dossier, Recipient, State

_EXAMPLE = "reader@example.org"
NOBODY = bytes(8)
"""The handle of nobody: links made from it are of the right length and open nothing."""


class Readers(Protocol):
    """Who can tell what somebody follows."""

    def show(self, address: str) -> Dossier:
        """All that is kept about one person."""
        ...

    def recipients(self, newsletter: str, numbers: Sequence[int]) -> Mapping[int, Recipient]:
        """Those of these people who are to be mailed, by number."""
        ...


@dataclass(frozen=True, slots=True)
class Persona:
    """Whose letter is looked at.

    Attributes:
        themes: slugs; ``None``: all of them.
        address: of a real subscriber, or of an example reader.
        since: when they subscribed; ``None``: now.
    """

    themes: tuple[str, ...] | None = None
    address: str = _EXAMPLE
    since: datetime | None = None


EVERYTHING = Persona()
"""An example reader who follows every theme."""


@dataclass(frozen=True, slots=True)
class Preview:
    """The job."""

    approve: Approve
    publish: Publish
    writer: LetterWriter
    readers: Readers

    def draft(self, work: Work, record: EditionRecord) -> Draft:
        """What a draft holds now, numbered as it would be, and what it leaves out."""
        window = self.approve.drafting.window(work, record)
        return replace(window.draft, edition=self.approve.frozen(work, record, window))

    def edition(self, work: Work, record: EditionRecord) -> Edition:
        """What went out, or what approving now would let out.

        Raises:
            ConflictError: it was skipped or cancelled before it held anything.
        """
        if record.edition:
            return record.edition
        if record.state is not EditionState.DRAFT:
            raise ConflictError(f"edition {record.id} is {record.state.value}: {record.reason}")
        return self.draft(work, record).edition

    def approved(self, work: Work, record: EditionRecord) -> Edition | None:
        """A draft as it was when somebody approved it last.

        ``None``: nobody did, or a source changed an item since one of several people did, so that
        it cannot be made again with the content hash that was approved.
        """
        if record.state is not EditionState.DRAFT:
            return None
        given = work.editions.signatures(record.id)
        if not given:
            return work.editions.withdrawn(record.id)
        made = [each for each in work.editions.decisions(record.id) if each.at <= given[-1].at]
        window = self.approve.drafting.replayed(work, record, replay(made))
        edition = self.approve.frozen(work, record, window)
        return edition if content_hash(edition) == given[-1].content_hash else None

    def persona(self, newsletter: str, address: str) -> Persona:
        """A real subscriber, as the next letter finds them; nothing of theirs is opened.

        Raises:
            PeopleError: nobody has this address.
            ConflictError: they get no letter of this newsletter.
        """
        return self.seen_by(newsletter, None, self.find_reader(newsletter, address))

    def find_reader(self, newsletter: str, address: str) -> int:
        """The number of a subscriber who gets the next letter.

        Raises:
            PeopleError: nobody has this address.
            ConflictError: they get no letter of this newsletter.
        """
        person = self.readers.show(address).subscriber
        if person.id in self.readers.recipients(newsletter, [person.id]):
            return person.id
        wish = person.subscription(newsletter)
        state = "suppressed" if person.state is State.SUPPRESSED else wish and wish.state.value
        raise ConflictError(
            f"{person.address} gets no {newsletter}: {state or 'does not follow it'}"
        )

    def seen_by(self, newsletter: str, themes: tuple[str, ...] | None, reader: int) -> Persona:
        """Who looks: a subscriber by number, else an example reader of some themes.

        Raises:
            ConflictError: this subscriber gets no letter of this newsletter.
        """
        if not reader:
            return Persona(themes)
        found = self.readers.recipients(newsletter, [reader]).get(reader)
        if found is None:
            raise ConflictError(f"this reader gets no {newsletter} any more")
        return Persona(found.themes, found.address, found.since)

    def letter(
        self,
        record: EditionRecord,
        edition: Edition,
        now: datetime,
        persona: Persona = EVERYTHING,
    ) -> list[Artifact]:
        """The letter of a reader, whole and as its two texts.

        Its personal links are of the right length and open nothing.

        Raises:
            ConflictError: it holds nothing for them, so nothing would go out.
            RenderError: the template is wrong.
        """
        if not edition.count:
            raise ConflictError(f"the next edition of {edition.newsletter} holds nothing yet")
        wanted = edition.themes if persona.themes is None else edition.themes & {*persona.themes}
        if not wanted:
            raise ConflictError(f"it holds nothing for {persona.address}, so no letter is written")
        letters = self.writer.of(record.id, edition)
        since = persona.since or now
        reader = Recipient(0, persona.address, "", None, since, edition.language, NOBODY)
        letter = letters.letter(DeliveryId(0), tuple(sorted(wanted)), reader, now)
        return [
            Artifact("letter.eml", "message/rfc822", letter.content),
            *texts(letter.content),
        ]

    def documents(self, work: Work, edition: Edition, now: datetime) -> Iterator[Artifact]:
        """Every page and feed as they would be with this edition published."""
        catalogue = _with(self.publish.catalogue(work), edition, now)
        for renderer in self.publish.renderers:
            yield from renderer.render(catalogue)

    def pages(self, work: Work, edition: Edition, now: datetime) -> Iterator[Artifact]:
        """The page of this edition as it would be published, and the feeds with it alone.

        Of the other pages only what holds no resource, so that it costs as much as one edition.
        """
        plan = self.approve.drafting.newsletter(edition.newsletter)
        others = [h for h in work.editions.headings(plan.slug) if h.slug != edition.slug]
        newer = [heading for heading in others if heading.date > edition.date]
        issue = Issue(edition, _tag(edition, now), now, content_hash(edition))
        shelf = Shelf(plan, (issue,), tuple(h for h in others if h not in newer))
        whole = Catalogue(
            site=self.publish.site,
            themes=tuple(self.publish.themes),
            shelves=(shelf,),
            source_titles=tuple(self.publish.source_titles.items()),
            resources=(),
            by_theme=(),
        )
        for renderer in self.publish.renderers:
            yield from renderer.render(whole)


def _tag(edition: Edition, now: datetime) -> str:
    return f"tag:preview,{now:%Y}:edition/{edition.newsletter}/{edition.slug}"


def texts(message: bytes) -> Iterator[Artifact]:
    """Both texts of a message as a mail program decodes them."""
    for part in BytesParser(policy=policy.default).parsebytes(message).walk():
        if part.get_content_maintype() == "text":
            ending = "txt" if part.get_content_subtype() == "plain" else "html"
            body = part.get_payload(decode=True)
            assert isinstance(body, bytes)
            yield Artifact(f"letter.{ending}", f"{part.get_content_type()}; charset=utf-8", body)


def _with(catalogue: Catalogue, edition: Edition, now: datetime) -> Catalogue:
    shelves = []
    for shelf in catalogue.shelves:
        known = {issue.edition.slug for issue in shelf.issues}
        if shelf.newsletter.slug == edition.newsletter and edition.slug not in known:
            issue = Issue(edition, _tag(edition, now), now, content_hash(edition))
            shelf = replace(shelf, issues=(issue, *shelf.issues))  # noqa: PLW2901 - the same shelf, one issue fuller
        shelves.append(shelf)
    return replace(catalogue, shelves=tuple(shelves))
