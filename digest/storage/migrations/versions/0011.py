"""What strangers ask for, limits, pauses that end, and the words of consent."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_MOMENT = sa.DateTime(timezone=True)
_HASH = sa.LargeBinary(length=16)
_NEW = sa.text("answered_at IS NULL")


def upgrade() -> None:
    """Add them; nobody has asked for anything yet, and nobody's pause ends by itself."""
    op.add_column("subscriptions", sa.Column("paused_until", _MOMENT, nullable=True))
    op.add_column("subscriptions", sa.Column("catch_up_from", _MOMENT, nullable=True))
    op.add_column(
        "subscriptions",
        sa.Column("moved_from", sa.String(length=100), nullable=False, server_default=""),
    )
    op.add_column("consents", sa.Column("said", sa.Text(), nullable=False, server_default=""))
    op.create_table(
        "requests",
        sa.Column("id", _NUMBER, nullable=False),
        sa.Column("handle", sa.LargeBinary(length=8), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("address_hash", _HASH, nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=35), nullable=False),
        sa.Column("wanted", sa.Text(), nullable=False),
        sa.Column("how", sa.Text(), nullable=False),
        sa.Column("subscriber_id", _NUMBER, nullable=True),
        sa.Column("asked_at", _MOMENT, nullable=False),
        sa.Column("answered_at", _MOMENT, nullable=True),
        sa.Column("confirmed_at", _MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_requests")),
        sa.UniqueConstraint("handle", name=op.f("uq_requests_handle")),
        sqlite_autoincrement=True,
    )
    for column in ("address_hash", "subscriber_id", "asked_at"):
        op.create_index(op.f(f"ix_requests_{column}"), "requests", [column])
    op.create_index("ix_requests_new", "requests", ["id"], sqlite_where=_NEW, postgresql_where=_NEW)
    op.create_table(
        "limits",
        sa.Column("name", _HASH, nullable=False),
        sa.Column("free_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_limits")),
    )
    op.create_index(op.f("ix_limits_free_at"), "limits", ["free_at"])
