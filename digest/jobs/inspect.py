"""Look at an edition with every check before it goes out; nothing is written."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from digest.core.artifact import Artifact, EmailBody
from digest.core.catalogue import Catalogue, Issue, Shelf
from digest.core.checks.finding import Check, Finding, Report, Result
from digest.core.checks.policy import Level, Policy
from digest.core.checks.proof import Proof
from digest.core.edition import Edition, EditionId, content_hash
from digest.core.letter import personal_tokens
from digest.core.newsletter import Newsletter
from digest.errors import InspectionError, UsageError
from digest.jobs.preview import NOBODY, Preview
from digest.ports import Clock, EditionRecord, Inspector, Store

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Inspect:
    """The job.

    Attributes:
        checks: those that need nothing but the letter.
        inspectors: those that need a tool from outside, by name.
        policies: what each newsletter makes of them, by its slug.
    """

    store: Store
    clock: Clock
    preview: Preview
    checks: Sequence[Check]
    inspectors: Mapping[str, Inspector]
    policies: Mapping[str, Policy]

    def __call__(self, edition: EditionId, *, only_blocking: bool = False) -> Report:
        """Look at what went out, or at what approving now would let out.

        Args:
            edition: the number of its row.
            only_blocking: leave out what could stop nothing.

        Raises:
            UsageError: there is no such edition.
            ConflictError: it holds nothing.
            RenderError: the template is wrong.
        """
        with self.store.read() as work:
            record = work.editions.get(edition)
            if record is None:
                raise UsageError(f"no edition {edition}; `digest editions list` shows those")
            shown = self.preview.edition(work, record)
        return self.report(record, shown, only_blocking=only_blocking)

    def report(
        self,
        record: EditionRecord,
        edition: Edition,
        *,
        only_blocking: bool = False,
        outside: bool = True,
    ) -> Report:
        """Look at an edition that was read before; asks no database.

        Args:
            record: its row.
            edition: its content.
            only_blocking: leave out what could stop nothing.
            outside: ask those that need a tool from outside, too, which may take a minute.
        """
        policy = self.policies.get(record.newsletter, Policy())
        wanted = [
            check
            for check in self._all(outside=outside)
            if policy.level(check.name) is not Level.OFF
            and not (only_blocking and policy.level(check.name) is Level.ADVISE)
        ]
        if not wanted:
            return Report(content_hash(edition), ())
        proof = self.proof(record, edition)
        results = tuple(_asked(check, proof, policy.level(check.name)) for check in wanted)
        return Report(content_hash(edition), results)

    def proof(self, record: EditionRecord, edition: Edition) -> Proof:
        """Make what is looked at."""
        now, writer = self.clock.now(), self.preview.writer
        made = {a.path: a.body for a in self.preview.letter(record, edition, now)}
        plan = writer.newsletters[edition.newsletter]
        return Proof(
            edition=edition,
            preheader=self._body(plan, edition, edition.themes).preheader,
            message=made["letter.eml"],
            text=made["letter.txt"].decode("utf-8", "replace"),
            html=made["letter.html"].decode("utf-8", "replace"),
            unsubscribe_url=writer.links.unsubscribe(NOBODY, edition.newsletter),
            site=writer.url,
            at=now,
            shares=tuple(self._shares(plan, edition)),
            feeds=tuple(self._feeds(plan, edition, now)),
        )

    def _all(self, *, outside: bool) -> Iterator[Check]:
        yield from self.checks
        for name, inspector in self.inspectors.items() if outside else ():
            yield Check(name, inspector.title, inspector.why, inspector.find)

    def _body(self, plan: Newsletter, edition: Edition, themes: Iterable[str]) -> EmailBody:
        writer = self.preview.writer
        tokens = personal_tokens(writer.sender.key, content_hash(edition))
        return writer.email.body(plan, edition, themes, tokens)

    def _shares(self, plan: Newsletter, edition: Edition) -> Iterator[tuple[str, int]]:
        """By how much the HTML is shorter without a theme."""
        whole = _size(self._body(plan, edition, edition.themes))
        for section in edition.sections:
            rest = self._body(plan, edition, edition.themes - {section.theme})
            yield section.title, whole - _size(rest)

    def _feeds(self, plan: Newsletter, edition: Edition, now: datetime) -> Iterator[Artifact]:
        """The feeds of a site that has published this edition and nothing else."""
        publish = self.preview.publish
        tag = f"tag:preview,{now:%Y}:edition/{edition.newsletter}/{edition.slug}"
        issue = Issue(edition, tag, now, content_hash(edition))
        catalogue = Catalogue(
            site=publish.site,
            themes=(),
            shelves=(Shelf(plan, (issue,)),),
            source_titles=tuple(publish.source_titles.items()),
            resources=(),
            by_theme=(),
        )
        for renderer in publish.renderers:
            for artifact in renderer.render(catalogue):
                if _is_feed(artifact) and artifact.path.startswith(f"{plan.slug}/"):
                    yield artifact


def _asked(check: Check, proof: Proof, level: Level) -> Result:
    findings: tuple[Finding, ...] = ()
    skipped = ""
    try:
        findings = tuple(check.find(proof))
    except InspectionError as error:
        skipped = str(error)
    except Exception as error:  # a fault in a check is no fault of the letter
        log.exception("the check %s failed", check.name)
        skipped = f"the check itself failed: {type(error).__name__}"
    return Result(check.name, check.title, check.why, level, findings, skipped)


def _is_feed(artifact: Artifact) -> bool:
    return any(word in artifact.media_type for word in ("atom", "rss", "feed+json", "xml", "json"))


def _size(body: EmailBody) -> int:
    return sum(len(part.encode("utf-8", "replace")) for part in body.html)
