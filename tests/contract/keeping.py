"""Short ways to fill a store."""

from __future__ import annotations

from datetime import datetime, timedelta

from digest.core.edition import EditionId, EditionState
from digest.core.resource import ResourceId
from digest.ports import Store
from tests.builders import MONDAY, a_filed_resource, an_edition

HOUR = timedelta(hours=1)


def keep_resource(
    store: Store,
    number: int = 1,
    *,
    theme: str = "theme-1",
    first_seen: datetime | None = None,
    backlog: bool = False,
    **over: object,
) -> ResourceId:
    """Add a resource first seen ``number`` minutes before Monday's edition."""
    filed = a_filed_resource(number, theme=theme, **over)
    with store.begin() as work:
        kept = work.resources.add(
            filed.resource.facts,
            tag=filed.resource.tag,
            now=first_seen or filed.resource.first_seen,
            backlog=backlog,
            filing=filed.filing,
        )
    return kept.id


def open_edition(store: Store, slot: datetime = MONDAY, newsletter: str = "weekly") -> EditionId:
    """Open a draft whose cut-off is its slot."""
    with store.begin() as work:
        return work.editions.add(newsletter, slot, slot, EditionState.DRAFT).id


def approved_edition(store: Store, number: int = 1, newsletter: str = "weekly") -> EditionId:
    """Open and approve an edition, each number a week after the one before."""
    slot = MONDAY + timedelta(weeks=number)
    edition = open_edition(store, slot, newsletter)
    frozen = an_edition(newsletter=newsletter, number=number, slug=f"{slot:%Y-%m-%d}", date=slot)
    with store.begin() as work:
        work.editions.approve(edition, frozen, by="rules", now=slot, tag=f"tag:{number}")
    return edition
