"""Permits to send, shared by all senders and kept over restarts: token buckets as rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, bindparam, select, true, update

from digest.core.throttle import EVERYONE, Bucket, Throttling
from digest.storage.dialects import add_if_absent
from digest.storage.tables import deliveries, throttles

DELIVERIES: ColumnElement[str] = deliveries.c.provider

_SPEND = (
    update(throttles)
    .where(throttles.c.name == bindparam("of"))
    .values(tokens=bindparam("left"), updated_at=bindparam("at"))
)


class Permits:
    """What may be claimed in this transaction; the buckets are held until it ends."""

    def __init__(
        self,
        connection: Connection,
        throttling: Throttling,
        now: datetime,
        *,
        provider: ColumnElement[str] = DELIVERIES,
        goes_first: bool = False,
    ) -> None:
        """Fill the buckets up to now.

        Args:
            connection: in a transaction that writes.
            throttling: the rates of the site.
            now: the moment of the claim.
            provider: the column of the rows that are to be claimed.
            goes_first: permits of one second more may be spent than there are; who does not go
                first waits until they are paid back.
        """
        self._connection = connection
        self._provider = provider
        self._goes_first = goes_first
        self._now = now
        self._rates = dict(sorted(throttling.limits().items()))
        self._taken = 0
        kept = self._kept([EVERYONE, *self._rates] if throttling.is_any else [])
        if EVERYONE in kept and (rate := throttling.overall(kept[EVERYONE].since, now)):
            self._rates[EVERYONE] = rate
        self._buckets = {name: kept[name].filled(rate, now) for name, rate in self._rates.items()}
        self._providers = [name for name in self._rates if name != EVERYONE]

    def limit(self, most: int) -> int:
        """How many of all may be claimed, at most so many."""
        return min(most, self._left(EVERYONE)) if EVERYONE in self._buckets else most

    def lanes(self, limit: int) -> Iterator[tuple[str, ColumnElement[bool], int]]:
        """Give ways to claim, one after the other: providers with a limit, then the others.

        Each limited provider gets its share of a claim at most, so that none fills it alone.

        Yields:
            the throttle, which rows it is about, and how many of them may be claimed.
        """
        open_ = [name for name in self._providers if self._left(name)]
        share = -(-limit // (len(open_) + 1))
        for name in open_:
            most = min(share, self._left(name), limit - self._taken)
            yield name, self._provider == name, most
        # Between the names, since a database finds ranges by the index, and not what is unequal.
        below: ColumnElement[bool] = true()
        for name in self._providers:
            yield EVERYONE, below & (self._provider < name), limit - self._taken
            below = self._provider > name
        yield EVERYONE, below, limit - self._taken

    def spend(self, name: str, count: int) -> None:
        """Note that rows of a throttle were claimed."""
        self._taken += count
        for spent in {name, EVERYONE} & self._buckets.keys():
            before = self._buckets[spent]
            self._buckets[spent] = Bucket(before.tokens - count, before.updated_at, before.since)

    def keep(self) -> None:
        """Write the buckets back."""
        if self._taken and self._buckets:
            left = [
                {"of": name, "left": bucket.tokens, "at": self._now}
                for name, bucket in self._buckets.items()
            ]
            self._connection.execute(_SPEND, left)

    def closed(self) -> Iterator[tuple[ColumnElement[bool], timedelta]]:
        """Give what is held back, and for how long."""
        for name, bucket in self._buckets.items():
            if not self._left(name):
                rows = true() if name == EVERYONE else self._provider == name
                yield rows, bucket.wait(self._rates[name])

    def _left(self, name: str) -> int:
        ahead = max(1.0, self._rates[name]) if self._goes_first else 0.0
        return max(0, int(self._buckets[name].tokens + ahead))

    def _kept(self, names: list[str]) -> Mapping[str, Bucket]:
        return _buckets(self._connection, names, self._now) if names else {}


def take(connection: Connection, name: str, rate: float, most: int, now: datetime) -> int:
    """Take at most so many permits out of one bucket; answers how many there were."""
    bucket = _buckets(connection, [name], now)[name].filled(rate, now)
    taken = max(0, min(most, int(bucket.tokens)))
    connection.execute(_SPEND, {"of": name, "left": bucket.tokens - taken, "at": now})
    return taken


def _buckets(connection: Connection, names: list[str], now: datetime) -> Mapping[str, Bucket]:
    """The buckets of these names, held until the transaction ends."""
    # A new one has all it can hold, which is never so much.
    fresh = [{"name": n, "tokens": 1e9, "updated_at": now, "since": now} for n in names]
    connection.execute(add_if_absent(connection, throttles), fresh)
    query = (
        select(throttles)
        .where(throttles.c.name.in_(names))
        .order_by(throttles.c.name)
        .with_for_update()
    )
    return {
        row.name: Bucket(row.tokens, row.updated_at, row.since) for row in connection.execute(query)
    }
