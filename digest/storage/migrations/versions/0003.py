"""Journals in place of marks on rows; throttles shared by all senders."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_PROVIDER = sa.String(length=200).with_variant(sa.String(length=200, collation="C"), "postgresql")


def upgrade() -> None:
    """Add what throttles; what was at the dot when the program was replaced is in doubt."""
    op.add_column("deliveries", sa.Column("provider", _PROVIDER, nullable=False, server_default=""))
    op.drop_index("ix_deliveries_edition_id_state_next_try_id", "deliveries")
    op.create_index(
        "ix_deliveries_queue",
        "deliveries",
        ["edition_id", "state", "next_try", "provider", "id"],
        unique=False,
    )
    op.drop_index("ix_deliveries_lease", "deliveries")
    op.create_index(
        "ix_deliveries_worker",
        "deliveries",
        ["worker", "lease_until"],
        unique=False,
        sqlite_where=sa.text("worker IS NOT NULL"),
        postgresql_where=sa.text("worker IS NOT NULL"),
    )
    op.execute(
        "UPDATE deliveries SET state = 'in_doubt', lease_until = NULL WHERE state = 'at_dot'"
    )
    op.create_table(
        "throttles",
        sa.Column("name", _PROVIDER, nullable=False),
        sa.Column("tokens", sa.Float(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_throttles")),
    )
