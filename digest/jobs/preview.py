"""See an edition before it goes out, by the very way it goes; nothing is written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from email import policy
from email.parser import BytesParser

from digest.core.artifact import Artifact
from digest.core.catalogue import Catalogue, Issue
from digest.core.composition import Draft
from digest.core.edition import Edition, EditionState, content_hash
from digest.core.outbox import DeliveryId
from digest.errors import ConflictError
from digest.jobs.approve import Approve
from digest.jobs.letters import LetterWriter
from digest.jobs.publish import Publish
from digest.ports import EditionRecord, Work
from subscribers import Recipient

_EXAMPLE = "reader@example.org"
NOBODY = bytes(8)
"""The handle of nobody: links made from it are of the right length and open nothing."""


@dataclass(frozen=True, slots=True)
class Preview:
    """The job."""

    approve: Approve
    publish: Publish
    writer: LetterWriter

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

    def letter(self, record: EditionRecord, edition: Edition, now: datetime) -> list[Artifact]:
        """The letter of somebody who follows every theme, whole and as its two texts.

        Raises:
            ConflictError: it holds nothing, so nothing would go out.
            RenderError: the template is wrong.
        """
        if not edition.count:
            raise ConflictError(f"the next edition of {edition.newsletter} holds nothing yet")
        letters = self.writer.of(record.id, edition)
        reader = Recipient(0, _EXAMPLE, "", None, now, edition.language, NOBODY)
        letter = letters.letter(DeliveryId(0), tuple(sorted(edition.themes)), reader, now)
        return [
            Artifact("letter.eml", "message/rfc822", letter.content),
            *texts(letter.content),
        ]

    def documents(self, work: Work, edition: Edition, now: datetime) -> Iterator[Artifact]:
        """Every page and feed as they would be with this edition published."""
        catalogue = _with(self.publish.catalogue(work), edition, now)
        for renderer in self.publish.renderers:
            yield from renderer.render(catalogue)


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
            tag = f"tag:preview,{now:%Y}:edition/{edition.newsletter}/{edition.slug}"
            issue = Issue(edition, tag, now, content_hash(edition))
            shelf = replace(shelf, issues=(issue, *shelf.issues))  # noqa: PLW2901 - the same shelf, one issue fuller
        shelves.append(shelf)
    return replace(catalogue, shelves=tuple(shelves))
