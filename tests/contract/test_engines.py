"""What every engine promises (:class:`digest.ports.Engine`)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from threading import Event

import pytest

from digest import plugins
from digest.ports import Engine

PATIENCE = 20.0

Make = Callable[[], Engine]


@pytest.fixture(params=plugins.kinds("engines"))
def make(request: pytest.FixtureRequest) -> Make:
    """A new engine of each kind."""
    kind: Make = plugins.load("engines", request.param)
    return kind


def test_a_job_runs_again_and_again(make: Make) -> None:
    """Until the engine is stopped."""
    engine, ticks = make(), [Event() for _ in range(3)]
    waiting = iter(ticks)
    engine.every(timedelta(milliseconds=10), "tick", lambda: next(waiting, Event()).set())
    engine.start()
    assert all(tick.wait(PATIENCE) for tick in ticks)
    engine.stop()


def test_a_job_that_raises_does_not_stop_the_others(make: Make) -> None:
    """Nor itself: it is run again."""
    engine, again, other = make(), Event(), Event()
    runs = iter([None, again])

    def fail() -> None:
        if event := next(runs, None):
            event.set()
        raise RuntimeError("no luck")

    engine.every(timedelta(milliseconds=10), "fail", fail)
    engine.every(timedelta(milliseconds=10), "other", other.set)
    engine.start()
    assert again.wait(PATIENCE)
    assert other.wait(PATIENCE)
    engine.stop()


def test_it_can_be_stopped_at_any_time(make: Make) -> None:
    """Before its start as well."""
    engine = make()
    engine.every(timedelta(days=1), "never", lambda: None)
    engine.stop()
