"""The log of a relay: what it shows of a letter, and what it cannot show."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.core.postfix_log import Reader, Trace

OURS = "<10f016d1b16bddc7f20d177fd3957b44@example.org>"
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
EAST = timezone(timedelta(hours=2))

NAMED = f"postfix/cleanup[95]: 4CxT2: message-id={OURS}"
QUEUED = "postfix/qmgr[80]: 4CxT2: from=<b+2a@example.org>, size=30720, nrcpt=1 (queue active)"
SENT = "postfix/smtp[99]: 4CxT2: to=<ada@example.net>, dsn=2.0.0, status=sent (250 2.0.0 ok)"
DONE = "postfix/qmgr[80]: 4CxT2: removed"


def as_utc(naive: datetime) -> datetime:
    return naive.replace(tzinfo=EAST).astimezone(UTC)


def traced(*said: str, start: str = "Nov 23 09:30:01 relay ", wanted: str = OURS) -> Trace:
    reader = Reader({wanted}, "example.org", NOW, as_utc)
    reader.read(start + each + "\n" for each in said)
    return reader.trace()


def test_what_was_queued_was_taken() -> None:
    """A complete queue file is the relay's word; the log's are kept."""
    trace = traced(NAMED, QUEUED)
    assert trace.taken[OURS].startswith("the relay's log: 4CxT2: from=<b+2a@example.org>")


def test_the_last_word_on_a_letter_is_kept() -> None:
    """What became of it later says more than that it was queued."""
    assert traced(NAMED, QUEUED, SENT, DONE).taken[OURS].endswith("status=sent (250 2.0.0 ok)")


@pytest.mark.parametrize(
    "after",
    [
        (),
        ("postfix/smtpd[91]: lost connection after DATA (12000 bytes) from app[192.0.2.7]",),
        ("postfix/cleanup[95]: 4CxT2: milter-reject: END-OF-MESSAGE from app[192.0.2.7]: 5.7.1",),
    ],
)
def test_a_name_alone_does_not_show_that_a_letter_was_taken(after: tuple[str, ...]) -> None:
    """Its head was seen; the connection broke before the end, or a filter said no."""
    assert traced(NAMED, *after).taken == {}


def test_what_is_put_on_hold_was_taken() -> None:
    """No matter whether it was said before or after the name."""
    hold = "postfix/cleanup[95]: 4CxT2: hold: header Subject: x from app[192.0.2.7]"
    assert OURS in traced(NAMED, hold).taken
    assert OURS in traced(hold, NAMED).taken


@pytest.mark.parametrize("end", [DONE, "postfix/smtpd[91]: 4CxT2: client=other[192.0.2.9]"])
def test_a_queue_id_used_again_is_another_message(end: str) -> None:
    """After the end of one message, its id tells nothing of the letter before."""
    assert traced(NAMED, end, QUEUED).taken == {}


def test_the_name_of_another_message_ends_the_first() -> None:
    """A queue id belongs to the message named last."""
    other = "postfix/cleanup[95]: 4CxT2: message-id=<other@example.com>"
    assert traced(NAMED, other, QUEUED).taken == {}


@pytest.mark.parametrize("instance", ["postfix", "postfix-out", "mx.postfix-2", "postfix/bulk"])
def test_instances_have_names_of_their_own(instance: str) -> None:
    """Whatever an instance is called before the stroke, its lines are read."""
    lines = [each.replace("postfix/", f"{instance}/") for each in (NAMED, QUEUED)]
    assert OURS in traced(*lines).taken


@pytest.mark.parametrize(
    ("start", "moment"),
    [
        ("Nov 23 09:30:01 relay ", datetime(2026, 11, 23, 7, 30, 1, tzinfo=UTC)),
        ("Nov  3 09:30:01 relay ", datetime(2026, 11, 3, 7, 30, 1, tzinfo=UTC)),
        ("Dec 24 09:30:01 relay ", datetime(2025, 12, 24, 7, 30, 1, tzinfo=UTC)),
        (
            "2026-11-23T09:30:01.250000+01:00 relay ",
            datetime(2026, 11, 23, 8, 30, 1, 250_000, tzinfo=UTC),
        ),
        ("2026-11-23T07:30:01Z relay ", datetime(2026, 11, 23, 7, 30, 1, tzinfo=UTC)),
        ("2026-11-23T09:30:01+0100 relay ", datetime(2026, 11, 23, 8, 30, 1, tzinfo=UTC)),
        ("2026-11-23T09:30:01 relay ", datetime(2026, 11, 23, 7, 30, 1, tzinfo=UTC)),
    ],
)
def test_times_are_read_in_each_form(start: str, moment: datetime) -> None:
    """Both forms of syslog; a missing zone is asked for, a missing year is the latest possible."""
    assert traced(NAMED, start=start).spans == ((moment, moment),)


def test_other_programs_and_other_domains_count_for_nothing() -> None:
    """Only cleanup names messages, and only ours are ours."""
    trace = traced(
        f"postfix/smtpd[91]: 4CxT2: message-id={OURS}",
        f"opendkim[7]: 4CxT2: message-id={OURS}",
        f"postfix/cleanup[95]: 4CxT2: warning: header Subject: message-id={OURS}",
        "postfix/cleanup[95]: 4CxT3: message-id=<other@example.com>",
        QUEUED,
    )
    assert (trace.taken, trace.ours) == ({}, 0)


def test_letters_of_ours_are_counted() -> None:
    """That the log knows any shows whose log it is."""
    assert traced(NAMED.replace("10f0", "20f0"), QUEUED).ours == 1


def _at(minute: int) -> datetime:
    return NOW + timedelta(minutes=minute)


@pytest.mark.parametrize(
    ("spans", "covers"),
    [
        ([], False),
        ([(0, 60)], True),
        ([(10, 50)], True),
        ([(11, 50)], False),
        ([(10, 49)], False),
        ([(0, 30), (31, 60)], True),
        ([(31, 60), (0, 30)], True),
        ([(0, 30), (32, 60)], False),
        ([(0, 5), (8, 60)], True),
        ([(0, 60), (20, 30)], True),
    ],
)
def test_a_log_covers_what_its_files_reach_without_a_gap(
    spans: list[tuple[int, int]],
    covers: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    """From before the tenth minute to after the fiftieth, in files that follow each other."""
    trace = Trace({}, 1, tuple((_at(first), _at(last)) for first, last in spans))
    assert trace.covers(_at(10), _at(50)) is covers


@given(st.lists(st.text(max_size=80) | st.sampled_from([NAMED, QUEUED, SENT, DONE])))
def test_no_line_stops_the_reading(said: list[str]) -> None:
    """A log holds anything; what cannot be read is passed over."""
    reader = Reader({OURS}, "example.org", NOW, as_utc)
    reader.read(said)
    reader.read(f"Feb 31 99:99:99 relay {each}" for each in said)
    assert set(reader.trace().taken) <= {OURS}
