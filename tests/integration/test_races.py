"""Two workers at once: each thing happens once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from digest.core.edition import EditionState
from digest.errors import ConflictError
from digest.storage import Database
from tests.builders import MONDAY, a_filed_resource, an_edition
from tests.contract.keeping import approved_edition, keep_resource, open_edition

WORKERS = 4
LEASE = timedelta(minutes=10)


def _at_once(job: Callable[[int], object]) -> list[object]:
    """Run a job by several threads that start together; a conflict is an answer too."""
    start = threading.Barrier(WORKERS)

    def run(worker: int) -> object:
        start.wait()
        with suppress(ConflictError):
            return job(worker)
        return "conflict"

    with ThreadPoolExecutor(WORKERS) as pool:
        return list(pool.map(run, range(WORKERS)))


def test_no_row_is_claimed_twice(store: Database) -> None:
    """Workers that claim all rows in small batches share none, and leave none."""
    edition = approved_edition(store)
    with store.begin() as work:
        work.deliveries.enqueue(edition, ((n, ("a",), "") for n in range(200)), MONDAY)
    claimed: list[int] = []

    def claim_all(worker: int) -> None:
        while True:
            with store.begin() as work:
                claim = work.deliveries.claim(edition, f"w{worker}", MONDAY, MONDAY + LEASE, 7)
            if not claim.deliveries:
                return
            claimed.extend(delivery.id for delivery in claim.deliveries)

    assert _at_once(claim_all) == [None] * WORKERS
    assert (len(claimed), len(set(claimed))) == (200, 200)


def test_an_edition_is_approved_by_one(store: Database) -> None:
    """Of several approvals at once one is kept, the others are told."""
    edition = open_edition(store)

    def approve(worker: int) -> object:
        with store.begin() as work:
            work.editions.approve(edition, an_edition(), by=f"w{worker}", now=MONDAY, tag="t")
        return "approved"

    assert sorted(map(str, _at_once(approve))) == ["approved", *["conflict"] * (WORKERS - 1)]


def test_a_slot_is_opened_by_one(store: Database) -> None:
    """Several schedulers at one due time make one edition."""

    def add(_: int) -> object:
        with store.begin() as work:
            return work.editions.add("weekly", MONDAY, MONDAY, EditionState.DRAFT).newsletter

    assert sorted(map(str, _at_once(add))) == [*["conflict"] * (WORKERS - 1), "weekly"]


def test_a_resource_is_taken_by_one_edition(store: Database) -> None:
    """Several editions that want the same resource at once: one gets it."""
    resource = keep_resource(store)
    editions = [open_edition(store, MONDAY + timedelta(days=n)) for n in range(WORKERS)]

    def take(worker: int) -> object:
        with store.begin() as work:
            work.editions.take(editions[worker], [(resource, None)])
        return "taken"

    assert sorted(map(str, _at_once(take))) == [*["conflict"] * (WORKERS - 1), "taken"]


def test_a_resource_is_added_by_one(store: Database) -> None:
    """Several collectors that meet a new address at once make one resource."""
    filed = a_filed_resource()

    def add(_: int) -> object:
        with store.begin() as work:
            work.resources.add(
                filed.resource.facts, tag="t", now=MONDAY, backlog=False, filing=filed.filing
            )
        return "added"

    assert sorted(map(str, _at_once(add))) == ["added", *["conflict"] * (WORKERS - 1)]


def test_a_due_source_is_claimed_by_one(store: Database) -> None:
    """Several processes that find a source due at once: one collects it."""

    def claim(_: int) -> object:
        with store.begin() as work:
            return work.sources.claim("library", MONDAY, MONDAY + LEASE)

    assert sorted(map(bool, _at_once(claim))) == [False] * (WORKERS - 1) + [True]


def test_a_lock_lets_one_in(store: Database) -> None:
    """What one process composes under the lock, the next one sees."""

    def compose(worker: int) -> object:
        with store.begin() as work:
            work.editions.lock("weekly")
            number = len(work.editions.records("weekly"))
            slot = MONDAY + timedelta(days=worker)
            work.editions.add("weekly", slot, slot, EditionState.DRAFT)
        return number

    assert sorted(map(str, _at_once(compose))) == [str(n) for n in range(WORKERS)]


def test_one_key_is_made(store: Database, database_url: str, tmp_path: Path) -> None:
    """Several processes that ask for the first time get the same key."""
    del store

    def ask(_: int) -> object:
        own = Database(database_url, tmp_path)
        try:
            return own.key()
        finally:
            own.close()

    assert len(set(_at_once(ask))) == 1
