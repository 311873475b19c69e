"""What an edition was when its approval was taken back."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; what was taken back before is not known any more."""
    op.add_column("editions", sa.Column("withdrawn", sa.Text(), nullable=True))
