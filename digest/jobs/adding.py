"""Bring something into a draft that no source showed: by its address."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from digest.core.address import absolute, canonical
from digest.core.decision import Act
from digest.core.edition import EditionId
from digest.core.hygiene import line, prose
from digest.core.newsletter import OTHER
from digest.core.resource import Resource, ResourceId, merge, tag_uri
from digest.core.source import BY_HAND, Sighting
from digest.errors import ConflictError, FetchError, ParseError, UsageError
from digest.jobs.deciding import Deciding, Noted
from digest.jobs.draft import hold_draft, open_draft
from digest.jobs.wishes import Wish, sensible
from digest.ports import Clock, EditionRecord, Filer, Reader, Store, Work


@dataclass(frozen=True, slots=True)
class Addition:
    """What is to be brought in.

    Attributes:
        title: the editor's; empty: the page's own.
        summary: as ``title``.
        theme: slug; empty: where the rules file it, if the newsletter carries that.
    """

    url: str
    title: str = ""
    summary: str = ""
    theme: str = ""


@dataclass(frozen=True, slots=True)
class Added:
    """What was brought in."""

    resource: ResourceId
    title: str
    theme: str
    noted: Noted


@dataclass(frozen=True, slots=True)
class Adding:
    """The job.

    Attributes:
        reader: looks at the page.
        host: authority of the ``tag:`` URIs minted for new resources.
    """

    store: Store
    clock: Clock
    filer: Filer
    reader: Reader
    deciding: Deciding
    host: str

    def __call__(
        self, edition: EditionId, wanted: Addition, *, by: str, seen: int | None = None
    ) -> Added:
        """Add it to the draft; other newsletters are not concerned.

        The page is read before the database is asked, so that a slow one holds up nobody. What
        cannot be read is added all the same if the editor gives a title.

        Raises:
            UsageError: the address cannot be used, or there is no such theme.
            ConflictError: the newsletter has it already, or the edition is no draft any more.
            FetchError: the page does not come, and no title is given.
            ParseError: the page has no title, and none is given.
        """
        address = _usable(wanted.url)
        with self.store.read() as work:
            open_draft(work, edition)
        found = self._look(address, wanted)
        with self.store.begin() as work:
            record = hold_draft(work, edition)
            resource = work.resources.find(canonical(found.url))
            is_known = resource is not None
            if resource is None:
                resource = self._keep(work, found)
            self._not_there(work, record, resource)
            theme = wanted.theme or self._theme(work, record, resource)
            wishes = [Wish(Act.ADD, resource.id, theme)]
            if is_known:
                wishes += _words(resource, wanted)
            noted = self.deciding.within(work, record, wishes, by=by, seen=seen)
            title = wanted.title or resource.facts.title
            return Added(resource.id, title, theme, noted)

    def _look(self, address: str, wanted: Addition) -> Sighting:
        now = self.clock.now()
        try:
            found = self.reader.look(address, now)
        except (FetchError, ParseError):
            if not line(wanted.title):
                raise
            host = (urlsplit(address).hostname or "").removeprefix("www.")
            found = Sighting(BY_HAND, address, address, line(wanted.title), now, issuer=host)
        return replace(
            found,
            title=line(wanted.title) or found.title,
            summary=prose(wanted.summary) or found.summary,
        )

    def _keep(self, work: Work, found: Sighting) -> Resource:
        facts, now = merge([found]), self.clock.now()
        resource = work.resources.add(
            facts,
            tag=tag_uri(self.host, now, facts.canonical),
            now=now,
            backlog=True,  # no other edition takes it by itself, and this one only if it says so
            filing=self.filer.file(facts),
        )
        work.sources.add_sighting(found, resource.id)
        return resource

    def _not_there(self, work: Work, record: EditionRecord, resource: Resource) -> None:
        window = self.deciding.drafting.window(work, record)
        if resource.id not in window.items:
            return
        why = dict(window.draft.left_out).get(resource.id)
        state = f"; it is left out, since {why}" if why else ""
        raise ConflictError(f"this draft holds it already, as item {int(resource.id)}{state}")

    def _theme(self, work: Work, record: EditionRecord, resource: Resource) -> str:
        """Where the rules file it; in a newsletter that does not carry that, with the rest."""
        filed = work.resources.get(resource.id)
        slug = filed.filing.theme if filed else OTHER
        carried = self.deciding.drafting.newsletter(record.newsletter).themes
        if not carried or slug in carried:
            return slug
        return OTHER if OTHER in carried else carried[-1]


def _usable(url: str) -> str:
    try:
        return absolute(url if "//" in url else f"https://{url}")
    except ValueError as error:
        raise UsageError(str(error)) from None


def _words(resource: Resource, wanted: Addition) -> Sequence[Wish]:
    """What the editor calls something that is known already by other words."""
    facts = resource.facts
    pairs = (
        (Act.RETITLE, wanted.title, facts.title),
        (Act.SUMMARISE, wanted.summary, facts.summary),
    )
    wishes = (sensible(Wish(act, resource.id, said)) for act, said, own in pairs if said != own)
    return [wish for wish in wishes if wish.value]
