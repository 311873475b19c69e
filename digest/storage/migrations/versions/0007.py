"""Letters to single people."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table."""
    moment = sa.DateTime(timezone=True)
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    provider = sa.String(200).with_variant(sa.String(200, collation="C"), "postgresql")
    op.create_table(
        "notes",
        sa.Column("id", number, nullable=False),
        sa.Column("kind", sa.String(200), nullable=False),
        sa.Column("occasion", sa.String(200), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=True),
        sa.Column("provider", provider, nullable=False, server_default=sa.text("''")),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("worker", sa.String(200), nullable=True),
        sa.Column("lease_until", moment, nullable=True),
        sa.Column("next_try", moment, nullable=True),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("updated_at", moment, nullable=False),
        sa.Column("reply", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_notes"),
        sa.UniqueConstraint("kind", "occasion", name="uq_notes_kind_occasion"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_notes_queue", "notes", ["state", "next_try", "id"])
