"""How often something may happen, counted in the database, so that it holds over restarts.

A limit of 10 an hour lets ten through at once and then one every six minutes. One moment per key
is all that is kept (the generic cell rate algorithm): when all that was let through is paid off.
Keys are keyed hashes, so no row tells a network address.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from hashlib import blake2b
from ipaddress import IPv6Address, ip_address
from typing import TYPE_CHECKING

from sqlalchemy import delete, insert, select, update

from subscribers.tables import limits

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

_HOUR = timedelta(hours=1)
_V6_NETWORK = 64


@dataclass(frozen=True, slots=True)
class Limit:
    """So many in a period."""

    most: int
    period: timedelta = _HOUR

    def spend(self, free_at: datetime | None, now: datetime) -> datetime | None:
        """Let one through.

        Args:
            free_at: what is kept of those before; ``None``: nothing.
            now: the moment it asks.

        Returns:
            What to keep from now on, or ``None``: it is one too many.
        """
        after = max(free_at or now, now) + self.period / self.most
        return None if after - now > self.period else after


class Limits:
    """Spends limits, and remembers what may happen only once.

    Args:
        key: the site's secret.
    """

    def __init__(self, key: bytes) -> None:
        self._key = key

    def spend(self, connection: Connection, what: str, limit: Limit, now: datetime) -> bool:
        """Let one through; False: it is one too many."""
        name = self._name(what)
        kept = connection.scalar(
            select(limits.c.free_at).where(limits.c.name == name).with_for_update()
        )
        free_at = limit.spend(kept, now)
        if free_at is None:
            return False
        if kept is None:
            connection.execute(insert(limits).values(name=name, free_at=free_at))
        else:
            row = update(limits).where(limits.c.name == name)
            connection.execute(row.values(free_at=free_at))
        return True

    def once(self, connection: Connection, what: str, until: datetime, now: datetime) -> bool:
        """Let something through that must not come again until a moment; False: it has."""
        return self.spend(connection, what, Limit(1, max(until - now, timedelta(seconds=1))), now)

    def network(self, host: str) -> str:
        """Name the network that an address of the internet is in: one IPv4 address, an IPv6 /64.

        A household has many IPv6 addresses, and whoever attacks takes a new one each time.
        """
        try:
            address = ip_address(host.partition("%")[0])
        except ValueError:
            return "network unknown"
        if isinstance(address, IPv6Address):
            if mapped := address.ipv4_mapped:
                return f"network {mapped}"
            return f"network {int(address) >> (128 - _V6_NETWORK):x}"
        return f"network {address}"

    def _name(self, what: str) -> bytes:
        return blake2b(what.encode(), key=self._key, digest_size=16, person=b"limits").digest()


def forget_spent(connection: Connection, now: datetime) -> None:
    """Delete what limits nothing any more."""
    connection.execute(delete(limits).where(limits.c.free_at <= now))
