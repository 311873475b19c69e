"""The tables of this house; they point at nothing outside it.

An address is known by its *keyed hash*: unique whatever its letter case, and all that stays of a
person who asked to be erased. Numbers are never given twice, so a delivery of an erased person
can never become somebody else's.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    text,
)
from sqlalchemy.types import TypeDecorator

if TYPE_CHECKING:
    from collections.abc import Callable


class Moment(TypeDecorator[datetime]):
    """A moment in UTC: aware in Python, whatever the database keeps of it."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """To the database: UTC; SQLite has no zones, so there the plain reading of the clock."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value} has no time zone")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def bind_processor(self, dialect: Dialect) -> Callable[[datetime | None], Any] | None:
        """As :meth:`process_bind_param`; thousands of rows share their few moments."""
        convert = super().bind_processor(dialect)
        return convert and lru_cache(maxsize=64)(convert)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """From the database: aware, in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if dialect.name == "sqlite" else value.astimezone(UTC)


class Slugs(TypeDecorator[tuple[str, ...]]):
    """Slugs in their order, kept with a space between; NULL: no choice was made."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: tuple[str, ...] | None, dialect: Dialect) -> str | None:
        """To the database."""
        del dialect
        return None if value is None else " ".join(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> tuple[str, ...] | None:
        """From the database."""
        del dialect
        return None if value is None else tuple(value.split())


class Wanted(TypeDecorator["dict[str, tuple[str, ...] | None]"]):
    """Newsletters with the themes wanted of each (``None``: all), kept as JSON."""

    impl = Text
    cache_ok = True

    def process_bind_param(
        self, value: dict[str, tuple[str, ...] | None] | None, dialect: Dialect
    ) -> str | None:
        """To the database."""
        del dialect
        return None if value is None else json.dumps(value)

    def process_result_value(
        self, value: str | None, dialect: Dialect
    ) -> dict[str, tuple[str, ...] | None] | None:
        """From the database."""
        del dialect
        if value is None:
            return None
        return {
            slug: None if themes is None else tuple(themes)
            for slug, themes in json.loads(value).items()
        }


_Number = BigInteger().with_variant(Integer, "sqlite")
_HASH = LargeBinary(16)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

subscribers = Table(
    "subscribers",
    metadata,
    Column("id", _Number, primary_key=True),
    Column("handle", LargeBinary(8), nullable=False, unique=True),
    Column("address_hash", _HASH, nullable=False, unique=True),
    Column("address", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("language", String(35), nullable=False),
    Column("created_at", Moment, nullable=False),
    sqlite_autoincrement=True,
)
"""People. ``handle`` is random and stands for the person in links."""

subscriptions = Table(
    "subscriptions",
    metadata,
    Column(
        "subscriber_id",
        _Number,
        ForeignKey("subscribers.id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    ),
    Column("newsletter", String(100), primary_key=True),
    Column("themes", Slugs, nullable=True),
    Column("state", String(16), nullable=False),
    Column("since", Moment, nullable=False),
    Column("changed_at", Moment, nullable=False),
    Column("chosen_at", Moment, nullable=True),
    Column("paused_until", Moment, nullable=True),
    Column("catch_up_from", Moment, nullable=True),
    Column("moved_from", String(100), nullable=False, server_default=""),
    Column("caught_up_from", Moment, nullable=True),
    Column("caught_up_at", Moment, nullable=True),
    Index(None, "newsletter", "state", "subscriber_id"),
)
"""Who follows what. ``since``: when they joined; ``changed_at``: when the state last changed;
``chosen_at``: when the reader last chose the themes, which nobody's import overrides;
``paused_until``: when a pause ends by itself; ``catch_up_from``: what came since then and did not
reach the reader is sent when they are back; ``moved_from``: what they left for this one;
``caught_up_from``, ``caught_up_at``: what came between was in the last letter of that kind."""

suppressions = Table(
    "suppressions",
    metadata,
    Column("address_hash", _HASH, primary_key=True),
    Column("reason", String(32), nullable=False),
    Column("how", Text, nullable=False),
    Column("since", Moment, nullable=False),
)
"""Addresses that must not be mailed, whether they belong to a subscriber or not."""

consents = Table(
    "consents",
    metadata,
    Column("id", _Number, primary_key=True),
    Column("subscriber_id", _Number, nullable=True, index=True),
    Column("address_hash", _HASH, nullable=True),
    Column("at", Moment, nullable=False),
    Column("newsletter", String(100), nullable=False),
    Column("what", String(16), nullable=False),
    Column("themes", Slugs, nullable=True),
    Column("how", Text, nullable=False),
    Column("said", Text, nullable=False, server_default=""),
    Index(
        None,
        "address_hash",
        sqlite_where=text("address_hash IS NOT NULL"),
        postgresql_where=text("address_hash IS NOT NULL"),
    ),
    sqlite_autoincrement=True,
)
"""Every change of consent, when and how, and the words that were agreed to. The record of an
erasure has the hash instead of the number, and is all that stays."""

bounces = Table(
    "bounces",
    metadata,
    Column("id", _Number, primary_key=True),
    Column(
        "subscriber_id", _Number, ForeignKey("subscribers.id", ondelete="CASCADE"), nullable=False
    ),
    Column("identity", _HASH, nullable=False, unique=True),
    Column("kind", String(16), nullable=False),
    Column("status", String(16), nullable=False),
    Column("said", Text, nullable=False),
    Column("at", Moment, nullable=False, index=True),
    Column("newsletter", String(100), nullable=False),
    Column("mailing", _Number, nullable=True),
    Column("source", String(100), nullable=False),
    Column("counts", Boolean, nullable=False),
    Column("raw", LargeBinary, nullable=True),
    Index(None, "subscriber_id", "at"),
    Index(None, "mailing", "kind"),
    sqlite_autoincrement=True,
)
"""What came back from letters. ``identity`` makes the same count once; ``mailing`` is the sender's
number of what was sent; ``counts`` is false for what was before the address was released;
``raw`` is the start of the message as it came, untrusted, and is dropped after a while."""

requests = Table(
    "requests",
    metadata,
    Column("id", _Number, primary_key=True),
    Column("handle", LargeBinary(8), nullable=False, unique=True),
    Column("kind", String(16), nullable=False),
    Column("address_hash", _HASH, nullable=False, index=True),
    Column("address", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("language", String(35), nullable=False),
    Column("wanted", Wanted, nullable=False),
    Column("how", Text, nullable=False),
    Column("subscriber_id", _Number, nullable=True, index=True),
    Column("asked_at", Moment, nullable=False, index=True),
    Column("answered_at", Moment, nullable=True),
    Column("confirmed_at", Moment, nullable=True),
    Index(
        "ix_requests_new",
        "id",
        sqlite_where=text("answered_at IS NULL"),
        postgresql_where=text("answered_at IS NULL"),
    ),
    sqlite_autoincrement=True,
)
"""What somebody asked for who has not shown yet that the address is theirs. Rows live for a week;
one that is confirmed names nobody any more but by number."""

limits = Table(
    "limits",
    metadata,
    Column("name", _HASH, primary_key=True),
    Column("free_at", Moment, nullable=False, index=True),
)
"""How much of each limit is spent; ``name`` is a keyed hash, so it tells nobody's network."""
