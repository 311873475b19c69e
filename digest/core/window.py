"""The calendar of a newsletter: which slots its schedule has, and which one is due.

A slot is a wall-clock time of the newsletter's zone. At a change of clocks a time that does not
exist counts as the moment the clocks jumped past it, and a time that comes twice counts once, the
first time: each edition comes exactly once (APScheduler's cron fires such times twice or at the
wrong hour, research/delivery.md 3.5).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError

_DAYS = ("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday")
_AT = r"(?P<hour>[01]?\d|2[0-3]):(?P<minute>[0-5]\d)"
_PHRASES = (
    (rf"daily {_AT}", "{minute} {hour} * * *"),
    (rf"weekdays {_AT}", "{minute} {hour} * * 1-5"),
    (rf"weekly (?P<day>[a-z]+) {_AT}", "{minute} {hour} * * {day}"),
    # Months have 28 days in common; with a later one some would bring no edition.
    (rf"monthly (?P<date>[1-9]|1\d|2[0-8]) {_AT}", "{minute} {hour} {date} * *"),
    (rf"monthly last {_AT}", "{minute} {hour} L * *"),
)
_EXPECTED = (
    'expected "daily 07:30", "weekdays 07:30", "weekly monday 08:00", "monthly 1 09:00" (to 28), '
    '"monthly last 09:00", a cron expression of five fields (0 or 7 is Sunday), or nothing'
)
_CRON_FIELDS = 5


def cron(schedule: str) -> str:
    """Turn a schedule into a cron expression; an empty one stays empty.

    Raises:
        ValueError: it is neither a known phrase nor a cron expression.
    """
    text = " ".join(schedule.lower().split())
    for pattern, form in _PHRASES:
        if match := re.fullmatch(pattern, text):
            return form.format(**_numbers(match.groupdict()))
    if text and not _ever(text):
        raise ValueError(_EXPECTED)
    return text


def _ever(expression: str) -> bool:
    """Whether it can be read and comes at all."""
    if len(expression.split()) != _CRON_FIELDS:
        return False
    try:
        return next(CronSim(expression, datetime(2000, 1, 1)), None) is not None  # noqa: DTZ001 - wall-clock times on purpose
    except CronSimError:
        return False


def _numbers(parts: dict[str, str]) -> dict[str, str]:
    if "day" in parts:
        matches = [n for n, name in enumerate(_DAYS) if name.startswith(parts["day"])]
        if len(matches) != 1:
            raise ValueError(_EXPECTED)
        parts["day"] = str(matches[0])
    return {name: value if name == "day" else str(int(value)) for name, value in parts.items()}


def slots(schedule: str, zone: ZoneInfo, after: datetime) -> Iterator[datetime]:
    """The moments (UTC) of a cron schedule later than ``after``, in order, without end."""
    if not schedule:
        return
    last = after
    for wall in CronSim(schedule, after.astimezone(zone).replace(tzinfo=None)):
        moment = _moment(wall, zone)
        if moment > last:
            last = moment
            yield moment


def next_slot(schedule: str, zone: ZoneInfo, after: datetime) -> datetime | None:
    """The first slot later than ``after``."""
    return next(slots(schedule, zone, after), None)


def due_slot(schedule: str, zone: ZoneInfo, after: datetime, now: datetime) -> datetime | None:
    """The slot to make an edition for: the latest of those later than ``after``, up to ``now``.

    After an outage the slots missed are one edition, not many.
    """
    latest = _latest(schedule, zone, now)
    return latest if latest and latest > after else None


def _latest(schedule: str, zone: ZoneInfo, now: datetime) -> datetime | None:
    """The last slot up to ``now``; searched backwards, so that a long outage costs nothing."""
    if not schedule:
        return None
    # In the hour that comes twice, slots later by the clock on the wall are past already: so the
    # search starts at what a clock would show that was not put back.
    unchanged = now.astimezone(zone).replace(fold=0).utcoffset() or timedelta(0)
    start = now.astimezone(UTC).replace(tzinfo=None) + unchanged + timedelta(seconds=1)
    moments = (_moment(wall, zone) for wall in CronSim(schedule, start, reverse=True))
    return next((moment for moment in moments if moment <= now), None)


def _moment(wall: datetime, zone: ZoneInfo) -> datetime:
    moment = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) != wall:
        # A time the clocks jumped over: with fold=1 Python gives the moment by the new offset,
        # which is before the jump; the jump itself is where that day's clocks first show a
        # later time.
        return _jump(wall, zone)
    return moment


def _jump(wall: datetime, zone: ZoneInfo) -> datetime:
    before = wall.replace(tzinfo=zone, fold=1).astimezone(UTC)
    after = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    while after - before > timedelta(seconds=1):
        middle = before + (after - before) / 2
        if middle.astimezone(zone).replace(tzinfo=None) < wall:
            before = middle
        else:
            after = middle
    return after.replace(microsecond=0)
