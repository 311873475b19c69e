"""Who is mailed and who is not, on every kind of database."""

from __future__ import annotations

import shutil
import tracemalloc
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path

import pytest
from sqlalchemy import Connection, event

from digest.storage import Database
from subscribers import (
    Links,
    People,
    State,
)
from subscribers.audience import stream

KEY = b"0123456789abcdef0123456789abcdef"
NOW = datetime(2026, 11, 23, 8, 0, 0, 123456, tzinfo=UTC)


@pytest.fixture
def people(store: Database) -> People:
    return People(store.engine, KEY, lambda: NOW)


def _lines(count: int, extra: str = "") -> Iterator[str]:
    yield "email,name\n"
    for number in range(count):
        yield f"reader{number}@example.org,Reader {number}{extra}\n"


def test_a_suppressed_address_is_not_mailed(people: People) -> None:
    """A suppression holds for whoever has the address, now or later, until it is taken back."""
    people.suppress("jane@example.org", "hard bounce", how="550 5.1.1")
    jane = people.add("Jane@example.org", {"weekly": None}, how="list")

    assert jane.state is State.SUPPRESSED
    assert list(people.audience("weekly")) == []
    assert people.recipients("weekly", [jane.id]) == {}
    suppression = people.show(jane.address).suppression
    assert suppression
    assert (suppression.reason, suppression.since) == ("hard bounce", NOW)
    people.release("jane@example.org", how="checked")
    assert [r.id for r in people.audience("weekly")] == [jane.id]


def test_the_first_reason_of_a_suppression_stays(people: People) -> None:
    """Suppressing again changes nothing."""
    people.add("jane@example.org", {"weekly": None}, how="list")
    people.suppress("jane@example.org", "complaint", how="loop")
    people.suppress("jane@example.org", "hard bounce", how="550")

    dossier = people.show("jane@example.org")
    assert dossier.suppression
    assert dossier.suppression.reason == "complaint"
    assert len(dossier.consents) == 2


def test_the_audience_is_everybody_active_in_order(people: People) -> None:
    """Ten thousand come by number, each once, with what their letter needs."""
    people.read_csv(_lines(10_000), newsletter="weekly", how="list")
    people.add("other@example.org", {"monthly": None}, how="list")
    people.read_csv(["email,state\n", "reader7@example.org,left\n"], newsletter="weekly")
    audience = list(people.audience("weekly"))

    numbers = [recipient.id for recipient in audience]
    assert numbers == sorted(set(numbers))
    assert {r.address for r in audience} == {
        f"reader{n}@example.org" for n in range(10_000) if n != 7
    }
    first = audience[0]
    person = people.get(first.id)
    assert (first.name, first.handle, first.since) == (person.name, person.handle, NOW)


def test_whose_pause_is_over_comes_in_between(people: People, store: Database) -> None:
    """By number like all others, wherever batches end; whose pause is not over does not come."""
    people.read_csv(_lines(20), newsletter="weekly", how="list")
    everybody = [one.id for one in people.audience("weekly")]
    back_after = {2: 3, 3: 1, 9: 1, 10: 3, 19: 1}
    for place, days in back_after.items():
        link = Links("", KEY).preferences(people.get(everybody[place]).handle)
        until, token = NOW + timedelta(days=days), link.rpartition("/")[2]
        people.self_service.pause(token, until=until, catch_up=False, how="page")
    expected = [one for place, one in enumerate(everybody) if back_after.get(place, 0) < 2]
    for batch in (1, 2, 7, 20, 5_000):
        people_then = stream(store.engine, "weekly", NOW + timedelta(days=2), batch=batch)
        assert [one.id for one in people_then] == expected


def test_a_batch_is_read_in_the_order_of_an_index(tmp_path: Path, migrated_file: Path) -> None:
    """Sorting what is left of a newsletter for each batch takes hours for millions of readers.

    SQLite tells its plan before there are rows; PostgreSQL makes another one of how many there are.
    """
    store = Database(f"sqlite:///{shutil.copy(migrated_file, tmp_path)}", tmp_path)
    people = People(store.engine, KEY, lambda: NOW)
    plans: list[str] = []

    def explain(
        connection: Connection, _cursor: object, statement: str, parameters: object, *_: object
    ) -> None:
        if statement.startswith("SELECT") and isinstance(parameters, tuple):
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
            plans.extend(row[3] for row in plan)

    event.listen(store.engine, "before_cursor_execute", explain)
    assert list(people.audience("weekly")) == []

    assert any("ix_subscriptions_newsletter_state_subscriber_id" in step for step in plans)
    assert not [step for step in plans if "TEMP B-TREE" in step]
    store.close()


def test_the_audience_streams(people: People) -> None:
    """Walking through the audience holds a part of it in memory, not the whole."""
    people.read_csv(_lines(20_000), newsletter="weekly", how="list")

    def peak_of(count: int) -> int:
        tracemalloc.start()
        try:
            assert sum(1 for _ in islice(people.audience("weekly"), count)) == count
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak_of(10)
    assert peak_of(20_000) < 1.5 * peak_of(5_000)


def test_at_hand_off_only_those_who_still_want_it(people: People) -> None:
    """Of numbers asked for, those who left since or never followed are missing."""
    jane, tom, eve = (
        people.add(f"{name}@example.org", {"weekly": ("law",)}, how="list")
        for name in ("jane", "tom", "eve")
    )
    token = Links("", KEY).unsubscribe(tom.handle, "weekly").rpartition("/")[2]
    people.self_service.leave(token, how="link")
    people.erase(eve.id, how="letter")
    found = people.recipients("weekly", [tom.id, jane.id, eve.id, 999])

    assert list(found) == [jane.id]
    assert (found[jane.id].themes, found[jane.id].address) == (("law",), "jane@example.org")
    assert people.recipients("monthly", [jane.id]) == {}
    assert people.recipients("weekly", []) == {}
