"""On PostgreSQL, an index of letters without those that are on their way or arrived."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Build it anew; SQLite keeps the one that it has."""
    if op.get_bind().dialect.name != "postgresql":
        return
    op.drop_index("ix_deliveries_queue", "deliveries")
    op.create_index(
        "ix_deliveries_queue",
        "deliveries",
        ["edition_id", "state", "next_try", "provider", "id"],
        unique=False,
        postgresql_where=sa.text("state NOT IN ('claimed', 'accepted')"),
    )
