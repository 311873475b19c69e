"""Who sits at the editors' desk: accounts, roles, passwords, one-time links."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from digest.core import totp
from digest.core.account import (
    LINK_LASTS,
    OWNER,
    Account,
    Deed,
    Role,
    checked_name,
    checked_password,
)
from digest.errors import ConflictError, UsageError
from digest.jobs.sign_in import hashed, plain_code
from digest.ports import Clock, Passwords, Store, Work

RECOVERY_CODES = 8


@dataclass(frozen=True, slots=True)
class Seats:
    """The job; ``by`` is the name of who asks, as the record will say."""

    store: Store
    clock: Clock
    passwords: Passwords

    def all(self) -> Sequence[Account]:
        """All accounts, by name."""
        with self.store.read() as work:
            return work.accounts.all()

    def add(self, name: str, role: Role, by: str) -> Account:
        """Give somebody an account; a one-time link then opens it.

        Raises:
            UsageError: it is no name.
            ConflictError: there is one of that name.
        """
        with self.store.begin() as work:
            account = Account(_name(name), role, self.clock.now())
            work.accounts.add(account)
            self._note(work, by, f"gave an account as {role.value}", account.name)
            return account

    def role(self, name: str, role: Role, by: str) -> None:
        """Change what somebody may do, from the next click on.

        Raises:
            UsageError: there is no such account, or nobody could change roles any more.
        """
        with self.store.begin() as work:
            account = _known(work, name)
            _keep_an_admin(work, account, role)
            work.accounts.save(replace(account, role=role))
            self._note(work, by, f"made {role.value}", account.name)

    def password(self, name: str, password: str, by: str) -> None:
        """Set a password; every session and link of the account ends.

        Raises:
            UsageError: there is no such account, or the password is a bad one.
        """
        try:
            kept = self.passwords.hashed(checked_password(password, name))
        except ValueError as error:
            raise UsageError(str(error)) from None
        with self.store.begin() as work:
            account = _known(work, name)
            work.accounts.save(replace(account, password=kept))
            work.accounts.close_all(account.name)
            self._note(work, by, "set a password", account.name)

    def is_password(self, account: Account, password: str) -> bool:
        """Whether it is the present password of an account."""
        return self.passwords.is_right(password, account.password)

    def remove(self, name: str, by: str) -> None:
        """Take an account away, its sessions with it; the record of what it did stays.

        Raises:
            UsageError: there is no such account, or nobody could change roles any more.
        """
        with self.store.begin() as work:
            account = _known(work, name)
            _keep_an_admin(work, account, None)
            work.accounts.remove(account.name)
            self._note(work, by, "took the account away", account.name)

    def sign_out(self, name: str, by: str) -> int:
        """End every session and link of an account; answers how many there were.

        Raises:
            UsageError: there is no such account.
        """
        with self.store.begin() as work:
            account = _known(work, name)
            self._note(work, by, "signed out everywhere", account.name)
            return work.accounts.close_all(account.name)

    def link(self, name: str, by: str) -> str:
        """Make the secret of a one-time link that signs somebody in.

        Raises:
            UsageError: there is no such account.
        """
        secret = secrets.token_urlsafe()
        with self.store.begin() as work:
            account = _known(work, name)
            work.accounts.invite(hashed(secret), account.name, self.clock.now() + LINK_LASTS)
            self._note(work, by, "made a one-time link", account.name)
        return secret

    def first_link(self) -> str:
        """A link for whoever starts the program; empty when somebody has another way in already."""
        if any(account.password or account.subject for account in self.all()):
            return ""
        with suppress(ConflictError):  # this is not the first start
            self.add(OWNER, Role.ADMIN, by="")
        return self.link(OWNER, by="")

    def protect(self, name: str, secret: str, step: int) -> tuple[str, ...]:
        """Ask for the codes of an app from now on; answers with the recovery codes.

        Args:
            name: of the account.
            secret: that the app was given.
            step: whose code proved it.

        Raises:
            UsageError: there is no such account.
        """
        codes = tuple(_recovery_code() for _ in range(RECOVERY_CODES))
        with self.store.begin() as work:
            account = _known(work, name)
            kept = tuple(hashed(plain_code(code)) for code in codes)
            work.accounts.save(replace(account, totp=secret, totp_step=step, recovery=kept))
            self._note(work, name, "turned on codes from an app", account.name)
        return codes

    def unprotect(self, name: str, by: str) -> None:
        """Ask for no codes any more.

        Raises:
            UsageError: there is no such account.
        """
        with self.store.begin() as work:
            account = _known(work, name)
            work.accounts.save(replace(account, totp="", totp_step=0, recovery=()))
            self._note(work, by, "turned off codes from an app", account.name)

    def deeds(self, limit: int, who: str = "") -> Sequence[Deed]:
        """Who did what, the newest first."""
        with self.store.read() as work:
            return work.audit.newest(limit, who=who)

    def note(self, who: str, act: str, about: str = "") -> None:
        """Keep a line of who did what."""
        with self.store.begin() as work:
            self._note(work, who, act, about)

    def _note(self, work: Work, who: str, act: str, about: str) -> None:
        work.audit.add(Deed(self.clock.now(), who, act, about))


def new_secret() -> str:
    """A secret for an authenticator app."""
    return totp.secret(secrets.token_bytes(totp.SECRET_BYTES))


def _name(text: str) -> str:
    try:
        return checked_name(text)
    except ValueError as error:
        raise UsageError(str(error)) from None


def _known(work: Work, name: str) -> Account:
    found = work.accounts.get(name.strip().lower())
    if found is None:
        known = ", ".join(account.name for account in work.accounts.all()) or "(there is none)"
        raise UsageError(f'no account "{name}"; expected one of {known}')
    return found


def _keep_an_admin(work: Work, account: Account, role: Role | None) -> None:
    others = (each for each in work.accounts.all() if each.name != account.name)
    if account.role == Role.ADMIN != role and not any(o.role == Role.ADMIN for o in others):
        raise UsageError(f'"{account.name}" is the only admin: make somebody else one first')


def _recovery_code() -> str:
    text = secrets.token_hex(8)
    return "-".join(text[at : at + 4] for at in range(0, len(text), 4))
