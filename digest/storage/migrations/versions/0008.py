"""The editors' desk: accounts, sessions, one-time links, attempts to sign in, who did what."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add the tables; nobody has an account yet."""
    _accounts()
    _sessions()
    _links()
    _attempts()
    _audit()


def _accounts() -> None:
    op.create_table(
        "accounts",
        sa.Column("id", _NUMBER, nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("added_at", _MOMENT, nullable=False),
        sa.Column("password", sa.Text(), nullable=False),
        sa.Column("totp", sa.String(64), nullable=False),
        sa.Column("totp_step", sa.Integer(), nullable=False),
        sa.Column("recovery", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_accounts"),
        sa.UniqueConstraint("name", name="uq_accounts_name"),
    )


def _sessions() -> None:
    op.create_table(
        "desk_sessions",
        sa.Column("id", _NUMBER, nullable=False),
        sa.Column("secret", sa.String(64), nullable=False),
        sa.Column("account_id", _NUMBER, nullable=False),
        sa.Column("opened_at", _MOMENT, nullable=False),
        sa.Column("seen_at", _MOMENT, nullable=False),
        sa.Column("how", sa.String(20), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_desk_sessions"),
        sa.UniqueConstraint("secret", name="uq_desk_sessions_secret"),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name="fk_desk_sessions_account_id"
        ),
    )
    op.create_index("ix_desk_sessions_account_id", "desk_sessions", ["account_id"])


def _links() -> None:
    op.create_table(
        "desk_links",
        sa.Column("id", _NUMBER, nullable=False),
        sa.Column("secret", sa.String(64), nullable=False),
        sa.Column("account_id", _NUMBER, nullable=False),
        sa.Column("until", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_desk_links"),
        sa.UniqueConstraint("secret", name="uq_desk_links_secret"),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_desk_links_account_id"),
    )
    op.create_index("ix_desk_links_account_id", "desk_links", ["account_id"])


def _attempts() -> None:
    op.create_table(
        "sign_in_attempts",
        sa.Column("id", _NUMBER, nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("tried_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_sign_in_attempts"),
    )
    op.create_index("ix_sign_in_attempts_key_tried_at", "sign_in_attempts", ["key", "tried_at"])


def _audit() -> None:
    op.create_table(
        "audit",
        sa.Column("id", _NUMBER, nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("who", sa.String(64), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit"),
    )
    op.create_index("ix_audit_who", "audit", ["who"])
