"""How this house asks for a letter to be sent: it has no post office of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from sqlalchemy import Connection


class Letters(Protocol):
    """Sends letters to one person, through whoever hands letters off."""

    def send(
        self,
        connection: Connection,
        kind: str,
        occasion: str,
        address: str,
        language: str,
        /,
        **values: object,
    ) -> None:
        """Have a letter sent if the transaction is kept.

        Args:
            connection: in the transaction that makes the letter necessary.
            kind: which words: ``confirm``, ``welcome``, ``link``, ``address-change``.
            occasion: what it is about; for the same kind and occasion no second one is sent.
            address: whom it goes to.
            language: of the reader; empty: not known.
            values: what the words speak of.
        """
        ...

    def forget(self, connection: Connection, address: str) -> None:
        """Send nothing any more that waits for an address, and keep nothing that names it."""
        ...


class NoLetters:
    """Sends nothing: for those who only look, and for tests."""

    def send(
        self,
        connection: Connection,
        kind: str,
        occasion: str,
        address: str,
        language: str,
        /,
        **values: object,
    ) -> None:
        """Send nothing."""

    def forget(self, connection: Connection, address: str) -> None:
        """Have nothing to forget."""
