"""Permits of one server in one run."""

from __future__ import annotations

from digest.mailers.smtp_ration import Ration
from digest.ports import unlimited


class Purse:
    """Gives what is in it, and remembers what was asked for."""

    def __init__(self, *given: int) -> None:
        self.given = list(given)
        self.asked: list[tuple[str, int]] = []

    def __call__(self, server: str, most: int) -> int:
        self.asked.append((server, most))
        return self.given.pop(0)


def test_a_server_without_a_rate_is_never_asked_about() -> None:
    """It is as fast as it is."""
    purse = Purse()
    ration = Ration("fast", 0, purse, lambda: 0.0)
    for _ in range(9):
        assert ration.is_open
        ration.spend()
    assert purse.asked == []


def test_permits_are_asked_for_in_portions() -> None:
    """A quarter of a second's worth, so that few are left over; at least one."""
    purse = Purse(10, 3, 1)
    ration = Ration("slow", 40, purse, lambda: 0.0)
    for _ in range(13):
        assert ration.is_open
        ration.spend()
    assert purse.asked == [("slow", 10), ("slow", 10)]
    assert Ration("rare", 0.1, purse, lambda: 0.0).is_open
    assert purse.asked[-1] == ("rare", 1)


def test_where_there_was_nothing_it_asks_again_a_little_later() -> None:
    """The database is asked ten times a second at most."""
    now = [0.0]
    purse = Purse(0, 2)
    ration = Ration("slow", 4, purse, lambda: now[0])
    assert not ration.is_open
    assert not ration.is_open
    assert len(purse.asked) == 1
    now[0] = 0.1
    assert ration.is_open


def test_who_knows_no_rates_gives_what_is_wanted() -> None:
    """A mailer made without anybody to ask goes on."""
    assert unlimited("any", 7) == 7
