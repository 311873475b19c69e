"""``/metrics`` tells the counts, and costs little however often it is asked."""

from __future__ import annotations

from datetime import timedelta

from starlette.applications import Starlette
from starlette.testclient import TestClient

from digest.core.outbox import DeliveryState, Settlement
from digest.jobs.survey import Measure, Survey
from digest.storage import Database
from digest.web import metrics
from tests.builders import MONDAY
from tests.sending import StoppedClock, an_approved_edition


class _Census:
    def tally(self) -> dict[tuple[str, str], int]:
        return {("weekly", "active"): 2, ("weekly", "left"): 1}


def _told(store: Database) -> list[str]:
    survey = Survey(store, StoppedClock(MONDAY + timedelta(minutes=2)), _Census())
    answer = TestClient(Starlette(routes=[metrics.route(survey)])).get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    return answer.text.splitlines()


def test_letters_are_told_by_edition_and_state(store: Database) -> None:
    """With for how long the oldest has waited, and that nobody paused them."""
    edition = an_approved_edition(store, [("theme-1",)] * 3)
    with store.begin() as work:
        claim = work.deliveries.claim(edition, "ada", MONDAY, MONDAY + timedelta(hours=1), 1)
        done = Settlement(claim.deliveries[0].id, 1, DeliveryState.ACCEPTED)
        work.deliveries.settle("ada", [done], MONDAY)
    told = _told(store)
    assert 'digest_letters{edition="weekly/2026-11-23",state="due"} 2' in told
    assert 'digest_letters{edition="weekly/2026-11-23",state="accepted"} 1' in told
    assert "digest_queue_age_seconds 120" in told
    assert 'digest_edition_paused{edition="weekly/2026-11-23"} 0' in told


def test_a_paused_edition_is_no_late_one(store: Database) -> None:
    """It is told as paused, and does not make the queue old."""
    edition = an_approved_edition(store, [("theme-1",)])
    with store.begin() as work:
        work.editions.pause(edition, "a wrong link", MONDAY)
    told = _told(store)
    assert 'digest_edition_paused{edition="weekly/2026-11-23"} 1' in told
    assert "digest_queue_age_seconds 0" in told


def test_an_empty_house_has_its_zeros(store: Database) -> None:
    """States that nothing is in are told, so that an alert has something to look at."""
    told = _told(store)
    assert 'digest_sources{health="failing"} 0' in told
    assert 'digest_editions{state="sent"} 0' in told
    assert 'digest_subscriptions{newsletter="weekly",state="active"} 2' in told


def test_an_answer_is_kept_for_a_while() -> None:
    """Longer, the longer the count takes: at most a twentieth of a processor goes into it."""
    now, counts = [0.0], [0]

    def slow() -> list[Measure]:
        counts[0] += 1
        now[0] += 1.0
        return []

    kept = metrics.Kept(slow, elapsed=lambda: now[0])
    kept.text()
    now[0] = 20.9
    kept.text()
    assert counts == [1]
    now[0] = 21.0
    kept.text()
    assert counts == [2]


def test_labels_are_escaped() -> None:
    """Whatever stands in them, a line stays a line."""
    text = metrics.exposition([Measure("m", "Said.", (((("name", 'a"b\\c\nd'),), 1.5),))])
    assert text == '# HELP m Said.\n# TYPE m gauge\nm{name="a\\"b\\\\c\\nd"} 1.5\n'
