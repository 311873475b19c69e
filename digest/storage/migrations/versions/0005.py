"""Editions that wait: since when, and why."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; nothing waits yet."""
    moment = sa.DateTime(timezone=True)
    op.add_column("editions", sa.Column("paused_at", moment, nullable=True))
    op.add_column(
        "editions", sa.Column("paused", sa.Text(), nullable=False, server_default=sa.text("''"))
    )
