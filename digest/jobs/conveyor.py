"""One pass over the whole way: collect, assemble, publish, deliver, for everything that is due."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from digest.errors import DigestError
from digest.jobs.assemble import Assemble, AssembleReport
from digest.jobs.collect import Collect, CollectReport
from digest.jobs.deliver import Deliver, DeliveryReport
from digest.jobs.publish import Publish
from digest.ports import Clock, Store

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class PassReport:
    """What one pass came to.

    Attributes:
        published: the paths whose bytes changed.
        failures: steps that failed as a whole, one sentence each; the others went on.
    """

    collected: tuple[CollectReport, ...]
    assembled: tuple[AssembleReport, ...]
    published: tuple[str, ...]
    delivered: tuple[DeliveryReport, ...]
    failures: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Conveyor:
    """Runs the steps in order; each may be run again at any time."""

    store: Store
    clock: Clock
    collect: Collect
    assemble: Assemble
    publish: Publish
    deliver: Deliver

    def __call__(self, *, now: bool = False, newsletter: str | None = None) -> PassReport:
        """Do everything that is due.

        Args:
            now: as if every source and newsletter were due.
            newsletter: make editions of this one only.
        """
        failures: list[str] = []
        collected = tuple(self.collect(name, now=now) for name in self.collect.sources)
        assembled = self._assemble(newsletter, failures, now=now)
        published = self._publish(failures)
        delivered = self._deliver(failures)
        return PassReport(
            tuple(report for report in collected if not report.skipped),
            assembled,
            published,
            delivered,
            tuple(failures),
        )

    def collect_due(self) -> tuple[CollectReport, ...]:
        """Collect what is due, and publish what that changed; for a process that stays up."""
        reports = tuple(self.collect(name) for name in self.collect.sources)
        if any(report.new or report.changed for report in reports):
            self.publish()
        return reports

    def send_due(self) -> PassReport:
        """Make the editions that are due, publish them, hand off what is to be sent."""
        failures: list[str] = []
        assembled = self._assemble(None, failures, now=False)
        published = self._publish(failures) if assembled else ()
        return PassReport((), assembled, published, self._deliver(failures), tuple(failures))

    def _assemble(
        self, only: str | None, failures: list[str], *, now: bool
    ) -> tuple[AssembleReport, ...]:
        reports = []
        slugs = [self.assemble.drafting.newsletter(only).slug] if only else self._all()
        for slug in slugs:
            try:
                slot = self.clock.now() if now else self.assemble.due(slug)
                if slot:
                    reports.append(self.assemble(slug, slot))
            except DigestError as error:
                _note(failures, f"edition of {slug}", error)
        return tuple(reports)

    def _all(self) -> Sequence[str]:
        return tuple(self.assemble.drafting.newsletters)

    def _publish(self, failures: list[str]) -> tuple[str, ...]:
        try:
            return tuple(self.publish())
        except DigestError as error:
            _note(failures, "publishing", error)
            return ()

    def _deliver(self, failures: list[str]) -> tuple[DeliveryReport, ...]:
        """Hand off what is due; not before the pages that letters link to are in place."""
        if any(failure.startswith("publishing") for failure in failures):
            return ()
        reports = []
        with self.store.read() as work:
            editions = work.deliveries.open_editions(self.clock.now())
        for edition in editions:
            try:
                reports.append(self.deliver(edition))
            except DigestError as error:
                _note(failures, f"delivery of edition {edition}", error)
        return tuple(reports)


def _note(failures: list[str], step: str, error: DigestError) -> None:
    log.error("%s failed: %s", step, error)
    failures.append(f"{step}: {error}")
