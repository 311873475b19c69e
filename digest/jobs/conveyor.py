"""One pass over the whole way: collect, assemble, publish, deliver, for everything that is due."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from digest.core.edition import EditionId
from digest.errors import DigestError
from digest.jobs.assemble import Assemble, AssembleReport
from digest.jobs.collect import Collect, CollectReport
from digest.jobs.deliver import Deliver, DeliveryReport
from digest.jobs.publish import Publish
from digest.ports import Clock, Store
from subscribers import PeopleError

log = logging.getLogger(__name__)

T = TypeVar("T")


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
        collected = self._collect(failures, now=now)
        assembled = self._assemble(newsletter, failures, now=now)
        published = self._publish(failures)
        delivered = self._deliver(failures) if published is not None else ()
        return PassReport(collected, assembled, published or (), delivered, tuple(failures))

    def collect_due(self) -> tuple[CollectReport, ...]:
        """Collect what is due, and publish what that changed; for a process that stays up."""
        failures: list[str] = []
        reports = self._collect(failures, now=False)
        if any(report.new or report.changed for report in reports):
            self._publish(failures)
        return reports

    def send_due(self) -> PassReport:
        """Make the editions that are due, publish them, hand off what is to be sent."""
        failures: list[str] = []
        assembled = self._assemble(None, failures, now=False)
        published: tuple[str, ...] | None = ()
        if assembled or self._open(failures):
            # Also before what an earlier pass, or an editor, left to be sent.
            published = self._publish(failures)
        delivered = self._deliver(failures) if published is not None else ()
        return PassReport((), assembled, published or (), delivered, tuple(failures))

    def _collect(self, failures: list[str], *, now: bool) -> tuple[CollectReport, ...]:
        reports = [
            _tried(f"collecting {name}", failures, partial(self.collect, name, now=now))
            for name in self.collect.sources
        ]
        return tuple(report for report in reports if report and not report.skipped)

    def _assemble(
        self, only: str | None, failures: list[str], *, now: bool
    ) -> tuple[AssembleReport, ...]:
        plans = self.assemble.drafting
        slugs = [plans.newsletter(only).slug] if only else [*plans.newsletters]
        reports = [
            _tried(f"edition of {slug}", failures, partial(self._edition, slug, now=now))
            for slug in slugs
        ]
        return tuple(filter(None, reports))

    def _edition(self, newsletter: str, *, now: bool) -> AssembleReport | None:
        slot = self.assemble.at_once(newsletter) if now else self.assemble.due(newsletter)
        return self.assemble(newsletter, slot) if slot else None

    def _publish(self, failures: list[str]) -> tuple[str, ...] | None:
        """The paths that changed; ``None``: the pages that letters link to are not in place."""
        changed = _tried("publishing", failures, self.publish)
        return None if changed is None else tuple(changed)

    def _open(self, failures: list[str]) -> Sequence[EditionId]:
        return _tried("reading the ledger", failures, self.deliver.due) or ()

    def _deliver(self, failures: list[str]) -> tuple[DeliveryReport, ...]:
        reports = [
            _tried(f"delivery of edition {edition}", failures, partial(self.deliver, edition))
            for edition in self._open(failures)
        ]
        return tuple(filter(None, reports))


def _tried(step: str, failures: list[str], job: Callable[[], T]) -> T | None:
    """Run a step; when it fails, note that and let the others go on."""
    try:
        return job()
    except (DigestError, PeopleError) as error:
        log.error("%s failed: %s", step, error)  # noqa: TRY400 - the sentence says it all
        failures.append(f"{step}: {error}")
    except Exception as error:
        log.exception("%s failed", step)
        failures.append(f"{step}: {type(error).__name__}: {error}")
    return None
