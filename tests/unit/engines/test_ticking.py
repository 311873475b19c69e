"""Running something again and again: late runs, slow runs, and how it stops."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from threading import Event, Lock

import pytest

from digest.engines.ticking import Ticking

OFTEN = timedelta(milliseconds=10)
SELDOM = timedelta(days=1)
PATIENCE = 20.0
"""Seconds after which a test gives up waiting for what must come."""


@pytest.fixture
def ticking() -> Iterator[Ticking]:
    ticking = Ticking()
    yield ticking
    ticking.stop()


class Counted:
    """A job that counts its runs, and those at the same time."""

    def __init__(self, job: Callable[[], object] = bool) -> None:
        self._job = job
        self._lock = Lock()
        self.runs = self.now = self.most = 0

    def __call__(self) -> None:
        with self._lock:
            self.runs += 1
            self.now += 1
            self.most = max(self.most, self.now)
        try:
            self._job()
        finally:
            with self._lock:
                self.now -= 1

    def wait_for(self, runs: int) -> None:
        end = time.monotonic() + PATIENCE
        while self.runs < runs:
            assert time.monotonic() < end, "the job did not run"
            time.sleep(0.005)


def test_a_job_runs_at_once_and_again(ticking: Ticking) -> None:
    """The first run is the catching up at start."""
    soon, seldom = Counted(), Counted()
    ticking.every(OFTEN, "soon", soon)
    ticking.every(SELDOM, "seldom", seldom)
    soon.wait_for(3)
    seldom.wait_for(1)


def test_a_job_that_is_hours_late_still_runs(ticking: Ticking) -> None:
    """The scheduler's own habit is to skip a job that is a second late."""
    job = Counted()
    ticking.every(SELDOM, "late", job)
    job.wait_for(1)
    hours_ago = datetime.now(UTC) - timedelta(hours=5)
    ticking._scheduler.get_job("late").modify(next_run_time=hours_ago)
    job.wait_for(2)


def test_runs_missed_together_are_one_run(ticking: Ticking) -> None:
    """A machine that slept for a day does not repeat each of its seconds."""
    job = Counted()
    ticking.every(timedelta(hours=1), "hourly", job)
    job.wait_for(1)
    days_ago = datetime.now(UTC) - timedelta(days=3)
    ticking._scheduler.get_job("hourly").modify(next_run_time=days_ago)
    other = Counted()
    ticking.every(OFTEN, "other", other)
    other.wait_for(5)
    assert job.runs == 2


def test_two_runs_of_a_job_are_never_at_once(ticking: Ticking) -> None:
    """A slow run delays the next one."""
    job = Counted(lambda: time.sleep(0.03))
    ticking.every(OFTEN, "slow", job)
    job.wait_for(4)
    assert job.most == 1


def test_a_slow_job_does_not_hold_up_another(ticking: Ticking) -> None:
    """Collecting for minutes must not delay the hand-off."""
    done = Event()
    ticking.every(SELDOM, "slow", lambda: done.wait(PATIENCE))
    quick = Counted()
    ticking.every(OFTEN, "quick", quick)
    quick.wait_for(3)
    done.set()


def test_stopping_waits_for_what_is_under_way() -> None:
    """A look that was begun is finished."""
    ticking, begun, finished = Ticking(), Event(), Event()

    def work() -> None:
        begun.set()
        time.sleep(0.1)
        finished.set()

    ticking.every(SELDOM, "work", work)
    assert begun.wait(PATIENCE)
    ticking.stop()
    assert finished.is_set()


def test_after_stopping_nothing_begins() -> None:
    """The process may close its database."""
    ticking, job = Ticking(), Counted()
    ticking.every(OFTEN, "job", job)
    job.wait_for(1)
    ticking.stop()
    runs = job.runs
    time.sleep(0.05)
    assert job.runs == runs
