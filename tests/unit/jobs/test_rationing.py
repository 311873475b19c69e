"""Permits of mail servers, which all senders share."""

from __future__ import annotations

from datetime import timedelta

import pytest

from digest.core.throttle import Throttling
from digest.errors import StorageError
from digest.jobs.rationing import Rationing
from digest.storage import Database
from tests.builders import MONDAY
from tests.fakes import TickingClock


def test_senders_share_the_permits_of_a_server(store: Database) -> None:
    """What one took another cannot have; a provider of the same name has its own."""
    clock = TickingClock(MONDAY)
    one, other = (Rationing(store, clock, {"first": 8, "second": 1}) for _ in range(2))
    assert one("first", 5) == 5
    assert other("first", 5) == 3
    assert other("second", 5) == 1
    assert one("second", 5) == 0
    clock.move(timedelta(seconds=0.5))
    assert one("first", 100) == 4
    with store.begin() as work:
        assert work.deliveries.permits("first", 9, 100, clock.now()) == 9


def test_while_the_database_is_away_there_are_none(
    store: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Letters on the wire are finished meanwhile; nothing fails for that."""

    def away() -> None:
        raise StorageError("it is away")

    monkeypatch.setattr(store, "begin", away)
    assert Rationing(store, TickingClock(MONDAY), {"first": 8})("first", 5) == 0


@pytest.mark.parametrize(
    ("servers", "batch"),
    [((), 500), ((0.0,), 500), ((2.0, 0.0), 500), ((2.0, 0.5), 150), ((0.001,), 1), ((99.0,), 500)],
)
def test_no_more_is_claimed_than_servers_take_in_a_minute(
    servers: tuple[float, ...], batch: int
) -> None:
    """Where every server has a rate."""
    assert Throttling(servers=servers).batch(500) == batch
