"""One pass over the whole way: collect, assemble, publish, deliver, for everything that is due."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar

from digest.core.edition import EditionId
from digest.errors import DigestError
from digest.jobs.assemble import Assemble, AssembleReport
from digest.jobs.bounce import BounceReport
from digest.jobs.collect import Collect, CollectReport
from digest.jobs.deliver import Deliver, DeliveryReport
from digest.jobs.notes import NotesReport, SendNotes
from digest.jobs.publish import Publish
from digest.ports import Clock, Store
from subscribers import PeopleError

log = logging.getLogger(__name__)

T = TypeVar("T")

_AT_ONCE = 4
"""Sources collected at a time: one that answers slowly does not hold up all others."""
_STOPPED = "stopped before all was done; the next pass goes on from here"


@dataclass(frozen=True, slots=True)
class PassReport:
    """What one pass came to.

    Attributes:
        published: the paths whose bytes changed.
        notes: what became of the letters to single people.
        failures: steps that failed as a whole, one sentence each; the others went on.
        returned: what came back since the last pass.
    """

    collected: tuple[CollectReport, ...]
    assembled: tuple[AssembleReport, ...]
    published: tuple[str, ...]
    delivered: tuple[DeliveryReport, ...]
    notes: NotesReport
    failures: tuple[str, ...] = ()
    returned: BounceReport = field(default_factory=BounceReport)


def _nothing(_failures: list[str]) -> BounceReport:
    return BounceReport()


@dataclass(frozen=True, slots=True)
class Conveyor:
    """Runs the steps in order; each may be run again at any time.

    Attributes:
        returns: reads what came back, first of all, so that nobody is mailed who must not be.
        forget: deletes what was kept long enough.
        stopping: asked before each source, edition and letter; True: end with what was begun.
    """

    store: Store
    clock: Clock
    collect: Collect
    assemble: Assemble
    publish: Publish
    deliver: Deliver
    send_notes: SendNotes
    returns: Callable[[list[str]], BounceReport] = _nothing
    forget: Callable[[], object] = bool
    stopping: Callable[[], bool] = bool

    def __call__(self, *, now: bool = False, newsletter: str | None = None) -> PassReport:
        """Do everything that is due.

        Args:
            now: as if every source and newsletter were due.
            newsletter: make editions of this one only.
        """
        failures: list[str] = []
        returned = _tried("reading bounces", failures, partial(self.returns, failures))
        collected = self._collect(failures, now=now)
        self._release(failures)
        assembled = self._assemble(newsletter, failures, now=now)
        published = self._publish(failures)
        due = self._open(failures)
        delivered = () if published is None else self._deliver(due or (), failures)
        notes = None if due is None else self._send_notes(failures)
        _tried("deleting what was kept long enough", failures, self.forget)
        if self.stopping():
            failures.append(_STOPPED)
        made = collected, assembled, published or (), delivered, notes or NotesReport()
        came = returned or BounceReport()
        return PassReport(*made, failures=tuple(failures), returned=came)

    def _collect(self, failures: list[str], *, now: bool) -> tuple[CollectReport, ...]:
        def collect(name: str) -> tuple[CollectReport | None, list[str]]:
            own: list[str] = []
            if self.stopping():
                return None, own
            return _tried(f"collecting {name}", own, partial(self.collect, name, now=now)), own

        with ThreadPoolExecutor(_AT_ONCE) as pool:
            outcomes = list(pool.map(collect, self.collect.sources))
        failures += (failure for _, own in outcomes for failure in own)
        return tuple(report for report, _ in outcomes if report and not report.skipped)

    def _assemble(
        self, only: str | None, failures: list[str], *, now: bool
    ) -> tuple[AssembleReport, ...]:
        plans = self.assemble.drafting
        slugs = [plans.newsletter(only).slug] if only else [*plans.newsletters]
        reports = [
            _tried(f"edition of {slug}", failures, partial(self._edition, slug, now=now))
            for slug in slugs
            if not self.stopping()
        ]
        return tuple(filter(None, reports))

    def _edition(self, newsletter: str, *, now: bool) -> AssembleReport | None:
        slot = self.assemble.at_once(newsletter) if now else self.assemble.due(newsletter)
        return self.assemble(newsletter, slot) if slot else None

    def _release(self, failures: list[str]) -> None:
        """Let out what waited for its time only."""
        release = self.assemble.release
        for edition in _tried("reading what waits", failures, release.due) or ():
            if not self.stopping():
                _tried(f"approval of edition {edition}", failures, partial(release, edition))

    def _publish(self, failures: list[str]) -> tuple[str, ...] | None:
        """The paths that changed; ``None``: the pages that letters link to are not in place."""
        changed = _tried("publishing", failures, self.publish)
        return None if changed is None else tuple(changed)

    def _open(self, failures: list[str]) -> Sequence[EditionId] | None:
        """The editions with letters that are due; ``None``: nobody knows, so nothing is sent."""
        return _tried("reading the ledger", failures, self.deliver.due)

    def _send_notes(self, failures: list[str]) -> NotesReport | None:
        return _tried("letters to single people", failures, self.send_notes)

    def _deliver(
        self, editions: Sequence[EditionId], failures: list[str]
    ) -> tuple[DeliveryReport, ...]:
        reports = [
            _tried(f"delivery of edition {edition}", failures, partial(self.deliver, edition))
            for edition in editions
            if not self.stopping()
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
