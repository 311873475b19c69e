"""One line per event."""

from __future__ import annotations

import io
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from digest import telemetry

SetUp = Callable[..., io.StringIO]


@pytest.fixture
def set_up(monkeypatch: pytest.MonkeyPatch) -> Iterator[SetUp]:
    """Set the log up as a fresh process does; gives what is written to standard error."""
    root = logging.getLogger()
    before = root.handlers[:], root.level
    quiet = {name: logging.getLogger(name).level for name in (*telemetry._QUIET, "apscheduler")}

    def fresh(**how: Any) -> io.StringIO:
        root.handlers[:] = []
        written = io.StringIO()
        monkeypatch.setattr("sys.stderr", written)
        telemetry.set_up(**how)
        return written

    yield fresh
    root.handlers[:], level = before
    root.setLevel(level)
    for name, level in quiet.items():
        logging.getLogger(name).setLevel(level)


def test_a_line_says_when_how_grave_where_and_what(set_up: SetUp) -> None:
    """In UTC, to the second, without the name of the house."""
    set_up()
    record = logging.makeLogRecord(
        {"created": 1_795_334_400.9, "levelname": "INFO", "name": "digest.jobs.collect", "msg": "x"}
    )
    line = logging.getLogger().handlers[0].format(record)
    assert line == "2026-11-22T08:00:00Z info jobs.collect x"


@pytest.mark.parametrize(
    "message",
    ["two\nlines", "a\r\nb", "tab\tand  spaces", "\x1b[31mred\x1b[0m", "\x07", "a\u2028b"],
)
def test_a_message_is_one_line_without_commands(set_up: SetUp, message: str) -> None:
    """A title from outside can forge no second line and no colour."""
    out = set_up()
    logging.getLogger("digest.jobs").warning("source said %s", message)
    (line,) = out.getvalue().splitlines()
    assert line.isprintable()


def test_an_error_is_one_line_with_its_traceback(set_up: SetUp) -> None:
    """So that line-wise tools keep it together."""
    out = set_up()
    error = RuntimeError("no\nluck")
    logging.getLogger("digest.engines").error("job failed", exc_info=error)
    (line,) = out.getvalue().splitlines()
    assert "error engines job failed RuntimeError: no luck" in line


@pytest.mark.parametrize(("verbose", "lines"), [(False, 0), (True, 1)])
def test_steps_are_told_when_asked_for(set_up: SetUp, *, verbose: bool, lines: int) -> None:
    """By default only what happens, not how."""
    out = set_up(verbose=verbose)
    logging.getLogger("digest.jobs").debug("a step")
    assert len(out.getvalue().splitlines()) == lines


def test_the_libraries_are_quiet(set_up: SetUp) -> None:
    """Every request and every tick would hide what matters."""
    out = set_up()
    logging.getLogger("httpx2").info("GET")
    logging.getLogger("apscheduler.scheduler").warning("maximum number of running instances")
    assert out.getvalue() == ""


def test_what_a_caller_shows_itself_is_not_told_twice(set_up: SetUp) -> None:
    """The others tell only what is grave then."""
    out = set_up(told=("digest.jobs",))
    logging.getLogger("digest.jobs.collect").error("shown elsewhere")
    logging.getLogger("digest.web").info("fine")
    logging.getLogger("digest.web").warning("not so fine")
    (line,) = out.getvalue().splitlines()
    assert line.endswith("warning web not so fine")
