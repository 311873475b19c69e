"""The whole way over changes of the clocks and outages, with a clock of the test's own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from digest.wiring import House, settings
from tests.fakes import DirectEngine, TickingClock

BERLIN = ZoneInfo("Europe/Berlin")

_CONFIG = """\
[site]
name = "Riverbank"
url = "https://digest.example.org"
timezone = "Europe/Berlin"
contact = "editors@example.org"
postal_address = "7 Weir Lane, 10115 Berlin"

[mail]
from_address = "digest@example.org"

[[sources]]
name = "desk"
kind = "folder"
path = "notes"
every = "1m"

[[themes]]
slug = "floods"
title = "Floods"
keywords = ["flood"]
"""


class Site:
    """A running site whose clock a test moves."""

    def __init__(self, folder: Path, schedules: Sequence[str], start: datetime) -> None:
        self.folder = folder
        self.notes = 0
        (folder / "notes").mkdir()
        names = [f"n{number}" for number in range(len(schedules))]
        tables = (
            f'[[newsletters]]\nslug = "{name}"\ntitle = "{name}"\nschedule = "{schedule}"\n'
            for name, schedule in zip(names, schedules, strict=True)
        )
        (folder / "config.toml").write_text(_CONFIG + "".join(tables))
        self.clock = TickingClock(start)
        self.house = House(settings(folder / "config.toml"), self.clock)
        self.house.engine = engine = DirectEngine()
        for reader in ("ada", "bo"):
            wishes = dict.fromkeys(names)
            self.house.people.add(f"{reader}@example.net", wishes, how="sign-up sheet")
        for name, job in self.house.tasks.named().items():
            engine.register(name, job)
        # What the sources show as the service starts is not what these tests are about.
        self.house.conveyor()

    def note(self) -> None:
        """Something new to tell, in place of what was told before."""
        self.notes += 1
        number = self.notes
        text = f"---\ntitle: Flood {number}\nlink: https://example.org/{number}\n---\nWet.\n"
        (self.folder / "notes" / "news.md").write_text(text)

    def run(self, until: datetime, every: timedelta) -> None:
        """Do as a serving process does, with news before each look."""
        while (now := self.clock.now()) < until:
            self.note()
            assert self.house.collect("desk", now=True).new == 1
            self.house.sweep.editions()
            self.house.sweep.letters()
            self.clock.move_to(now + every)

    def editions(self, newsletter: str = "n0") -> list[datetime]:
        """The slot of each edition, in the time of Berlin."""
        with self.house.store.read() as work:
            records = work.editions.records(newsletter)
        return [record.slot.astimezone(BERLIN) for record in reversed(records)]

    def letters(self) -> Counter[tuple[str, str]]:
        """How many letters each reader has of each edition, by Message-ID."""
        found = (self.folder / "var" / "outbox").glob("**/*.eml")
        read = [message_from_bytes(file.read_bytes()) for file in found]
        return Counter((str(one["To"]), str(one["Message-ID"])) for one in read)


def days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


@pytest.mark.parametrize(
    ("start", "first", "last"),
    [
        (datetime(2026, 3, 27, 12, tzinfo=UTC), date(2026, 3, 28), date(2026, 3, 30)),
        (datetime(2026, 10, 23, 12, tzinfo=UTC), date(2026, 10, 24), date(2026, 10, 26)),
    ],
    ids=["forward", "back"],
)
def test_each_day_has_one_edition_over_a_change_of_clocks(
    tmp_path: Path, start: datetime, first: date, last: date
) -> None:
    """At a time that is skipped or comes twice as at any other; each reader gets each once."""
    schedules = ("daily 02:30", "daily 03:00", "daily 07:30")
    site = Site(tmp_path, schedules, start)
    site.run(start + timedelta(days=3), timedelta(minutes=30))
    for number in range(len(schedules)):
        found = site.editions(f"n{number}")
        assert [slot.date() for slot in found] == days(first, last)
        assert len(set(found)) == 3
    letters = site.letters()
    assert set(letters.values()) == {1}
    assert len(letters) == 2 * 3 * len(schedules)


@pytest.mark.parametrize(
    "start",
    [datetime(2026, 3, 28, 23, tzinfo=UTC), datetime(2026, 10, 24, 22, tzinfo=UTC)],
    ids=["forward", "back"],
)
def test_an_outage_over_a_change_of_clocks_is_caught_up_once(
    tmp_path: Path, start: datetime
) -> None:
    """Stopped before, started after: one edition with all that came meanwhile."""
    site = Site(tmp_path, ["daily 02:30"], start)
    site.clock.move(timedelta(hours=30))
    site.note()
    for _ in range(3):
        site.house.conveyor()
        site.clock.move(timedelta(minutes=1))
    assert len(site.editions()) == 1
    assert sorted(site.letters().values()) == [1, 1]


def test_hourly_editions_in_the_hour_that_comes_twice(tmp_path: Path) -> None:
    """A wall-clock time that comes twice is one slot; what comes meanwhile goes with the next."""
    start = datetime(2026, 10, 24, 22, 30, tzinfo=UTC)
    site = Site(tmp_path, ["0 * * * *"], start)
    site.run(start + timedelta(hours=5), timedelta(minutes=10))
    shown = [f"{slot:%H:%M %Z}" for slot in site.editions()]
    assert shown == ["01:00 CEST", "02:00 CEST", "03:00 CET", "04:00 CET"]


def test_a_clock_that_is_set_back_repeats_nothing(tmp_path: Path) -> None:
    """An administrator's mistake, or a virtual machine that was restored."""
    start = datetime(2026, 11, 20, 6, tzinfo=UTC)
    site = Site(tmp_path, ["daily 07:30"], start)
    site.run(start + timedelta(hours=2), timedelta(minutes=20))
    site.clock.move_to(start)
    site.run(start + timedelta(hours=2), timedelta(minutes=20))
    assert len(site.editions()) == 1
    assert set(site.letters().values()) == {1}
