"""Accounts of the editors' desk, their sessions and links, and attempts to sign in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, Select, delete, func, insert, or_, select, update

from digest.core.account import IDLE, LONGEST, Account, Session
from digest.errors import ConflictError
from digest.storage.desk_tables import accounts, desk_links, desk_sessions, sign_in_attempts
from digest.storage.dialects import add_if_absent, hold

_ACCOUNT = [column for column in accounts.c if column.name != "id"]
_SESSION = (
    desk_sessions.c.secret,
    accounts.c.name,
    desk_sessions.c.opened_at,
    desk_sessions.c.seen_at,
    desk_sessions.c.how,
)


class Accounts:
    """Implements :class:`digest.ports.AccountStore`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, name: str) -> Account | None:
        """By name."""
        query = select(*_ACCOUNT).where(accounts.c.name == name)
        found = self._connection.execute(query).mappings().first()
        return Account(**found) if found else None

    def by_subject(self, subject: str) -> Account | None:
        """Whose identity at a provider it is."""
        query = select(*_ACCOUNT).where(accounts.c.subject == subject, accounts.c.subject != "")
        found = self._connection.execute(query).mappings().first()
        return Account(**found) if found else None

    def all(self) -> Sequence[Account]:
        """All of them, by name."""
        rows = self._connection.execute(select(*_ACCOUNT)).mappings()
        # Sorted here: each database orders text by a language of its own.
        return sorted((Account(**row) for row in rows), key=lambda account: account.name)

    def add(self, account: Account) -> None:
        """Keep a new account.

        Raises:
            ConflictError: there is one of that name; the transaction goes on.
        """
        new = add_if_absent(self._connection, accounts)
        if not self._connection.execute(new, _values(account)).rowcount:
            raise ConflictError(f'there is an account "{account.name}" already')

    def save(self, account: Account) -> None:
        """Keep what changed of an account; its name and when it was added stay."""
        changed = {**_values(account)}
        del changed["name"], changed["added_at"]
        self._connection.execute(
            update(accounts).where(accounts.c.name == account.name).values(changed)
        )

    def use_code(self, account: Account, step: int) -> bool:
        """Note that the code of a time step was used; False: that or a later one was before."""
        fresh = (accounts.c.name == account.name) & (accounts.c.totp_step < step)
        return self._connection.execute(
            update(accounts).where(fresh).values(totp_step=step)
        ).rowcount == 1  # fmt: skip

    def use_recovery(self, account: Account, code: str) -> bool:
        """Strike out the hash of a recovery code; False: it is not there any more."""
        self._connection.execute(
            select(accounts.c.id).where(accounts.c.name == account.name).with_for_update()
        )
        now = self.get(account.name)
        if now is None or code not in now.recovery:
            return False
        self.save(replace(now, recovery=tuple(each for each in now.recovery if each != code)))
        return True

    def remove(self, name: str) -> bool:
        """Forget an account with its sessions and links; False: there was none."""
        self.close_all(name)
        return (
            self._connection.execute(delete(accounts).where(accounts.c.name == name)).rowcount > 0
        )

    def open(self, session: Session) -> None:
        """Keep a session of an account that is there."""
        values = {
            "secret": session.id,
            "account_id": _number(session.account).scalar_subquery(),
            "opened_at": session.opened_at,
            "seen_at": session.seen_at,
            "how": session.how,
        }
        self._connection.execute(insert(desk_sessions).values(values))

    def session(self, secret: str) -> tuple[Session, Account] | None:
        """By the hash of its secret, whether or not it is over."""
        query = (
            select(*_SESSION)
            .join(accounts, desk_sessions.c.account_id == accounts.c.id)
            .where(desk_sessions.c.secret == secret)
        )
        found = self._connection.execute(query).first()
        account = self.get(found.name) if found else None
        return (Session(*found), account) if found and account else None

    def touch(self, secret: str, now: datetime) -> None:
        """Note that a session is used."""
        used = update(desk_sessions).where(desk_sessions.c.secret == secret)
        self._connection.execute(used.values(seen_at=now))

    def close(self, secret: str) -> None:
        """End a session; nothing when there is none."""
        self._connection.execute(delete(desk_sessions).where(desk_sessions.c.secret == secret))

    def close_all(self, name: str) -> int:
        """End every session and link of an account; answers how many there were."""
        whose = _number(name).scalar_subquery()
        ended = (
            self._connection.execute(delete(table).where(table.c.account_id == whose)).rowcount
            for table in (desk_sessions, desk_links)
        )
        return sum(ended)

    def invite(self, secret: str, name: str, until: datetime) -> None:
        """Keep a one-time link of an account by the hash of its secret."""
        whose = _number(name).scalar_subquery()
        new = insert(desk_links).values(secret=secret, account_id=whose, until=until)
        self._connection.execute(new)

    def invited(self, secret: str, now: datetime) -> Account | None:
        """Whose link it is, if it can still be used; it only looks."""
        query = (
            select(accounts.c.name)
            .join(desk_links, desk_links.c.account_id == accounts.c.id)
            .where(desk_links.c.secret == secret, desk_links.c.until > now)
        )
        name = self._connection.scalar(query)
        return self.get(name) if name else None

    def redeem(self, secret: str, now: datetime) -> Account | None:
        """Use a link up and tell whose it was; ``None``: it is unknown, used or too old."""
        account = self.invited(secret, now)
        used = delete(desk_links).where(desk_links.c.secret == secret)
        # Of two who come at once one finds the row gone.
        return account if self._connection.execute(used).rowcount and account else None

    def attempt(self, keys: Sequence[str], now: datetime, since: datetime) -> Sequence[int]:
        """Note an attempt under some keys; answers how many each had since, with this one."""
        # Many at once must not all see that they are the first.
        hold(self._connection, "sign-in attempts")
        rows = [{"key": key, "tried_at": now} for key in keys]
        self._connection.execute(insert(sign_in_attempts), rows)
        return [self._attempts(key, since) for key in keys]

    def forgive(self, keys: Sequence[str]) -> None:
        """Forget the attempts under some keys."""
        self._connection.execute(
            delete(sign_in_attempts).where(sign_in_attempts.c.key.in_(list(keys)))
        )

    def sweep(self, now: datetime, since: datetime) -> None:
        """Forget sessions and links that are over, and attempts from before ``since``."""
        is_over = or_(
            desk_sessions.c.opened_at <= now - LONGEST, desk_sessions.c.seen_at <= now - IDLE
        )
        for gone in (
            delete(desk_sessions).where(is_over),
            delete(desk_links).where(desk_links.c.until <= now),
            delete(sign_in_attempts).where(sign_in_attempts.c.tried_at < since),
        ):
            self._connection.execute(gone)

    def _attempts(self, key: str, since: datetime) -> int:
        query = select(func.count()).where(
            sign_in_attempts.c.key == key, sign_in_attempts.c.tried_at >= since
        )
        return self._connection.scalar(query) or 0


def _number(name: str) -> Select[tuple[int]]:
    return select(accounts.c.id).where(accounts.c.name == name)


def _values(account: Account) -> dict[str, object]:
    return {column.name: getattr(account, column.name) for column in _ACCOUNT}
