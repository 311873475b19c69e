"""Keep what editors teach, in the transaction of the act that teaches it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from digest.core.edition import FiledResource
from digest.core.filing.example import Example
from digest.core.filing.taught import Taught
from digest.core.resource import ResourceId
from digest.ports import Work


def teach(
    work: Work, said: Iterable[tuple[FiledResource, str]], *, act: str, now: datetime
) -> None:
    """Keep that these resources belong under these themes.

    What is known already is not kept again, however often it is confirmed.

    Args:
        work: the transaction of the act.
        said: each resource, at most once, with the slug of its theme.
        act: see :class:`digest.core.filing.taught.Taught`.
        now: the moment of the act.
    """
    rows = [
        Taught(item.resource.id, theme, now.date(), Example.of(item.resource.facts), act)
        for item, theme in said
    ]
    known = work.lessons.standing([row.resource for row in rows])
    work.lessons.append([row for row in rows if not row.says_the_same(known.get(row.resource))])


def take_back(work: Work, resource: ResourceId, *, act: str, theme: str = "") -> None:
    """Take back what an act taught of a resource; what was taught before it holds again.

    Nothing is taken back when another act has said otherwise since.

    Args:
        work: the transaction of the undoing.
        resource: what was taught of.
        act: the act that is undone.
        theme: what an act of the same kind had said before, and says again; empty: nothing.
    """
    rows = work.lessons.of(resource)
    if not rows or rows[0].act != act or rows[0].theme in {"", theme}:
        return
    wanted = (r for r in rows if (r.act == act and r.theme == theme if theme else r.act != act))
    work.lessons.append([next(wanted, replace(rows[0], theme=theme))])
