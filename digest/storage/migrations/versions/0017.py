"""What the last letter to who was away or moved held, so that nothing of it comes again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Of letters that were written before, nothing is known."""
    op.add_column("subscriptions", sa.Column("caught_up_from", _MOMENT, nullable=True))
    op.add_column("subscriptions", sa.Column("caught_up_at", _MOMENT, nullable=True))
