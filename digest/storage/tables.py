"""The tables. What SQL asks about has a column; the rest of a value is one JSON document."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    UniqueConstraint,
    text,
)
from sqlalchemy.sql.elements import TextClause

from digest.core.decision import Decision
from digest.core.edition import Edition, EditionState, Filing, Heading
from digest.core.filing.example import Example
from digest.core.note import NoteBody
from digest.core.outbox import DeliveryState
from digest.core.reach import Reach
from digest.core.reason import Reason
from digest.core.resource import Facts
from digest.core.signature import Signature
from digest.core.source import Bookmark, Health, Reject, Sighting
from digest.storage.columns import Document, Moment, Number, Words, one_of

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

_NAME = String(200)
_FINGERPRINT = String(32)
_PROVIDER = String(200).with_variant(String(200, collation="C"), "postgresql")
"""In the order of its bytes, as Python sorts, so that what is between two names is known."""


def _id() -> Column[int]:
    return Column("id", Number, primary_key=True)


def _only(name: str, *columns: str, where: TextClause, unique: bool = True) -> Index:
    """An index over the rows of which ``where`` is true."""
    return Index(name, *columns, unique=unique, sqlite_where=where, postgresql_where=where)


newsletters = Table(
    "newsletters",
    metadata,
    _id(),
    Column("slug", _NAME, nullable=False, unique=True),
    Column("registered_at", Moment, nullable=False),
)

sources = Table(
    "sources",
    metadata,
    _id(),
    Column("name", _NAME, nullable=False, unique=True),
    Column("bookmark", Document(Bookmark), nullable=False),
    Column("health", one_of(Health), nullable=False),
    Column("first_collected", Moment),
    Column("last_tried", Moment),
    Column("last_ok", Moment),
    Column("failures", Integer, nullable=False),
    Column("error", Words, nullable=False),
    Column("due", Moment),
)

resources = Table(
    "resources",
    metadata,
    _id(),
    Column("identity", _FINGERPRINT, nullable=False, unique=True),
    Column("tag", Words, nullable=False),
    Column("facts", Document(Facts), nullable=False),
    Column("filing", Document(Filing), nullable=False),
    Column("theme", _NAME, nullable=False),
    Column("title", Words, nullable=False),
    Column("first_seen", Moment, nullable=False),
    Column("changed_at", Moment, nullable=False),
    Column("listed_at", Moment, nullable=False, index=True),
    Column("backlog", Boolean, nullable=False),
    Column("hidden", Boolean, nullable=False),
    Index(None, "theme", "listed_at"),
    sqlite_autoincrement=True,
)
"""``identity`` is the fingerprint of the canonical address, ``title`` folded for searching,
``listed_at`` the date lists are ordered by, ``filing`` the newest row of ``filings``."""

filings = Table(
    "filings",
    metadata,
    _id(),
    Column("resource_id", ForeignKey("resources.id"), nullable=False, index=True),
    Column("filing", Document(Filing), nullable=False),
    Column("filed_at", Moment, nullable=False),
)

sightings = Table(
    "sightings",
    metadata,
    _id(),
    Column("resource_id", ForeignKey("resources.id"), nullable=False, index=True),
    Column("item", _FINGERPRINT, nullable=False, index=True),
    Column("sighting", Document(Sighting), nullable=False),
    Column("seen_at", Moment, nullable=False),
)
"""Rows are only added. ``item`` is the fingerprint of source and key."""

rejects = Table(
    "rejects",
    metadata,
    _id(),
    Column("identity", _FINGERPRINT, nullable=False, unique=True),
    Column("source", _NAME, nullable=False, index=True),
    Column("reject", Document(Reject), nullable=False),
    Column("first_seen", Moment, nullable=False),
)
"""``identity`` is the fingerprint of source, key and reason."""

editions = Table(
    "editions",
    metadata,
    _id(),
    Column("newsletter", _NAME, nullable=False),
    Column("slot", Moment, nullable=False),
    Column("cutoff", Moment, nullable=False),
    Column("state", one_of(EditionState), nullable=False, index=True),
    Column("number", Integer, nullable=False),
    Column("slug", _NAME, nullable=False),
    Column("edition", Document(Edition)),
    Column("heading", Document(Heading)),
    Column("content_hash", String(64), nullable=False),
    Column("approved_at", Moment),
    Column("approved_by", Words, nullable=False),
    Column("reason", Words, nullable=False),
    Column("tag", Words, nullable=False),
    Column("paused_at", Moment),
    Column("paused", Words, nullable=False, server_default=""),
    Column("release_at", Moment),
    Column("waits", Words, nullable=False, server_default=""),
    Column("hold_until", Moment),
    Column("reach", Document(Reach)),
    Column("withdrawn", Document(Edition)),
    UniqueConstraint("newsletter", "slot"),
    _only("uq_editions_number", "newsletter", "number", where=text("number > 0")),
    _only("uq_editions_slug", "newsletter", "slug", where=text("slug <> ''")),
    sqlite_autoincrement=True,
)

edition_items = Table(
    "edition_items",
    metadata,
    _id(),
    Column("edition_id", ForeignKey("editions.id"), nullable=False, index=True),
    Column("newsletter", _NAME, nullable=False),
    Column("resource_id", ForeignKey("resources.id"), nullable=False, index=True),
    Column("reason", Document(Reason)),
    UniqueConstraint("newsletter", "resource_id"),
)
"""What an edition took; this uniqueness is what lets nothing be lost and nothing repeat."""

decisions = Table(
    "decisions",
    metadata,
    _id(),
    Column("edition_id", ForeignKey("editions.id"), nullable=False, index=True),
    Column("decision", Document(Decision), nullable=False),
)

signatures = Table(
    "signatures",
    metadata,
    _id(),
    Column("edition_id", ForeignKey("editions.id"), nullable=False, index=True),
    Column("signature", Document(Signature), nullable=False),
)

deliveries = Table(
    "deliveries",
    metadata,
    _id(),
    Column("edition_id", ForeignKey("editions.id"), nullable=False),
    Column("subscriber_id", Number, nullable=False),
    Column("themes", Document(tuple[str, ...]), nullable=False),
    Column("provider", _PROVIDER, nullable=False, server_default=""),
    Column("state", one_of(DeliveryState), nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("worker", _NAME),
    Column("lease_until", Moment),
    Column("next_try", Moment),
    Column("updated_at", Moment, nullable=False),
    Column("reply", Words, nullable=False),
    UniqueConstraint("edition_id", "subscriber_id"),
    Index(
        "ix_deliveries_queue",
        *("edition_id", "state", "next_try", "provider", "id"),
        # What a letter's way costs most there is that its row enters each index again, twice.
        # SQLite, which changes rows in place, would not use it for the states one by one.
        postgresql_where=text("state NOT IN ('claimed', 'accepted')"),
    ),
    _only(
        "ix_deliveries_worker",
        "worker",
        "lease_until",
        where=text("worker IS NOT NULL"),
        unique=False,
    ),
    sqlite_autoincrement=True,
)
"""The queue is this table: in the same database, so that it can never disagree with it."""

delivery_tallies = Table(
    "delivery_tallies",
    metadata,
    Column("edition_id", ForeignKey("editions.id"), primary_key=True),
    Column("state", one_of(DeliveryState), primary_key=True),
    Column("letters", Integer, nullable=False),
)
"""How many letters of an old edition became what: in place of rows that are not kept any more."""

notes = Table(
    "notes",
    metadata,
    _id(),
    Column("kind", _NAME, nullable=False),
    Column("occasion", _NAME, nullable=False),
    Column("address", Words, nullable=False),
    Column("body", Document(NoteBody)),
    Column("provider", _PROVIDER, nullable=False, server_default=""),
    Column("state", one_of(DeliveryState), nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("worker", _NAME),
    Column("lease_until", Moment),
    Column("next_try", Moment),
    Column("created_at", Moment, nullable=False),
    Column("updated_at", Moment, nullable=False),
    Column("reply", Words, nullable=False),
    UniqueConstraint("kind", "occasion"),
    Index("ix_notes_queue", "state", "next_try", "id"),
    sqlite_autoincrement=True,
)
"""Letters to single people. One that is settled for good keeps neither address nor words."""

throttles = Table(
    "throttles",
    metadata,
    Column("name", _PROVIDER, primary_key=True),
    Column("tokens", Float, nullable=False),
    Column("updated_at", Moment, nullable=False),
    Column("since", Moment, nullable=False),
)
"""How many letters may go now: to a provider, or (without a name) to all together.

``since`` is when the first letter went, from which a warm-up counts its days."""

lessons = Table(
    "lessons",
    metadata,
    _id(),
    Column("batch", Number, nullable=False),
    Column("resource_id", ForeignKey("resources.id"), nullable=False, index=True),
    Column("theme", _NAME, nullable=False),
    Column("day", Date, nullable=False),
    Column("example", Document(Example), nullable=False),
    Column("act", _NAME, nullable=False),
    sqlite_autoincrement=True,
)
"""The journal of what editors taught. Rows are only added, and their numbers grow in the order in
which they are kept, so that who read up to one of them has missed nothing."""

knowledge = Table(
    "knowledge",
    metadata,
    _id(),
    Column("lesson", Number, nullable=False),
    Column("packed", LargeBinary, nullable=False),
)
"""What was learnt up to a lesson, at most one row: it spares a process the journal before."""

rejected_themes = Table(
    "rejected_themes",
    metadata,
    _id(),
    Column("terms", Document(tuple[str, ...]), nullable=False),
    Column("rejected_by", Words, nullable=False),
    Column("rejected_at", Moment, nullable=False),
)
"""Themes that were proposed and that editors do not want, by what told them."""

keys = Table(
    "keys",
    metadata,
    _id(),
    Column("name", _NAME, nullable=False, unique=True),
    Column("value", LargeBinary, nullable=False),
)
