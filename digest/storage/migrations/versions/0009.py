"""What editors taught, what was learnt from it, and themes that are not wanted."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables; nothing was learnt yet."""
    op.create_table(
        "knowledge",
        sa.Column("id", _NUMBER, nullable=False),
        sa.Column("lesson", _NUMBER, nullable=False),
        sa.Column("packed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_knowledge")),
    )
    op.create_table(
        "rejected_themes",
        sa.Column("id", _NUMBER, nullable=False),
        sa.Column("terms", sa.Text(), nullable=False),
        sa.Column("rejected_by", sa.Text(), nullable=False),
        sa.Column("rejected_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rejected_themes")),
    )
    _lessons()


def _lessons() -> None:
    op.create_table(
        "lessons",
        sa.Column("id", _NUMBER, nullable=False),
        sa.Column("batch", _NUMBER, nullable=False),
        sa.Column("resource_id", _NUMBER, nullable=False),
        sa.Column("theme", sa.String(length=200), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("example", sa.Text(), nullable=False),
        sa.Column("act", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["resource_id"], ["resources.id"], name=op.f("fk_lessons_resource_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lessons")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_lessons_resource_id"), "lessons", ["resource_id"], unique=False)
