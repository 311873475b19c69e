"""Files of people, in and out, on every kind of database."""

from __future__ import annotations

import gc
import io
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice

import pytest
from sqlalchemy import Engine

from digest.storage import Database
from subscribers import (
    Offer,
    People,
    metadata,
)

KEY = b"0123456789abcdef0123456789abcdef"
NOW = datetime(2026, 11, 23, 8, 0, 0, 123456, tzinfo=UTC)


@pytest.fixture
def people(store: Database, monkeypatch: pytest.MonkeyPatch) -> People:
    monkeypatch.setattr("subscribers.importing.BATCH", 1_000)
    return People(store.engine, KEY, lambda: NOW)


def _lines(count: int, extra: str = "") -> Iterator[str]:
    yield "email,name\n"
    for number in range(count):
        yield f"reader{number}@example.org,Reader {number}{extra}\n"


def test_an_import_tells_what_became_of_each_line(people: People) -> None:
    """Added, changed, unchanged and rejected lines are counted, with line and reason."""
    people.add("tom@example.org", {"weekly": ("law",)}, how="list", name="Tom")
    lines = [
        "Email;Name;Themes;Shoe size\r\n",
        "jane@example.org;Jane;;38\r\n",
        "TOM@example.org;;tax;43\r\n",
        "nobody;;;\r\n",
        "jane@example.org;;;\r\n",
    ]
    report = people.read_csv(lines, newsletter="weekly", how="list")

    assert (report.added, report.changed, report.unchanged) == (1, 1, 1)
    assert [r.line for r in report.rejected] == [4]
    assert report.warnings == ("Columns passed over, as nothing here is called so: Shoe size",)


def test_importing_again_adds_nobody(people: People, store: Database) -> None:
    """The same file twice leaves every row as it was."""
    report = people.read_csv(_lines(2_500), newsletter="weekly", how="list")
    before = _dump(store.engine)
    again = people.read_csv(_lines(2_500), newsletter="weekly", how="list")

    assert (report.added, again.added, again.unchanged) == (2_500, 0, 2_500)
    assert _dump(store.engine) == before


def test_an_import_that_dies_half_way_is_resumed_by_running_it_again(people: People) -> None:
    """Each batch of lines is kept whole; the next run adds the rest, and nobody twice."""

    def dying() -> Iterator[str]:
        yield from islice(_lines(2_500), 1_701)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        people.read_csv(dying(), newsletter="weekly", how="list")
    assert people.count() == 1_000
    report = people.read_csv(_lines(2_500), newsletter="weekly", how="list")
    assert (report.added, report.unchanged, people.count()) == (1_500, 1_000, 2_500)


def test_a_dry_run_keeps_nothing(people: People, store: Database) -> None:
    """It reports as the real run would, tells its progress, and changes no row."""
    before = _dump(store.engine)
    done: list[int] = []
    report = people.read_csv(
        _lines(1_500), newsletter="weekly", how="list", dry_run=True, progress=done.append
    )

    assert report.added == 1_500
    assert done == [1_000, 1_500]
    assert _dump(store.engine) == before


def test_an_import_leaves_the_garbage_collector_as_it_was(people: People) -> None:
    """Whatever becomes of it."""
    before = gc.get_threshold()

    def dying() -> Iterator[str]:
        yield from _lines(1)
        assert gc.get_threshold() != before
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        people.read_csv(dying(), newsletter="weekly", how="list")
    assert gc.get_threshold() == before


def test_the_reasons_of_a_wrong_file_are_told_up_to_a_thousand(people: People) -> None:
    """A file that is wrong all through fills no memory with reasons."""
    lines = ("email\n" if n == 0 else "nobody\n" for n in range(2_501))
    report = people.read_csv(lines, newsletter="weekly", how="list")

    assert (len(report.rejected), report.rejected_more) == (1_000, 1_500)


def test_an_export_comes_back_as_it_was(people: People, store: Database) -> None:
    """Erasing everybody and importing the export gives the same people and subscriptions."""
    people.add("jane@example.org", {"weekly": ("law",), "monthly": None}, how="form, 2025",
               name="=HYPERLINK(1)", language="de")  # fmt: skip
    people.add("+tag@example.org", {"weekly": None}, how="list", name="'-x")
    people.read_csv(["email,state,newsletters\n", "tom@example.org,paused,weekly\n",
                     "eve@example.org,left,weekly\n"], how="list")  # fmt: skip
    out = io.StringIO(newline="")
    assert people.export(out) == 4
    before = _told(people)
    with store.engine.begin() as connection:
        for table in reversed(metadata.sorted_tables):
            connection.execute(table.delete())

    report = people.read_csv(io.StringIO(out.getvalue(), newline=""))
    assert report.rejected == ()
    assert _told(people) == before


def test_an_export_is_safe_in_a_spreadsheet(people: People) -> None:
    """No cell begins with what makes a spreadsheet calculate."""
    people.add("=cmd@example.org", {"weekly": None}, how="@SUM(1)", name="-2+3|cmd")
    out = io.StringIO(newline="")
    people.export(out)

    assert out.getvalue().splitlines()[1].split(",")[:2] == ["'=cmd@example.org", "'-2+3|cmd"]
    assert "'@SUM(1)" in out.getvalue()


def test_only_what_is_offered_is_imported(people: People) -> None:
    """A line that names another newsletter is rejected."""
    lines = ["email,newsletters\n", "jane@example.org,dayly\n"]
    report = people.read_csv(lines, how="list", offers=[Offer("daily", "Daily")])

    assert (report.added, len(report.rejected)) == (0, 1)


def _dump(engine: Engine) -> list[tuple[object, ...]]:
    with engine.connect() as connection:
        return [
            tuple(row)
            for table in metadata.sorted_tables
            for row in connection.execute(table.select().order_by(*table.primary_key))
        ]


def _told(people: People) -> list[tuple[object, ...]]:
    return sorted(
        (p.address, p.name, p.language, s.newsletter, s.themes or (), s.state,
         s.since.replace(microsecond=0), people.show(p.address).consents[-1].how)
        for p in people.list()
        for s in p.subscriptions
    )  # fmt: skip
