"""Find what people name on the command line, or say what there is."""

from __future__ import annotations

import getpass
from typing import TYPE_CHECKING

from digest.core.edition import EditionId, EditionState, FiledResource
from digest.core.newsletter import OTHER
from digest.core.resource import ResourceId
from digest.errors import UsageError

if TYPE_CHECKING:
    from digest.ports import EditionRecord, Work
    from digest.wiring import House


def resource_of(work: Work, number: int) -> FiledResource:
    """The resource of a number.

    Raises:
        UsageError: there is none.
    """
    found = work.resources.get(ResourceId(number))
    if found is None:
        raise UsageError(f"no resource {number}; `digest resources list` shows those there are")
    return found


def edition_of(house: House, work: Work, text: str) -> EditionRecord:
    """The edition that is meant by ``3``, ``weekly/2026-11-23`` or, of a draft, its local date.

    Raises:
        UsageError: there is none.
    """
    newsletter, _, slug = text.partition("/")
    if newsletter.isascii() and newsletter.isdigit() and not slug:
        found = work.editions.get(EditionId(int(newsletter)))
    else:
        found = work.editions.find(newsletter, slug) or _draft(house, work, newsletter, slug)
    if found is None:
        raise UsageError(f'no edition "{text}"; `digest editions list` shows those there are')
    return found


def edition_or_next(house: House, work: Work, text: str) -> EditionRecord:
    """An edition that is there, or the one of a newsletter that comes next.

    Raises:
        UsageError: there is none.
    """
    if text in house.newsletters:
        return house.ahead.coming(work, text)
    return edition_of(house, work, text)


def _draft(house: House, work: Work, newsletter: str, day: str) -> EditionRecord | None:
    plan = house.newsletters.get(newsletter)
    if plan is None:
        return None
    drafts = work.editions.records(newsletter, states=[EditionState.DRAFT])
    return next((r for r in drafts if f"{r.slot.astimezone(plan.timezone):%Y-%m-%d}" == day), None)


def check_theme(house: House, slug: str) -> None:
    """See that there is such a theme.

    Raises:
        UsageError: there is none.
    """
    known = [*(theme.slug for theme in house.themes), OTHER]
    if slug not in known:
        raise UsageError(f'no theme "{slug}"; expected one of {", ".join(known)}')


def operator() -> str:
    """Who the record names for what is done here: the user of this machine, marked as such."""
    try:
        return f"{getpass.getuser()} (command line)"[:64]
    except (OSError, KeyError):  # no user of that number has a name here
        return "(command line)"
