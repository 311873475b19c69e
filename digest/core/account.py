"""Who may sit at the editors' desk, and for how long after signing in."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

OWNER = "owner"
"""The account of whoever starts the program, while nobody has another way in."""
IDLE = timedelta(hours=12)
"""A session that nobody uses for so long is over: a night at most."""
LONGEST = timedelta(days=7)
"""No session lasts longer, however much it is used."""
LINK_LASTS = timedelta(hours=24)
"""For how long a one-time link opens the desk."""
SHORTEST_PASSWORD = 12
LONGEST_PASSWORD = 1000
"""Characters; more would only make the hashing slow."""

_NAME = re.compile(r"[a-z0-9](?:[a-z0-9._@+-]{0,62}[a-z0-9])?")


class Role(StrEnum):
    """What an account may do; each role may do what those before it may.

    A viewer looks; an editor shapes drafts and tends sources; a publisher approves and stops
    editions; an admin decides who sits at the desk.
    """

    VIEWER = "viewer"
    EDITOR = "editor"
    PUBLISHER = "publisher"
    ADMIN = "admin"

    def may(self, needed: Role) -> bool:
        """Whether this role is enough where ``needed`` is asked for."""
        ranks = list(Role)
        return ranks.index(self) >= ranks.index(needed)


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who may sign in.

    Attributes:
        password: the hash; empty: only one-time links open the desk.
        totp: the shared secret of an authenticator app, Base32; empty: none is asked for.
        totp_step: the last time step whose code was used; a code opens the desk once.
        recovery: hashes of the codes that stand in for a lost app, each good once.
        subject: who it is at the provider of identities, once they came from there; empty: nobody.
    """

    name: str
    role: Role
    added_at: datetime
    password: str = field(default="", repr=False)
    totp: str = field(default="", repr=False)
    totp_step: int = 0
    recovery: tuple[str, ...] = field(default=(), repr=False)
    subject: str = ""


@dataclass(frozen=True, slots=True)
class Identity:
    """Somebody whom a provider of identities vouches for.

    Attributes:
        subject: issuer and subject; the only name there that is never given to somebody else
            (OpenID Connect Core 1.0, section 5.7).
        name: the account that they say is theirs.
        groups: what they belong to there.
    """

    subject: str
    name: str
    groups: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Session:
    """A browser that signed in.

    Attributes:
        id: hash of the secret that the browser keeps; the secret itself is kept nowhere else.
        how: ``password``, ``link`` or ``openid``.
    """

    id: str
    account: str
    opened_at: datetime
    seen_at: datetime
    how: str

    def is_over(self, now: datetime) -> bool:
        """Whether it opens nothing any more."""
        return now >= self.opened_at + LONGEST or now >= self.seen_at + IDLE


@dataclass(frozen=True, slots=True)
class Deed:
    """One line of the record of who did what.

    Attributes:
        who: name of the account; empty: nobody who was signed in.
        act: what was done, as a short verb phrase such as ``muted a source``.
        about: what it was done to; may be empty.
    """

    at: datetime
    who: str
    act: str
    about: str = ""


def checked_name(text: str) -> str:
    """Give an account's name as it is kept: folded to lower case.

    Raises:
        ValueError: it is no name; the sentence says what one is.
    """
    name = text.strip().lower()
    if not _NAME.fullmatch(name):
        raise ValueError(
            "expected a name of up to 64 letters, digits and . _ @ + - such as mira@example.org"
        )
    return name


def checked_password(text: str, name: str) -> str:
    """Give a new password back if it is a good one.

    Raises:
        ValueError: it is too short, too long, or the name itself.
    """
    if not SHORTEST_PASSWORD <= len(text) <= LONGEST_PASSWORD:
        raise ValueError(f"expected a password of at least {SHORTEST_PASSWORD} characters")
    if name in text.lower() and len(text) < len(name) + SHORTEST_PASSWORD:
        raise ValueError("expected a password that is not made of the name")
    if len(set(text)) < SHORTEST_PASSWORD // 3:
        raise ValueError("expected a password of more than a few different characters")
    return text
