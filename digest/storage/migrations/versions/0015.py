"""How many letters of old editions became what, in place of their rows."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the table; every letter has its row still."""
    op.create_table(
        "delivery_tallies",
        sa.Column("edition_id", _NUMBER, nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("letters", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["editions.id"], name="fk_delivery_tallies_edition_id_editions"
        ),
        sa.PrimaryKeyConstraint("edition_id", "state", name="pk_delivery_tallies"),
    )
