"""What every store promises about the journal of lessons."""

from __future__ import annotations

from datetime import date
from threading import Thread

import pytest

from digest.core.filing.example import Example
from digest.core.filing.taught import FILED, Taught, approved
from digest.core.resource import ResourceId
from digest.errors import DigestError
from digest.ports import Store
from tests.builders import MONDAY
from tests.contract.keeping import keep_resource

EXAMPLE = Example("Nul \0, half a pair \ud83d", "on water", "https://a.example.org/", ("a", "b"))


def a_row(resource: int, theme: str = "theme-1", act: str = FILED) -> Taught:
    return Taught(ResourceId(resource), theme, date(2026, 11, 23), EXAMPLE, act)


def taught(store: Store, *rows: Taught) -> None:
    with store.begin() as work:
        work.lessons.append(rows)


def journal(store: Store, after: int = 0) -> list[tuple[int, str]]:
    with store.read() as work:
        return [(row.resource, row.theme) for row in work.lessons.after(after)]


def test_a_lesson_comes_back_as_it_was_taught(store: Store) -> None:
    """Every field survives, and the row has a number and a batch."""
    one, two = keep_resource(store, 1), keep_resource(store, 2)
    taught(store, a_row(one), a_row(two, "", approved(7)))
    with store.read() as work:
        first, second = work.lessons.after(0)
        assert work.lessons.last() == second.number > first.number > 0
    assert (first.example, first.day, first.act) == (EXAMPLE, date(2026, 11, 23), FILED)
    assert (second.theme, second.act) == ("", "approved in 7")
    assert first.batch == second.batch


def test_what_is_said_at_another_time_is_another_batch(store: Store) -> None:
    """Each call makes one; of no rows it makes none."""
    one = keep_resource(store)
    taught(store)
    taught(store, a_row(one))
    taught(store, a_row(one, "theme-2"))
    with store.read() as work:
        first, second = work.lessons.after(0)
    assert first.batch != second.batch
    assert journal(store, first.number) == [(one, "theme-2")]


def test_a_journal_without_rows(store: Store) -> None:
    """Nothing was taught, so there is nothing to follow, to recall or to count."""
    with store.read() as work:
        assert (work.lessons.last(), work.lessons.after(0), work.lessons.packed()) == (0, [], None)
        assert work.lessons.standing([ResourceId(1)]) == {}
        assert (work.lessons.tally(), work.lessons.rejected()) == ({}, [])


def test_the_last_word_on_a_resource_stands(store: Store) -> None:
    """Later rows replace earlier ones; what was taken back stands no more."""
    one, two, three = (keep_resource(store, n) for n in (1, 2, 3))
    taught(store, a_row(one), a_row(two), a_row(three))
    taught(store, a_row(one, "theme-2"))
    taught(store, a_row(two, ""))
    with store.read() as work:
        standing = work.lessons.standing([one, two])
        assert [row.theme for row in work.lessons.of(one)] == ["theme-2", "theme-1"]
        assert work.lessons.tally() == {"theme-1": 1, "theme-2": 1}
    assert {key: row.theme for key, row in standing.items()} == {one: "theme-2"}


def test_a_lesson_of_a_failed_transaction_was_never_taught(store: Store) -> None:
    """It goes with the act that taught it."""
    one = keep_resource(store)

    def fail_after_teaching() -> None:
        with store.begin() as work:
            work.lessons.append([a_row(one)])
            raise DigestError("it failed here")

    with pytest.raises(DigestError):
        fail_after_teaching()
    assert journal(store) == []


def test_who_teaches_at_the_same_time_waits(store: Store) -> None:
    """Numbers grow in the order in which rows are kept: no reader can miss one."""
    one, two = keep_resource(store, 1), keep_resource(store, 2)
    late = Thread(target=taught, args=(store, a_row(two)))
    with store.begin() as work:
        work.lessons.append([a_row(one)])
        late.start()
        late.join(0.2)
        assert late.is_alive()
    late.join()
    assert journal(store) == [(one, "theme-1"), (two, "theme-1")]


def test_what_was_learnt_is_kept_once(store: Store) -> None:
    """What is packed later replaces what was packed before."""
    for number in (1, 2):
        with store.begin() as work:
            work.lessons.pack(number, bytes([number]) * 9)
    with store.read() as work:
        assert work.lessons.packed() == b"\2" * 9


def test_themes_that_are_not_wanted_are_remembered(store: Store) -> None:
    """By the terms that told them, in the order they were refused."""
    for terms in (("weir", "lock"), ("gauge",)):
        with store.begin() as work:
            work.lessons.reject(terms, by="mira", now=MONDAY)
    with store.read() as work:
        assert work.lessons.rejected() == [("weir", "lock"), ("gauge",)]
