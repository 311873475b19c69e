"""A sender on either database, with a clock that stands still."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from digest.jobs.deliver import Deliver
from digest.ports import Mailer, Store
from tests.builders import MONDAY
from tests.fakes import FakeJournals
from tests.sending import FakeRoll, StoppedClock, a_writer


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock(MONDAY + timedelta(minutes=1))


@pytest.fixture
def journals() -> FakeJournals:
    return FakeJournals()


@pytest.fixture
def deliver(store: Store, clock: StoppedClock, journals: FakeJournals) -> Callable[..., Deliver]:
    def make(mailer: Mailer, **over: object) -> Deliver:
        fields: dict[str, object] = {
            "people": FakeRoll(),
            "writer": a_writer(),
            "journals": journals,
            "give_up_after": timedelta(days=2),
            "elapsed": clock.elapsed,
            "pause": clock.pause,
        }
        return Deliver(store, clock, mailer, **{**fields, **over})  # type: ignore[arg-type] # the caller names the fields

    return make
