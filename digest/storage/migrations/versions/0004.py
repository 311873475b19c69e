"""Headings of editions, so that lists need not read whole editions."""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_EDITIONS = sa.table("editions", sa.column("id"), sa.column("edition"), sa.column("heading"))


def upgrade() -> None:
    """Add the column, and fill it for what was frozen before."""
    op.add_column("editions", sa.Column("heading", sa.Text(), nullable=True))
    connection = op.get_bind()
    frozen = sa.select(_EDITIONS.c.id).where(_EDITIONS.c.edition.is_not(None))
    for number in connection.scalars(frozen).all():
        row = _EDITIONS.c.id == number
        edition = connection.scalar(sa.select(_EDITIONS.c.edition).where(row))
        connection.execute(sa.update(_EDITIONS).where(row).values(heading=_heading(str(edition))))


def _heading(edition: str) -> str:
    """As the program writes it for an edition that it freezes now."""
    known = json.loads(edition)
    heading = {name: known[name] for name in ("newsletter", "slug", "number", "date")}
    sections = known["sections"]
    heading["count"] = sum(len(s["entries"]) + bool(s.get("featured")) for s in sections)
    heading["lead"] = known["featured"]["title"] if known.get("featured") else ""
    return json.dumps(heading, ensure_ascii=True, separators=(",", ":"))
