"""Kinds of column: how values of the core stand in a table."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, DateTime, Dialect, Enum, Integer, Text
from sqlalchemy.types import TypeDecorator

from digest.storage.codec import decode, encode

Number = BigInteger().with_variant(Integer, "sqlite")
"""A row's number: 64 bits, since ten million readers a week pass 2**31 deliveries in four years."""


class Moment(TypeDecorator[datetime]):
    """A moment: aware and in UTC in Python, whatever the database keeps of it."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """To the database; SQLite has no zones, so there UTC without saying so."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value} does not know its time zone")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(
        self,
        value: datetime | None,
        dialect: Dialect,  # noqa: ARG002 - SQLAlchemy's signature
    ) -> datetime | None:
        """From the database."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Document(TypeDecorator[Any]):
    """A whole value of the core as JSON text (see :mod:`digest.storage.codec`)."""

    impl = Text
    cache_ok = True

    def __init__(self, kind: Any) -> None:
        super().__init__()
        self.kind = kind

    def process_bind_param(
        self,
        value: Any,
        dialect: Dialect,  # noqa: ARG002 - SQLAlchemy's signature
    ) -> str | None:
        """To the database."""
        return None if value is None else encode(value)

    def process_result_value(
        self,
        value: str | None,
        dialect: Dialect,  # noqa: ARG002 - SQLAlchemy's signature
    ) -> Any:
        """From the database."""
        return None if value is None else decode(self.kind, value)


class Words(TypeDecorator[str]):
    """Text that a database can hold: NUL and lone surrogates, which it cannot, are replaced."""

    impl = Text
    cache_ok = True

    def process_bind_param(
        self,
        value: str | None,
        dialect: Dialect,  # noqa: ARG002 - SQLAlchemy's signature
    ) -> str | None:
        """To the database."""
        return None if value is None else holdable(value)


def holdable(text: str) -> str:
    """The text without NUL (PostgreSQL refuses it) and lone surrogates (no UTF-8 has them)."""
    return text.replace("\0", "\N{SYMBOL FOR NULL}").encode("utf-8", "replace").decode()


def one_of(kind: type[StrEnum]) -> Enum:
    """A column of states, kept as their words; a new word needs no change of the schema."""
    return Enum(
        kind,
        native_enum=False,
        create_constraint=False,
        length=20,
        values_callable=lambda words: [word.value for word in words],
    )
