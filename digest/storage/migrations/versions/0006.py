"""What comes back from letters."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the table; nothing has come back yet."""
    op.create_table(
        "bounces",
        sa.Column("id", _NUMBER, nullable=False),
        sa.Column("subscriber_id", _NUMBER, nullable=False),
        sa.Column("identity", sa.LargeBinary(length=16), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("newsletter", sa.String(length=100), nullable=False),
        sa.Column("mailing", _NUMBER, nullable=True),
        sa.Column("source", sa.String(length=100), nullable=False),
        sa.Column("counts", sa.Boolean(), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["subscriber_id"],
            ["subscribers.id"],
            name=op.f("fk_bounces_subscriber_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bounces")),
        sa.UniqueConstraint("identity", name=op.f("uq_bounces_identity")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_bounces_at"), "bounces", ["at"])
    op.create_index(op.f("ix_bounces_subscriber_id_at"), "bounces", ["subscriber_id", "at"])
    op.create_index(op.f("ix_bounces_mailing_kind"), "bounces", ["mailing", "kind"])
