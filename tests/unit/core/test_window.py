"""The calendar of newsletters: phrases, slots, changes of clocks, outages."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.core import window
from digest.core.window import cron, due_slot, next_slot, slots

ZONES = (
    "Europe/Berlin",
    "America/New_York",
    "America/Santiago",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "Africa/Casablanca",
    "Pacific/Apia",
    "UTC",
)
BERLIN = ZoneInfo("Europe/Berlin")


def local(text: str) -> datetime:
    """A wall-clock time, without a zone on purpose."""
    return datetime.fromisoformat(text)


zones = st.sampled_from(ZONES).map(ZoneInfo)
moments = st.datetimes(local("2008-01-01"), local("2037-01-01"), timezones=st.just(UTC))
waits = st.timedeltas(timedelta(0), timedelta(days=40))
minutes = st.integers(0, 59)
hours = st.integers(0, 23)
schedules = st.one_of(
    st.builds("{} {} * * *".format, minutes, hours),
    st.builds("{} {} * * 1-5".format, minutes, hours),
    st.builds("{} {} * * {}".format, minutes, hours, st.integers(0, 7)),
    st.builds("{} {} {} * *".format, minutes, hours, st.integers(1, 28)),
    st.builds("{} {} L * *".format, minutes, hours),
    st.builds("{} * * * *".format, minutes),
    st.sampled_from(("*/30 * * * *", "15,45 1-3 * * *", "*/20 2 * * *", "* 2 * * 0")),
)


def wall(moment: datetime, zone: ZoneInfo) -> datetime:
    return moment.astimezone(zone).replace(tzinfo=None)


@pytest.mark.parametrize(
    ("schedule", "expression"),
    [
        ("daily 07:30", "30 7 * * *"),
        ("daily 7:05", "5 7 * * *"),
        ("  Daily   00:00 ", "0 0 * * *"),
        ("weekdays 23:59", "59 23 * * 1-5"),
        ("weekly monday 08:00", "0 8 * * 1"),
        ("weekly Sunday 08:00", "0 8 * * 0"),
        ("weekly thu 08:00", "0 8 * * 4"),
        ("monthly 1 09:00", "0 9 1 * *"),
        ("monthly 28 09:00", "0 9 28 * *"),
        ("monthly last 09:00", "0 9 L * *"),
        ("30 7 * * 1", "30 7 * * 1"),
        ("0 9 lw * *", "0 9 lw * *"),
        ("0 9 * jan-mar mon#2", "0 9 * jan-mar mon#2"),
        ("", ""),
        ("   ", ""),
    ],
)
def test_phrases_and_expressions_are_understood(schedule: str, expression: str) -> None:
    """Each phrase stands for one cron expression; an expression stays itself."""
    assert cron(schedule) == expression


@pytest.mark.parametrize(
    "schedule",
    [
        "every monday",
        "daily",
        "daily 24:00",
        "daily 07:60",
        "weekly 08:00",
        "weekly mondey 08:00",
        "weekly t 08:00",
        "monthly 0 09:00",
        "monthly 31 09:00",
        "monthly 32 09:00",
        "30 7 * *",
        "0 30 7 * * 1",
        "60 7 * * 1",
        "30 7 * * 8",
        "0 0 30 2 *",
        "@daily",
        "30 7 * * montag",
        "٣ 7 * * *",
    ],
)
def test_a_wrong_schedule_is_told_what_was_expected(schedule: str) -> None:
    """What is neither a phrase nor a cron expression that ever comes gets the whole sentence."""
    with pytest.raises(ValueError) as told:
        cron(schedule)
    assert str(told.value) == window._EXPECTED


@given(st.text())
def test_any_text_is_a_schedule_or_a_sentence(text: str) -> None:
    """Whatever stands in the file is refused as a wrong value, or comes one day."""
    with suppress(ValueError):
        expression = cron(text)
        assert not expression or next_slot(expression, BERLIN, datetime(2026, 1, 1, tzinfo=UTC))


def test_without_a_schedule_nothing_is_ever_due() -> None:
    """An empty schedule has no slots: only by hand."""
    start = datetime(2026, 1, 1, tzinfo=UTC)
    assert next_slot("", BERLIN, start) is None
    assert due_slot("", BERLIN, start, start + timedelta(days=400)) is None


@given(schedules, zones, moments)
def test_slots_follow_each_other(schedule: str, zone: ZoneInfo, after: datetime) -> None:
    """Slots are aware UTC moments, each later than the one before, the first later than asked."""
    found = list(islice(slots(schedule, zone, after), 30))
    assert all(slot.tzinfo is UTC for slot in found)
    assert all(one < two for one, two in zip([after, *found], found, strict=False))


@given(schedules, zones, moments)
def test_no_wall_clock_time_has_two_slots(schedule: str, zone: ZoneInfo, after: datetime) -> None:
    """Not even in the hour that comes twice."""
    found = [wall(slot, zone) for slot in islice(slots(schedule, zone, after), 60)]
    assert len(set(found)) == len(found)


@given(schedules, zones, moments)
def test_asking_again_from_a_slot_gives_the_next(
    schedule: str, zone: ZoneInfo, after: datetime
) -> None:
    """Walking by ``next_slot`` and running through ``slots`` is the same walk."""
    walked, moment = [], after
    for _ in range(10):
        moment = next_slot(schedule, zone, moment) or moment
        walked.append(moment)
    assert walked == list(islice(slots(schedule, zone, after), 10))


@given(schedules, zones, moments, waits)
def test_the_due_slot_is_the_last_of_those_missed(
    schedule: str, zone: ZoneInfo, after: datetime, outage: timedelta
) -> None:
    """Searching backwards finds what running through all slots would find."""
    now = after + outage
    last = None
    for slot in islice(slots(schedule, zone, after), 60_000):
        if slot > now:
            break
        last = slot
    assert due_slot(schedule, zone, after, now) == last


@given(schedules, zones, moments, waits)
def test_a_slot_dealt_with_is_not_due_again(
    schedule: str, zone: ZoneInfo, after: datetime, outage: timedelta
) -> None:
    """After the edition of the due slot, nothing is due until the next slot."""
    now = after + outage
    if slot := due_slot(schedule, zone, after, now):
        assert after < slot <= now
        assert due_slot(schedule, zone, slot, now) is None


@pytest.mark.parametrize("zone", [name for name in ZONES if name != "Pacific/Apia"])
@pytest.mark.parametrize("clock", ["0 0", "30 0", "0 2", "30 2", "0 3", "30 7", "59 23"])
def test_each_local_day_has_one_daily_slot(zone: str, clock: str) -> None:
    """Also on the days when the clocks change, also at a time that is skipped or comes twice."""
    place = ZoneInfo(zone)
    found = slots(f"{clock} * * *", place, datetime(2026, 1, 1, 12, tzinfo=UTC))
    days = [wall(slot, place).date() for slot in islice(found, 730)]
    assert days == [days[0] + timedelta(days=n) for n in range(730)]


@pytest.mark.parametrize(
    ("zone", "day", "clock", "expected"),
    [
        ("Europe/Berlin", date(2027, 3, 28), "30 2", "2027-03-28T01:00Z"),
        ("Europe/Berlin", date(2026, 10, 25), "30 2", "2026-10-25T00:30Z"),
        ("America/New_York", date(2026, 3, 8), "30 2", "2026-03-08T07:00Z"),
        ("America/New_York", date(2026, 11, 1), "30 1", "2026-11-01T05:30Z"),
        ("Australia/Lord_Howe", date(2026, 10, 4), "15 2", "2026-10-03T15:30Z"),
        ("Australia/Lord_Howe", date(2026, 4, 5), "45 1", "2026-04-04T14:45Z"),
        ("America/Santiago", date(2026, 9, 6), "0 0", "2026-09-06T04:00Z"),
    ],
)
def test_at_a_change_of_clocks(zone: str, day: date, clock: str, expected: str) -> None:
    """A skipped time is the moment of the jump, a time that comes twice is the first one."""
    noon_before = datetime(day.year, day.month, day.day, 12, tzinfo=ZoneInfo(zone))
    start = (noon_before - timedelta(days=1)).astimezone(UTC)
    assert next_slot(f"{clock} * * *", ZoneInfo(zone), start) == datetime.fromisoformat(expected)


def test_a_day_that_a_country_skipped_gives_its_slot_at_the_jump() -> None:
    """Samoa had no 30 December 2011: its edition comes as the next day begins, in order."""
    place = ZoneInfo("Pacific/Apia")
    found = slots("30 2 * * *", place, datetime(2011, 12, 29, tzinfo=UTC))
    assert [wall(slot, place) for slot in islice(found, 3)] == [
        local("2011-12-29 02:30"),
        local("2011-12-31 00:00"),
        local("2011-12-31 02:30"),
    ]


def test_in_the_second_turn_of_an_hour_its_slots_are_past() -> None:
    """At the second 02:10 the slot of 02:30 was due already, at the first 02:10 it was not."""
    midnight = datetime(2026, 10, 24, 22, tzinfo=UTC)
    first, second = (
        datetime(2026, 10, 25, 0, 10, tzinfo=UTC),
        datetime(2026, 10, 25, 1, 10, tzinfo=UTC),
    )
    assert due_slot("30 2 * * *", BERLIN, midnight, first) is None
    assert due_slot("30 2 * * *", BERLIN, midnight, second) == datetime(
        2026, 10, 25, 0, 30, tzinfo=UTC
    )


def test_an_outage_of_a_year_costs_a_few_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    """A schedule of every minute is not run through minute by minute: half a million of them."""
    looks: list[datetime] = []
    moment = window._moment

    def counted(wall: datetime, zone: ZoneInfo) -> datetime:
        looks.append(wall)
        return moment(wall, zone)

    monkeypatch.setattr(window, "_moment", counted)
    now = datetime(2026, 11, 22, 8, 0, 30, tzinfo=UTC)
    slot = due_slot("* * * * *", BERLIN, now - timedelta(days=365), now)
    assert slot == now.replace(second=0)
    assert len(looks) < 100
