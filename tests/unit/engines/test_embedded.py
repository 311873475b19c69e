"""The engine in one process: late jobs, failing jobs, and how it stops."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from threading import Event, Lock

import pytest

from digest.engines.embedded import EmbeddedEngine

OFTEN = timedelta(milliseconds=10)
SELDOM = timedelta(days=1)
PATIENCE = 20.0
"""Seconds after which a test gives up waiting for what must come."""


@pytest.fixture
def engine() -> Iterator[EmbeddedEngine]:
    engine = EmbeddedEngine()
    yield engine
    engine.stop()


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


def test_a_job_runs_at_once_and_again(engine: EmbeddedEngine) -> None:
    """The first run is the catching up at start."""
    soon, seldom = Counted(), Counted()
    engine.every(OFTEN, "soon", soon)
    engine.every(SELDOM, "seldom", seldom)
    engine.start()
    soon.wait_for(3)
    seldom.wait_for(1)


def test_a_job_that_is_hours_late_still_runs(engine: EmbeddedEngine) -> None:
    """The scheduler's own habit is to skip a job that is a second late."""
    job = Counted()
    engine.every(SELDOM, "late", job)
    hours_ago = datetime.now(UTC) - timedelta(hours=5)
    engine._scheduler.get_job("late").modify(next_run_time=hours_ago)
    engine.start()
    job.wait_for(1)


def test_runs_missed_together_are_one_run(engine: EmbeddedEngine) -> None:
    """A machine that slept for a day does not repeat each of its seconds."""
    job = Counted()
    engine.every(timedelta(hours=1), "hourly", job)
    days_ago = datetime.now(UTC) - timedelta(days=3)
    engine._scheduler.get_job("hourly").modify(next_run_time=days_ago)
    other = Counted()
    engine.every(OFTEN, "other", other)
    engine.start()
    other.wait_for(5)
    assert job.runs == 1


def test_a_job_that_raises_keeps_its_schedule(
    engine: EmbeddedEngine, caplog: pytest.LogCaptureFixture
) -> None:
    """What went wrong is logged with its name; the next run comes."""

    def fail() -> None:
        raise RuntimeError("no luck")

    job = Counted(fail)
    engine.every(OFTEN, "unlucky", job)
    with caplog.at_level(logging.ERROR):
        engine.start()
        job.wait_for(3)
    assert "job unlucky failed" in caplog.messages


def test_two_runs_of_a_job_are_never_at_once(engine: EmbeddedEngine) -> None:
    """A slow run delays the next one."""
    job = Counted(lambda: time.sleep(0.03))
    engine.every(OFTEN, "slow", job)
    engine.start()
    job.wait_for(4)
    assert job.most == 1


def test_a_slow_job_does_not_hold_up_another(engine: EmbeddedEngine) -> None:
    """Collecting for minutes must not delay the hand-off."""
    done = Event()
    engine.every(SELDOM, "slow", lambda: done.wait(PATIENCE))
    quick = Counted()
    engine.every(OFTEN, "quick", quick)
    engine.start()
    quick.wait_for(3)
    done.set()


def test_stopping_waits_for_what_is_under_way(engine: EmbeddedEngine) -> None:
    """A letter on the wire is finished and accounted for."""
    begun, finished = Event(), Event()

    def work() -> None:
        begun.set()
        time.sleep(0.1)
        finished.set()

    engine.every(SELDOM, "work", work)
    engine.start()
    assert begun.wait(PATIENCE)
    engine.stop()
    assert finished.is_set()


def test_after_stopping_nothing_begins() -> None:
    """The process may close its database."""
    engine, job = EmbeddedEngine(), Counted()
    engine.every(OFTEN, "job", job)
    engine.start()
    job.wait_for(1)
    engine.stop()
    runs = job.runs
    time.sleep(0.05)
    assert job.runs == runs


@pytest.mark.parametrize("starts", [0, 1])
def test_stopping_twice_or_before_the_start_is_no_fault(starts: int) -> None:
    """Whoever cleans up need not know how far it came."""
    engine = EmbeddedEngine()
    for _ in range(starts):
        engine.start()
    engine.stop()
    engine.stop()
