"""Approvals by several people, by themselves, and held back; the audience as it was frozen."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add what is kept of approvals; nothing waits or is held back yet."""
    moment = sa.DateTime(timezone=True)
    op.add_column("editions", sa.Column("release_at", moment, nullable=True))
    op.add_column(
        "editions", sa.Column("waits", sa.Text(), nullable=False, server_default=sa.text("''"))
    )
    op.add_column("editions", sa.Column("hold_until", moment, nullable=True))
    op.add_column("editions", sa.Column("reach", sa.Text(), nullable=True))
    op.create_table(
        "signatures",
        sa.Column("id", _NUMBER, nullable=False),
        sa.Column("edition_id", _NUMBER, nullable=False),
        sa.Column("signature", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["editions.id"], name=op.f("fk_signatures_edition_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signatures")),
    )
    op.create_index(op.f("ix_signatures_edition_id"), "signatures", ["edition_id"], unique=False)
