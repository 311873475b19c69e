"""What readers would stumble over, by what it does to the approval."""

from __future__ import annotations

from starlette.responses import Response

from digest.core.account import Role
from digest.core.edition import EditionId
from digest.errors import UsageError
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
    report = house.inspect.report(record, edition, outside=outside)
    groups = (
        ("Blocks the approval", "bad", report.blocking),
        ("Worth a look", "warn", report.advisory),
    )
    return visit.page(
        "checks",
        record=record,
        newsletter=house.newsletters.get(record.newsletter),
        edition=edition,
        report=report,
        groups=groups,
        outside=outside,
        tools=[inspector.title for inspector in house.inspectors.values()],
    )


PAGES = (Page("editions/{edition}/checks", Role.VIEWER, show=show),)
