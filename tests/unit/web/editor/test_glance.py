"""The week at a glance."""

from __future__ import annotations

import re
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from digest.core.account import Role
from digest.core.outbox import DeliveryState
from digest.core.source import Health
from digest.jobs.week import Outcome
from digest.web.editor.charts import HEIGHT, TALL, bars, stacks
from tests.builders import MONDAY
from tests.contract.keeping import approved_edition
from tests.desk import Desk


def test_a_new_desk_says_that_there_is_nothing(desk: Desk) -> None:
    """Each part of the page has a sentence for being empty."""
    page = desk.signed_in().get().text

    assert "Goes out by itself" in page
    assert "All sources are read well." in page
    assert "Everything that waits has its theme." in page
    assert "No edition went out yet." in page


def test_what_waits_is_counted_by_theme(desk: Desk) -> None:
    """Items stand with the newsletter that takes them, under their theme, or without one."""
    desk.note("A flood in May")
    desk.note("Another flood")
    desk.note("Something else & more")
    desk.house.collect("library", now=True)

    week = desk.house.glance()
    page = desk.signed_in().get().text

    assert [(s.theme.slug, s.waiting, s.weeks[-1]) for s in week.shelves] == [
        ("floods", 2, 2),
        ("fish", 0, 0),
        ("other", 1, 1),
    ]
    assert [len(each.items) for each in week.coming] == [3]
    assert "Something else &amp; more" in page
    assert re.search(
        r"<th scope=\"row\"[^>]*>Floods</th>(<td>0</td>){11}<td>2</td><td>2</td>", page
    )


def test_a_source_in_trouble_is_named_with_its_error(desk: Desk) -> None:
    """In words, and only of sources that are still configured."""
    with desk.house.store.begin() as work:
        record = work.sources.record("library")
        failing = replace(record, health=Health.FAILING, failures=3, error="answered 500")
        work.sources.save(failing)
        work.sources.save(replace(failing, name="forgotten"))

    page = desk.signed_in().get().text

    assert "The library" in page
    assert "never read well" in page
    assert "answered 500" in page
    assert "forgotten" not in page


def test_the_last_edition_adds_up(desk: Desk) -> None:
    """Readers are the sum of what became of their letters."""
    edition = approved_edition(desk.house.store)
    with desk.house.store.begin() as work:
        work.deliveries.enqueue(edition, [(n, (), "") for n in range(1234)], MONDAY)

    page = re.sub(r"<[^>]+>|\s+", " ", desk.signed_in().get().text)
    page = " ".join(page.split())

    assert "1,234 readers = 0 accepted + 1,234 still to go + 0 in doubt or held" in page


@given(st.lists(st.integers(min_value=0, max_value=10**9), min_size=1, max_size=30))
def test_bars_stay_in_their_drawing(values: list[int]) -> None:
    """Each stands on the floor, none is too high, and what is more than nothing is seen."""
    chart = bars(values, max(values))

    for mark in chart.marks:
        assert 0 <= mark.y <= HEIGHT
        assert mark.y + mark.height == HEIGHT
        assert (mark.height > 0) == (mark.value > 0)
        assert mark.x + mark.width <= chart.width


@given(st.lists(st.lists(st.integers(0, 10**7), min_size=9, max_size=9), max_size=12))
def test_columns_stay_in_their_drawing(editions: list[list[int]]) -> None:
    """Whatever the counts, no layer leaves the drawing, and all numbers are there."""
    outcomes = [
        Outcome(None, "", dict(zip(DeliveryState, counts, strict=True)))  # type: ignore[arg-type] # only counts are drawn
        for counts in editions
    ]
    chart = stacks(outcomes)

    assert sum(mark.value for mark in chart.marks) == sum(map(sum, editions))
    assert all(0 <= mark.y <= TALL for mark in chart.marks)


def test_what_has_no_theme_gets_one_by_a_click(desk: Desk) -> None:
    """Guesses are offered first, then all; who may only look sees no buttons."""
    desk.note("Something else & more")
    desk.note("Nothing that anybody knows")
    desk.house.collect("library", now=True)
    mira = desk.signed_in("mira", Role.EDITOR)
    with desk.house.store.read() as work:
        first, second = (item.resource.id for item in work.resources.to_file(2))

    assert "Filed under Fish" in mira.does(f"file/{first}", theme="fish")
    assert "Filed under Other" in mira.does(f"file/{second}", theme="", another="other")
    with desk.house.store.read() as work:
        filed = [work.resources.get(number) for number in (first, second)]
    assert [(one.filing.theme, one.filing.by) for one in filed if one] == [
        ("fish", "mira"),
        ("other", "mira"),
    ]
    assert "Everything that waits has its theme." in mira.get().text


def test_filing_asks_for_a_theme_and_for_the_right_to(desk: Desk) -> None:
    """Without a theme nothing is filed, nor by who may only look."""
    desk.note("Nothing that anybody knows")
    desk.house.collect("library", now=True)
    assert desk.signed_in("mira", Role.EDITOR).post("file/1", theme="").status_code == 422
    viewer = desk.signed_in("vera", Role.VIEWER)
    assert 'action="/editor/file/' not in viewer.get().text
    assert viewer.post("file/1", theme="fish").status_code == 403
    assert desk.house.to_file().count == 1
