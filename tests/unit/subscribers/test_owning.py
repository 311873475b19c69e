"""What readers do with what is theirs: pause, move, look, be forgotten."""

from __future__ import annotations

import json
import re

import pytest
from sqlalchemy import Engine
from starlette.testclient import TestClient

from subscribers import Desk, Links, People, State, Subscriber
from tests.unit.subscribers.conftest import Clock, Letterbox, dump


def _state(people: People, address: str = "jane@example.org") -> State:
    person = people.find(address)
    assert person
    return person.subscriptions[-1].state


def test_a_pause_ends_by_itself(
    web: TestClient, people: People, clock: Clock, jane: Subscriber, links: Links
) -> None:
    """From its day on letters go out, also before anybody has noted it."""
    link = links.preferences(jane.handle)
    assert "Paused" in web.post(link, data={"pause": "1", "until": "2026-12-01"}).text
    assert list(people.audience("weekly")) == []
    clock.pass_by(days=8)
    assert [r.id for r in people.audience("weekly")] == [jane.id]
    assert (people.wake(), people.wake()) == (1, 0)
    assert _state(people) is State.ACTIVE
    assert people.show(jane.address).consents[-1].at.isoformat() == "2026-12-01T00:00:00+00:00"


def test_a_pause_without_a_day_ends_when_told(
    web: TestClient, people: People, clock: Clock, jane: Subscriber, links: Links
) -> None:
    """The page offers that."""
    link = links.preferences(jane.handle)
    web.post(link, data={"pause": "1", "until": ""})
    clock.pass_by(days=900)
    assert list(people.audience("weekly")) == []
    assert 'name="resume"' in web.get(link).text
    web.post(link, data={"resume": "1"})
    assert len(list(people.audience("weekly"))) == 1


@pytest.mark.parametrize("day", ["soon", "2026-11-01", "2099-01-01", "2026-13-01"])
def test_a_day_that_cannot_be_pauses_nothing(
    web: TestClient, people: People, jane: Subscriber, links: Links, day: str
) -> None:
    """The page says what it wants."""
    answer = web.post(links.preferences(jane.handle), data={"pause": "1", "until": day})
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert _state(people) is State.ACTIVE


def test_a_new_address_is_asked_first(
    web: TestClient,
    desk: Desk,
    people: People,
    letterbox: Letterbox,
    jane: Subscriber,
    links: Links,
) -> None:
    """Only its owner's button moves the letters; every old link goes on to work."""
    preferences = links.preferences(jane.handle)
    web.post(preferences, data={"move": "1", "address": "new@example.net"})
    desk.reception.answer()
    kind, to, values = letterbox.letters[-1]
    assert (kind, to) == ("address-change", "new@example.net")
    assert people.find("new@example.net") is None
    web.post(str(values["url"]))
    moved = people.find("new@example.net")
    assert moved
    assert (moved.id, people.find(jane.address)) == (jane.id, None)
    assert web.get(preferences).status_code == 200
    web.post(links.unsubscribe(jane.handle, "weekly"))
    assert _state(people, "new@example.net") is State.LEFT


def test_moving_to_an_address_that_is_here_joins_the_two(
    web: TestClient,
    desk: Desk,
    people: People,
    letterbox: Letterbox,
    jane: Subscriber,
    links: Links,
) -> None:
    """It takes over what it did not follow, the old one leaves, and both keep their links."""
    other = people.add("new@example.net", {"monthly": None}, how="form")
    web.post(links.preferences(jane.handle), data={"move": "1", "address": "new@example.net"})
    desk.reception.answer()
    web.post(str(letterbox.letters[-1][2]["url"]))
    assert [r.id for r in people.audience("weekly")] == [other.id]
    assert _state(people) is State.LEFT
    assert web.get(links.preferences(jane.handle)).status_code == 200


def test_a_reader_sees_why_and_takes_all_that_is_kept(
    web: TestClient, jane: Subscriber, links: Links
) -> None:
    """How each letter came about, and the whole record as JSON."""
    link = links.preferences(jane.handle)
    assert "The Weekly: joined on 23 November 2026 (paper form)" in web.get(link).text
    answer = web.get(f"{link}/data.json")
    data = json.loads(answer.text)
    assert (data["address"], data["subscriptions"][0]["themes"]) == (jane.address, ["water"])
    assert data["history"][0]["how"] == "paper form"
    assert answer.headers["cache-control"] == "no-store"


def test_a_reader_is_forgotten_by_a_button(
    web: TestClient,
    desk: Desk,
    engine: Engine,
    people: People,
    letterbox: Letterbox,
    jane: Subscriber,
    links: Links,
) -> None:
    """A link of its own asks, its button acts; no table holds the address any more."""
    link = links.preferences(jane.handle)
    web.post("/preferences", data={"address": jane.address})
    erase = re.search(r'href="\.\.(/erase/[^"]+)"', web.get(link).text)
    assert erase
    assert "Delete everything" in web.get(erase[1]).text
    assert people.find(jane.address)
    assert "You are forgotten" in web.post(erase[1]).text
    assert "jane" not in repr(dump(engine)).casefold()
    assert letterbox.forgotten == [jane.address]
    assert web.post(erase[1]).status_code == web.get(link).status_code == 404


def test_a_language_is_one_of_those_on_offer(
    web: TestClient, people: People, jane: Subscriber, links: Links
) -> None:
    """Anything else is passed over."""
    for wanted, got in (("de", "de"), ("xx", "de")):
        web.post(links.preferences(jane.handle), data={"speak": "1", "language": wanted})
        person = people.find(jane.address)
        assert person
        assert person.language == got


def test_each_link_opens_one_door(
    web: TestClient, desk: Desk, letterbox: Letterbox, jane: Subscriber, links: Links
) -> None:
    """The token of one page is nothing to all others, by any method."""
    web.post("/preferences", data={"address": jane.address})
    doors = {
        "preferences": links.preferences(jane.handle),
        "unsubscribe": links.unsubscribe(jane.handle, "weekly"),
        "confirm": links.confirm(jane.handle),
    }
    for name, link in doors.items():
        token = link.rpartition("/")[2]
        for other in {*doors, "erase"} - {name}:
            for method in ("GET", "POST"):
                assert web.request(method, f"/{other}/{token}").status_code == 404, (name, other)


def test_a_letter_to_unsubscribe_leaves(people: People, jane: Subscriber, links: Links) -> None:
    """By the token in it; a forged one does nothing."""
    token = links.unsubscribe(jane.handle, "weekly").rpartition("/")[2]
    assert people.leave_by_mail("x" * 32) is False
    assert people.leave_by_mail(token) is True
    assert _state(people) is State.LEFT


def test_a_reason_to_leave_is_kept(
    web: TestClient, people: People, jane: Subscriber, links: Links
) -> None:
    """Nobody has to give one."""
    link = links.unsubscribe(jane.handle, "weekly")
    web.post(link, data={"leave": "1", "reason": "too\nmany"})
    assert people.show(jane.address).consents[-1].how == "unsubscribe page; because: too many"
