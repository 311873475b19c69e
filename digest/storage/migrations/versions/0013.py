"""Who somebody is at a provider of identities."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; nobody came from there yet."""
    op.add_column(
        "accounts", sa.Column("subject", sa.String(400), nullable=False, server_default="")
    )
    op.create_index("ix_accounts_subject", "accounts", ["subject"])
