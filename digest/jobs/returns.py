"""Look into the mailboxes that bounces come to."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from digest.errors import DigestError, UsageError
from digest.jobs.bounce import Bounce, BounceReport, Fate
from digest.ports import Mailbox, Returned
from subscribers import PeopleError

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Returns:
    """The job, for the mailboxes by their names."""

    bounce: Bounce
    mailboxes: Mapping[str, Mailbox] = field(default_factory=dict)

    def __call__(self, name: str) -> BounceReport:
        """Read all that is in one; what was read is marked or taken away there.

        Raises:
            UsageError: no mailbox has that name.
            DigestError, PeopleError: it cannot be read, or nothing can be kept now.
        """
        if name not in self.mailboxes:
            known = ", ".join(self.mailboxes) or "(none is configured)"
            raise UsageError(f'no mailbox "{name}" among [[bounces]]; expected one of {known}')
        reports: list[BounceReport] = []

        def keep(messages: Sequence[Returned]) -> None:
            reports.append(self.bounce(messages, name))

        self.mailboxes[name].empty(keep)
        found = total(reports)
        if found.messages:
            log.info(
                "%s: %d messages came back, %d addresses suppressed",
                *(name, found.messages, found.suppressed),
            )
        return found

    def all(self, failures: list[str]) -> BounceReport:
        """Read all of them; one that fails is told in ``failures`` and stops no other."""
        reports = []
        for name in self.mailboxes:
            try:
                reports.append(self(name))
            except (DigestError, PeopleError) as error:
                log.error("%s cannot be read: %s", name, error)  # noqa: TRY400 - it says it all
                failures.append(f"bounces in {name}: {error}")
        return total(reports)


def total(reports: Sequence[BounceReport]) -> BounceReport:
    """Add reports up."""
    fates: Counter[Fate] = Counter()
    for report in reports:
        fates.update(report.fates)
    return BounceReport(
        messages=sum(report.messages for report in reports),
        fates={fate: fates[fate] for fate in Fate},
        new=sum(report.new for report in reports),
        suppressed=sum(report.suppressed for report in reports),
    )
