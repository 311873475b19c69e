"""What the log of a Postfix says of letters that we are not sure of.

A letter is taken when its queue file is complete, which the queue manager tells by ``from=<…>``
after the ``message-id=<…>`` of *cleanup*. A Message-ID alone is not enough: cleanup writes it
when it has seen the head, and the connection may break after that::

    … relay postfix/smtpd[91]: 4CxT2: client=app.example.org[192.0.2.7]
    … relay postfix/cleanup[95]: 4CxT2: message-id=<10f0…@example.org>
    … relay postfix/qmgr[80]: 4CxT2: from=<b+2a-…@example.org>, size=30720, nrcpt=1 (queue active)
    … relay postfix/smtp[99]: 4CxT2: to=<ada@example.net>, …, status=sent (250 2.0.0 ok)
    … relay postfix/qmgr[80]: 4CxT2: removed

What is put on hold was taken too. A queue id may be given to another message later, so what is
known of it ends with ``removed`` and with the next ``client=``. Time stands as RFC 3339, or as
``Nov 22 12:28:02``, without year and zone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from digest.core.hygiene import cut, line

_ENTRY = re.compile(
    r"(?P<iso>\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d\S*)?(?P<old>[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d)?"
    r"\S* \S+ [\w.-]*postfix[\w.-]*/(?P<program>[\w/-]+)\[\d+\]: (?P<said>.*)",
    re.ASCII,
)
_QUEUED = re.compile(r"(?P<id>[0-9A-Za-z]{5,25}): (?P<what>.*)", re.ASCII)
_MESSAGE_ID = re.compile(r"message-id=\s*(?P<id><[^<>\s]+>)")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_LONGEST = 500
_SEAM = timedelta(minutes=1)
"""Between two files of a log that follow each other."""

_AHEAD = timedelta(days=1)
"""How far another clock may be ahead before a date without a year is of last year."""

AsUtc = Callable[[datetime], datetime]
"""Gives the moment of a time that stands in the log without a zone."""


@dataclass(frozen=True, slots=True)
class Trace:
    """What a log tells.

    Attributes:
        taken: the words about each letter that was taken, by Message-ID; the last ones said.
        ours: how many letters of the domain the log knows at all.
        spans: from when to when there are entries, of each file.
    """

    taken: Mapping[str, str]
    ours: int
    spans: tuple[tuple[datetime, datetime], ...]

    def covers(self, start: datetime, end: datetime) -> bool:
        """Whether no entry of that time can be missing."""
        reached = start - _SEAM
        for first, last in sorted(self.spans):
            if first <= max(start, reached + _SEAM):
                reached = max(reached, last)
        return reached >= end


@dataclass(slots=True)
class Reader:
    """Reads the files of a log, oldest first, line by line; memory holds what is asked for only.

    Attributes:
        wanted: the Message-IDs asked for, with their angle brackets.
        domain: of our Message-IDs.
        now: what is not later is of this year, in a log that does not name it.
    """

    wanted: Collection[str]
    domain: str
    now: datetime
    as_utc: AsUtc
    _taken: dict[str, str] = field(default_factory=dict)
    _open: dict[str, str] = field(default_factory=dict)
    _held: dict[str, str] = field(default_factory=dict)
    _ours: int = 0
    _spans: list[tuple[datetime, datetime]] = field(default_factory=list)

    def read(self, lines: Iterable[str]) -> None:
        """Read one file."""
        first = last = None
        for each in lines:
            if "postfix" in each and (entry := _ENTRY.match(each)):
                self._take(entry["program"], entry["said"])
                first, last = first or entry, entry
        if first and last and (start := self._when(first)) and (end := self._when(last)):
            self._spans.append((start, end))

    def trace(self) -> Trace:
        """What was found so far."""
        return Trace(self._taken, self._ours, tuple(self._spans))

    def _take(self, program: str, said: str) -> None:
        found = _QUEUED.match(said)
        if found is None:
            return
        queue_id, what = found["id"], found["what"]
        if program.endswith("cleanup") and (named := _MESSAGE_ID.match(what)):
            self._name(queue_id, named["id"])
        else:
            self._follow(queue_id, what, said)

    def _name(self, queue_id: str, message_id: str) -> None:
        self._open.pop(queue_id, None)
        self._ours += message_id.endswith(f"@{self.domain}>")
        if message_id in self.wanted:
            self._open[queue_id] = message_id
            if held := self._held.get(queue_id):
                self._taken.setdefault(message_id, _words(held))

    def _follow(self, queue_id: str, what: str, said: str) -> None:
        """Learn what became of a message."""
        message_id = self._open.get(queue_id, "")
        if what.startswith(("removed", "client=")):
            self._open.pop(queue_id, None)
            self._held.pop(queue_id, None)
        elif what.startswith(("hold:", "milter-hold:")):
            self._held[queue_id] = said
        if message_id and what.startswith(("from=<", "hold:", "milter-hold:")):
            self._taken.setdefault(message_id, _words(said))
        elif message_id in self._taken and "status=" in what:
            self._taken[message_id] = _words(said)

    def _when(self, entry: re.Match[str]) -> datetime | None:
        try:
            return self._moment(entry["iso"], entry["old"])
        except ValueError:
            return None

    def _moment(self, iso: str | None, old: str | None) -> datetime:
        if iso:
            moment = datetime.fromisoformat(iso)
            return (moment if moment.tzinfo else self.as_utc(moment)).astimezone(UTC)
        month, day, clock = (old or "").split()
        moment = self._in_year(self.now.year, month, day, clock)
        return (
            moment
            if moment <= self.now + _AHEAD
            else self._in_year(self.now.year - 1, month, day, clock)
        )

    def _in_year(self, year: int, month: str, day: str, clock: str) -> datetime:
        number = _MONTHS.index(month) + 1
        return self.as_utc(datetime.fromisoformat(f"{year}-{number:02}-{int(day):02}T{clock}"))


def _words(said: str) -> str:
    return cut(line(f"the relay's log: {said}"), _LONGEST)
