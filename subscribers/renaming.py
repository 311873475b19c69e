"""Themes that have another name now, in what people follow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import literal, select, update

from subscribers.tables import subscriptions

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection


def rename(connection: Connection, names: Mapping[str, str]) -> int:
    """Let who followed a theme follow what it became; answers how many subscriptions changed.

    Nobody is asked: it is the same theme. What was followed once is followed once after two
    themes became one.

    Args:
        connection: in a transaction that writes.
        names: the present slug of each former one.
    """
    themes = subscriptions.c.themes
    changed = 0
    for old in names:
        among = literal(" ").concat(themes.concat(" ")).contains(f" {old} ", autoescape=True)
        for held in connection.scalars(select(themes).where(among).distinct()).all():
            now = tuple(dict.fromkeys(names.get(slug, slug) for slug in held))
            followers = update(subscriptions).where(themes == held).values(themes=now)
            changed += connection.execute(followers).rowcount
    return changed
