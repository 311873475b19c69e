"""Which jobs a process runs, by its command and its engine."""

from __future__ import annotations

from pathlib import Path

import pytest

from digest.config import Settings
from digest.errors import UsageError
from digest.jobs.calls import LANES
from digest.web import background
from digest.wiring import House
from tests.fakes import DirectEngine

SITE = {
    "name": "Riverbank",
    "url": "https://digest.example.org",
    "contact": "editors@example.org",
    "postal_address": "7 Weir Lane, Berlin",
}


class NotingEngine(DirectEngine):
    """Notes what it is to look for, and how it is started."""

    def __init__(self, *, shared: bool) -> None:
        super().__init__()
        self.shared = shared
        self.looks: list[str] = []

    def every(self, interval: object, name: str, job: object) -> None:
        self.looks.append(name)


@pytest.fixture
def engine(request: pytest.FixtureRequest) -> NotingEngine:
    return NotingEngine(shared=getattr(request, "param", True))


@pytest.fixture
def house(tmp_path: Path, engine: NotingEngine) -> House:
    mail = {"from_address": "digest@example.org"}
    house = House(Settings.model_validate({"root": tmp_path, "site": SITE, "mail": mail}))
    house.store.upgrade()
    # Only once the tables are there: a shared queue would keep some of its own beside them.
    house.engine = engine
    return house


shared_or_not = pytest.mark.parametrize("engine", [True, False], indirect=True)
alone = pytest.mark.parametrize("engine", [False], indirect=True)


@shared_or_not
def test_serving_looks_for_everything_and_runs_everything(
    house: House, engine: NotingEngine
) -> None:
    """And every call has its job."""
    found = background.everything(house)
    assert found.lanes == LANES
    assert engine.looks == ["sources", "editions", "people", "letters", "notes"]
    assert sorted(engine.jobs) == [
        "collect", "compose", "deliver", "notes", "publish", "release", "send",
    ]  # fmt: skip


def test_a_scheduler_leaves_shared_work_to_the_workers(house: House, engine: NotingEngine) -> None:
    """It only looks for what is due."""
    assert background.scheduling(house).lanes == {}
    assert engine.looks == ["sources", "editions", "people", "letters", "notes"]


@alone
def test_a_scheduler_does_itself_what_nobody_else_could(house: House) -> None:
    """Where calls do not leave the process."""
    assert background.scheduling(house).lanes == LANES


def test_a_worker_runs_what_is_shared_and_looks_for_nothing(
    house: House, engine: NotingEngine
) -> None:
    """The scheduler does that."""
    assert background.working(house, []).lanes == LANES
    assert engine.looks == []


def test_a_worker_may_be_for_some_queues(house: House) -> None:
    """With as many jobs at a time as it is told."""
    assert background.working(house, ["letters", "pages"]).lanes == {"pages": 1, "letters": 1}
    assert background.working(house, ["letters"], 3).lanes == {"letters": 3}


def test_a_queue_that_is_not_there_is_wrong_use(house: House) -> None:
    """The sentence lists those there are."""
    with pytest.raises(UsageError, match=r'^no queue "leters"; expected some of sources, '):
        background.working(house, ["leters"])


@alone
def test_a_worker_of_its_own_hands_off_letters(house: House, engine: NotingEngine) -> None:
    """It finds in the rows which are due."""
    assert background.working(house, []).lanes == {"pages": 1, "letters": 1, "notes": 1}
    assert engine.looks == ["letters", "notes"]


@alone
def test_a_worker_of_its_own_has_no_queues_to_choose(house: House) -> None:
    """It says what to do instead."""
    with pytest.raises(UsageError, match="leave --queues and --concurrency out"):
        background.working(house, ["letters"])


def test_pages_are_brought_up_to_date_where_they_are_made(house: House, tmp_path: Path) -> None:
    """At the start, and nowhere else."""
    background.working(house, ["letters"])
    assert not (tmp_path / "public" / "index.html").exists()
    background.working(house, ["pages"])
    assert (tmp_path / "public" / "index.html").exists()
