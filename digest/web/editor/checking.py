"""What readers would stumble over, by what it does to the approval."""

from __future__ import annotations

from starlette.responses import Response

from digest.core.account import Role
from digest.core.checks.finding import Report
from digest.core.edition import Edition, EditionId
from digest.errors import DigestError, UsageError
from digest.ports import EditionRecord
from digest.web.editor.routing import Page
from digest.web.editor.visit import Visit


def show(visit: Visit) -> Response:
    """Ask all checks; those that need the network or another program only when asked to."""
    house, number = visit.house, EditionId(visit.number("edition"))
    with house.store.read() as work:
        record = work.editions.get(number)
        if record is None:
            raise UsageError(f"there is no edition {number}")
        edition = house.preview.edition(work, record)
    outside = visit.asked("all") == "yes"
    report, trouble = looked_at(visit, record, edition, outside=outside)
    groups = (
        ("Blocks the approval", "bad", report.blocking if report else ()),
        ("Worth a look", "warn", report.advisory if report else ()),
    )
    return visit.page(
        "checks",
        record=record,
        newsletter=house.newsletters.get(record.newsletter),
        edition=edition,
        report=report,
        trouble=trouble,
        groups=groups,
        outside=outside,
        tools=[inspector.title for inspector in house.inspectors.values()],
    )


def looked_at(
    visit: Visit, record: EditionRecord, edition: Edition, *, outside: bool = False
) -> tuple[Report | None, str]:
    """What the checks say, or why they cannot be asked."""
    try:
        return visit.house.inspect.report(record, edition, outside=outside), ""
    except DigestError as error:
        return None, str(error)


PAGES = (Page("editions/{edition}/checks", Role.VIEWER, show=show),)
