"""How many letters may go when: to one provider of mailboxes, and to all together."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

PROVIDERS: Mapping[str, tuple[str, ...]] = {
    "apple": ("icloud.com", "me.com", "mac.com"),
    "comcast": ("comcast.net", "xfinity.com"),
    "gmx": ("gmx.de", "gmx.net", "gmx.at", "gmx.ch", "gmx.com", "web.de"),
    "google": ("gmail.com", "googlemail.com"),
    "laposte": ("laposte.net",),
    "microsoft": (
        *("outlook.com", "hotmail.com", "live.com", "msn.com", "outlook.fr", "outlook.de"),
        *("hotmail.co.uk", "hotmail.fr", "hotmail.de", "hotmail.it", "live.co.uk", "live.fr"),
    ),
    "orange": ("orange.fr", "wanadoo.fr"),
    "proton": ("proton.me", "protonmail.com", "pm.me"),
    "yahoo": (
        *("yahoo.com", "yahoo.co.uk", "yahoo.fr", "yahoo.de", "yahoo.it", "yahoo.es"),
        *("yahoo.co.in", "ymail.com", "rocketmail.com", "aol.com"),
    ),
}
"""Domains whose mailboxes one provider keeps, for the largest ones; others are configured."""

EVERYONE = ""
"""The name of the throttle on all letters together."""

_DAY = timedelta(days=1)
_HELD = 60
"""Seconds."""


@dataclass(frozen=True, slots=True)
class WarmUp:
    """How the letters of a new sending address grow in number.

    Attributes:
        start: letters of the first day.
        growth: by what the letters of a day grow to the next.
        days: after so many there is no limit any more.
    """

    start: int
    growth: float
    days: int

    def rate(self, since: datetime, now: datetime) -> float:
        """Letters a second on this day; 0: no limit."""
        day = (now - since) // _DAY
        if day >= self.days:
            return 0.0
        return self.start * self.growth**day / _DAY.total_seconds()


@dataclass(frozen=True, slots=True)
class Throttling:
    """The rates of a site.

    Attributes:
        rate: letters a second of all together; 0: no limit.
        rates: letters a second by provider, or by domain where that has a rate of its own.
        domains: the providers of domains, beside and before those of :data:`PROVIDERS`.
        warm_up: holds all letters together back while an address is new.
        servers: letters a second of each mail server; 0: no limit.
    """

    rate: float = 0.0
    rates: Mapping[str, float] = field(default_factory=dict)
    domains: Mapping[str, str] = field(default_factory=dict)
    warm_up: WarmUp | None = None
    servers: tuple[float, ...] = ()

    def batch(self, most: int) -> int:
        """How many letters to claim at once: what all servers take in a minute, not more.

        Letters that wait for a server's permits are nobody else's meanwhile.
        """
        if not self.servers or not all(self.servers):
            return most
        return min(most, max(1, math.ceil(sum(self.servers) * _HELD)))

    def provider_of(self, domain: str) -> str:
        """Name what a domain's letters count for; empty: nothing that is ever slowed down."""
        name = domain.lower()
        if name in self.rates:
            return name
        return self.domains.get(name) or _KNOWN.get(name, "")

    @property
    def is_any(self) -> bool:
        """Something is limited."""
        return self.rate > 0 or self.warm_up is not None or any(self.rates.values())

    def limits(self) -> dict[str, float]:
        """The providers that have a limit, with it."""
        return {name: rate for name, rate in self.rates.items() if rate > 0}

    def overall(self, since: datetime, now: datetime) -> float:
        """Letters a second of all together; 0: no limit."""
        rates = [self.rate, self.warm_up.rate(since, now) if self.warm_up else 0.0]
        return min((rate for rate in rates if rate > 0), default=0.0)


UNLIMITED = Throttling()

_KNOWN = {domain: name for name, domains in PROVIDERS.items() for domain in domains}


@dataclass(frozen=True, slots=True)
class Bucket:
    """Permits that come at a rate and wait for a while: a token bucket.

    Attributes:
        since: when the first was taken.
    """

    tokens: float
    updated_at: datetime
    since: datetime

    def filled(self, rate: float, now: datetime) -> Bucket:
        """What is in it by now: at most the permits of a second, and one when they are rarer."""
        passed = max(0.0, (now - self.updated_at).total_seconds())
        return Bucket(min(max(1.0, rate), self.tokens + passed * rate), now, self.since)

    def wait(self, rate: float) -> timedelta:
        """How long until there is a permit."""
        return timedelta(seconds=max(0.0, 1.0 - self.tokens) / rate)
