"""Sign in to the editors' desk, and know who sits there.

What a browser keeps is a secret of 256 random bits; the database has its hash. Whoever gives a
wrong name, a wrong password or a wrong code gets the same answer after the same work.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from digest.core import totp
from digest.core.account import OWNER, Account, Deed, Identity, Role, Session
from digest.ports import Clock, Passwords, Store, Work

_WINDOW = timedelta(minutes=15)
_TRIES_OF_ONE = 5
"""With one name from one address, within the window."""
_TRIES_OF_ALL = 40
"""With one name from anywhere, or from one address with any name."""
_TOUCH = timedelta(minutes=5)
"""A session in use is written down so often, not at every page."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody who is signed in."""

    account: Account
    session: Session


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of an attempt to sign in.

    Attributes:
        secret: for the browser to keep; empty: not signed in.
        wait: too many attempts; nothing was even looked at.
        refused: why somebody who is proven may not sit here, as a sentence.
    """

    secret: str = ""
    wait: timedelta | None = None
    refused: str = ""


@dataclass(frozen=True, slots=True)
class SignIn:
    """The job."""

    store: Store
    clock: Clock
    passwords: Passwords

    def by_password(self, name: str, password: str, code: str, address: str) -> Answer:
        """Try a name, a password and, where an account has one, the code of its app.

        Args:
            name: as typed.
            password: as typed.
            code: of an authenticator app, or a recovery code; empty: none was given.
            address: where the attempt comes from, which attempts are counted by.
        """
        now, name = self.clock.now(), name.strip().lower()
        keys = [hashed(f"name {name} from {address}"), hashed(f"name {name}")]
        keys.append(hashed(f"from {address}"))
        with self.store.begin() as work:
            tries = work.accounts.attempt(keys, now, now - _WINDOW)
        if tries[0] > _TRIES_OF_ONE or max(tries[1:]) > _TRIES_OF_ALL:
            return Answer(wait=_WINDOW)
        with self.store.read() as work:
            account = work.accounts.get(name)
        # The slow part, outside of any transaction, and done for unknown names too.
        is_right = self.passwords.is_right(password, account.password if account else "")
        with self.store.begin() as work:
            account = work.accounts.get(name) if account and is_right else None
            if account is None or not self._has_code(work, account, code, now):
                return Answer()
            work.accounts.forgive(keys[:1])
            self._refresh(work, account, password)
            return self._opened(work, account, "password", now)

    def may_come(self, address: str) -> bool:
        """Count who comes from a provider of identities; False: too often from one address."""
        now = self.clock.now()
        with self.store.begin() as work:
            tries = work.accounts.attempt([hashed(f"openid from {address}")], now, now - _WINDOW)
        return tries[0] <= _TRIES_OF_ALL

    def by_identity(self, identity: Identity, roles: Mapping[str, Role]) -> Answer:
        """Let in whom a provider vouches for.

        Once somebody came so, the account is theirs: whoever has the same name there later, or
        gives themselves that name, does not get it.

        Args:
            identity: who it is.
            roles: what groups may do here. With any, these decide, and make accounts; with
                none, an admin makes accounts, and what they may do is as it is here.
        """
        now = self.clock.now()
        granted = max(
            (role for group, role in roles.items() if group in identity.groups),
            key=list(Role).index,
            default=None,
        )
        with self.store.begin() as work:
            account = work.accounts.by_subject(identity.subject)
            account = account or work.accounts.get(identity.name)
            if identity.name == OWNER and not (account and account.subject):
                return Answer(refused=_NOT_THE_OWNER)
            if account and account.subject not in {"", identity.subject}:
                return Answer(refused=_ANOTHER.format(identity.name))
            if roles and granted is None:
                if account and account.subject:
                    work.accounts.close_all(account.name)
                return Answer(refused=_NO_GROUP.format(identity.name))
            if account is None and granted is None:
                return Answer(refused=_NOBODY.format(identity.name))
            return self._opened(work, _seated(work, account, identity, granted, now), "openid", now)

    def invited(self, token: str) -> Account | None:
        """Whose one-time link it is; it only looks."""
        with self.store.read() as work:
            return work.accounts.invited(hashed(token), self.clock.now())

    def by_link(self, token: str) -> Answer:
        """Use a one-time link up."""
        now = self.clock.now()
        with self.store.begin() as work:
            account = work.accounts.redeem(hashed(token), now)
            return self._opened(work, account, "link", now) if account else Answer()

    def who(self, secret: str) -> Visitor | None:
        """Whose session it is; ``None``: nobody's, or it is over."""
        now = self.clock.now()
        with self.store.read() as work:
            found = work.accounts.session(hashed(secret))
        if found is None or found[0].is_over(now):
            return None
        session, account = found
        if now - session.seen_at >= _TOUCH:
            with self.store.begin() as work:
                work.accounts.touch(session.id, now)
        return Visitor(account, session)

    def anew(self, account: Account, how: str) -> str:
        """Open a session for somebody whose sessions were just ended; gives its secret."""
        with self.store.begin() as work:
            return self._opened(work, account, how, self.clock.now()).secret

    def out(self, visitor: Visitor) -> None:
        """End a session."""
        with self.store.begin() as work:
            work.accounts.close(visitor.session.id)
            work.audit.add(Deed(self.clock.now(), visitor.account.name, "signed out"))

    def _opened(self, work: Work, account: Account, how: str, now: datetime) -> Answer:
        secret = secrets.token_urlsafe()
        work.accounts.sweep(now, now - _WINDOW)
        work.accounts.open(Session(hashed(secret), account.name, now, now, how))
        work.audit.add(Deed(now, account.name, f"signed in by {how}"))
        return Answer(secret)

    def _has_code(self, work: Work, account: Account, code: str, now: datetime) -> bool:
        if not account.totp:
            return True
        step = totp.accepted(account.totp, code, now, account.totp_step)
        if step is not None:
            return work.accounts.use_code(account, step)
        return work.accounts.use_recovery(account, hashed(plain_code(code)))

    def _refresh(self, work: Work, account: Account, password: str) -> None:
        """Hash a password anew where that is done with more effort today."""
        if self.passwords.is_weak(account.password):
            kept = work.accounts.get(account.name) or account
            work.accounts.save(replace(kept, password=self.passwords.hashed(password)))


_NOT_THE_OWNER = (
    f'The account "{OWNER}" is of whoever starts the program here, and of nobody who has chosen'
    " that name elsewhere."
)
_NOBODY = "Nobody here is called {}. An admin can give that name an account."
_NO_GROUP = "{} is in none of the groups that may sit at this desk."
_ANOTHER = (
    "The account {} is of somebody else who has, or had, that name. An admin can take it away and"
    " give it anew."
)


def _seated(
    work: Work, account: Account | None, identity: Identity, granted: Role | None, now: datetime
) -> Account:
    """The account of somebody who is proven, as it is to be from now on."""
    if account is None:
        assert granted
        account = Account(identity.name, granted, now, subject=identity.subject)
        work.accounts.add(account)
        work.audit.add(Deed(now, account.name, f"came with an account as {granted.value}"))
        return account
    seated = replace(account, role=granted or account.role, subject=identity.subject)
    if seated != account:
        work.accounts.save(seated)
    if not account.subject:
        work.audit.add(Deed(now, account.name, "was recognised by the provider of identities"))
    if seated.role is not account.role:
        work.audit.add(Deed(now, account.name, f"came as {seated.role.value}"))
    return seated


def hashed(secret: str) -> str:
    """Give what is kept of a secret that is too random to be guessed."""
    return hashlib.sha256(secret.encode("utf-8", "surrogateescape")).hexdigest()


def plain_code(code: str) -> str:
    """A recovery code without what people put between its letters."""
    return "".join(filter(str.isalnum, code)).lower()
