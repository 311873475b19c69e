"""The tables of the editors' desk: who may sit there, who did what, and its sources."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, Text

from digest.core.account import Role
from digest.storage.columns import Document, Moment, Number, Words, one_of
from digest.storage.tables import metadata

_NAME = String(64)
_HASH = String(64)


def _id() -> Column[int]:
    return Column("id", Number, primary_key=True)


accounts = Table(
    "accounts",
    metadata,
    _id(),
    Column("name", _NAME, nullable=False, unique=True),
    Column("role", one_of(Role), nullable=False),
    Column("added_at", Moment, nullable=False),
    Column("password", Text, nullable=False),
    Column("totp", String(64), nullable=False),
    Column("totp_step", Integer, nullable=False),
    Column("recovery", Document(tuple[str, ...]), nullable=False),
    Column("subject", String(400), nullable=False, server_default="", index=True),
)

desk_sessions = Table(
    "desk_sessions",
    metadata,
    _id(),
    Column("secret", _HASH, nullable=False, unique=True),
    Column("account_id", ForeignKey("accounts.id"), nullable=False, index=True),
    Column("opened_at", Moment, nullable=False),
    Column("seen_at", Moment, nullable=False),
    Column("how", String(20), nullable=False),
)
"""``secret`` is a hash: who reads the table can open no session."""

desk_links = Table(
    "desk_links",
    metadata,
    _id(),
    Column("secret", _HASH, nullable=False, unique=True),
    Column("account_id", ForeignKey("accounts.id"), nullable=False, index=True),
    Column("until", Moment, nullable=False),
)

sign_in_attempts = Table(
    "sign_in_attempts",
    metadata,
    _id(),
    Column("key", _HASH, nullable=False),
    Column("tried_at", Moment, nullable=False),
    Index(None, "key", "tried_at"),
)

added_sources = Table(
    "added_sources",
    metadata,
    _id(),
    Column("name", String(200), nullable=False, unique=True),
    Column("entry", Words, nullable=False),
    Column("added_at", Moment, nullable=False),
    Column("added_by", _NAME, nullable=False),
)
"""Sources that stand in no configuration; ``entry`` is the table as it would stand there."""

muted_sources = Table(
    "muted_sources",
    metadata,
    Column("name", String(200), primary_key=True),
    Column("muted_at", Moment, nullable=False),
    Column("muted_by", _NAME, nullable=False),
)

source_spells = Table(
    "source_spells",
    metadata,
    _id(),
    Column("source", String(200), nullable=False),
    Column("since", Moment, nullable=False),
    Column("until", Moment, nullable=False),
    Column("times", Integer, nullable=False),
    Column("new", Integer, nullable=False),
    Column("changed", Integer, nullable=False),
    Column("rejected", Integer, nullable=False),
    Column("error", Words, nullable=False),
    Index(None, "source", "id"),
)
"""How a source was, a row for each day and each change; see :class:`digest.ports.Spell`."""

audit = Table(
    "audit",
    metadata,
    _id(),
    Column("at", Moment, nullable=False),
    Column("who", _NAME, nullable=False, index=True),
    Column("act", Words, nullable=False),
    Column("about", Words, nullable=False),
)
"""Rows are only added. ``who`` is a name and no number: the record outlives the account."""
