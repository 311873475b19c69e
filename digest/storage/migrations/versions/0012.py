"""Sources added at the editors' desk, those that rest, and how each one was."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add the tables; nothing is added or rests, and histories begin now."""
    op.create_table(
        "added_sources",
        sa.Column("id", _NUMBER, nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("entry", sa.Text(), nullable=False),
        sa.Column("added_at", _MOMENT, nullable=False),
        sa.Column("added_by", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_added_sources"),
        sa.UniqueConstraint("name", name="uq_added_sources_name"),
    )
    op.create_table(
        "muted_sources",
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("muted_at", _MOMENT, nullable=False),
        sa.Column("muted_by", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_muted_sources"),
    )
    _spells()


def _spells() -> None:
    op.create_table(
        "source_spells",
        sa.Column("id", _NUMBER, nullable=False),
        sa.Column("source", sa.String(200), nullable=False),
        sa.Column("since", _MOMENT, nullable=False),
        sa.Column("until", _MOMENT, nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("new", sa.Integer(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.Column("rejected", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_source_spells"),
    )
    op.create_index("ix_source_spells_source_id", "source_spells", ["source", "id"])
