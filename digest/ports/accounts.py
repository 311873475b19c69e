"""Who may sit at the editors' desk: where it is kept, and what hashes passwords."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from digest.core.account import Account, Deed, Session


class Passwords(Protocol):
    """Turns passwords into hashes that are slow to guess from."""

    def hashed(self, password: str) -> str:
        """Make the hash that is kept."""
        ...

    def is_right(self, password: str, kept: str) -> bool:
        """Whether a password is the one of a hash.

        It takes as long when ``kept`` is empty (nobody has that name, or no password is set).
        """
        ...

    def is_weak(self, kept: str) -> bool:
        """Whether a hash was made with less effort than is made today."""
        ...


class AccountStore(Protocol):
    """Accounts, their sessions and one-time links, and attempts to sign in."""

    def get(self, name: str) -> Account | None:
        """By name."""
        ...

    def by_subject(self, subject: str) -> Account | None:
        """Whose identity at a provider it is."""
        ...

    def all(self) -> Sequence[Account]:
        """All of them, by name."""
        ...

    def add(self, account: Account) -> None:
        """Keep a new account.

        Raises:
            ConflictError: there is one of that name; the transaction goes on.
        """
        ...

    def save(self, account: Account) -> None:
        """Keep what changed of an account; its name and when it was added stay."""
        ...

    def use_code(self, account: Account, step: int) -> bool:
        """Note that the code of a time step was used; False: that or a later one was before."""
        ...

    def use_recovery(self, account: Account, code: str) -> bool:
        """Strike out the hash of a recovery code; False: it is not there any more."""
        ...

    def remove(self, name: str) -> bool:
        """Forget an account with its sessions and links; False: there was none."""
        ...

    def open(self, session: Session) -> None:
        """Keep a session of an account that is there."""
        ...

    def session(self, secret: str) -> tuple[Session, Account] | None:
        """By the hash of its secret, whether or not it is over."""
        ...

    def touch(self, secret: str, now: datetime) -> None:
        """Note that a session is used."""
        ...

    def close(self, secret: str) -> None:
        """End a session; nothing when there is none."""
        ...

    def close_all(self, name: str) -> int:
        """End every session and link of an account; answers how many there were."""
        ...

    def invite(self, secret: str, name: str, until: datetime) -> None:
        """Keep a one-time link of an account by the hash of its secret."""
        ...

    def invited(self, secret: str, now: datetime) -> Account | None:
        """Whose link it is, if it can still be used; it only looks."""
        ...

    def redeem(self, secret: str, now: datetime) -> Account | None:
        """Use a link up and tell whose it was; ``None``: it is unknown, used or too old."""
        ...

    def attempt(self, keys: Sequence[str], now: datetime, since: datetime) -> Sequence[int]:
        """Note an attempt under some keys; answers how many each had since, with this one."""
        ...

    def forgive(self, keys: Sequence[str]) -> None:
        """Forget the attempts under some keys."""
        ...

    def sweep(self, now: datetime, since: datetime) -> None:
        """Forget sessions and links that are over, and attempts from before ``since``."""
        ...


class AuditStore(Protocol):
    """The record of who did what; lines are only added."""

    def add(self, deed: Deed) -> None:
        """Keep a line."""
        ...

    def newest(self, limit: int, *, who: str = "") -> Sequence[Deed]:
        """The newest lines, the newest first; of one account, or of all."""
        ...
