from __future__ import annotations

import re

import pytest
from sqlalchemy import Engine
from starlette.testclient import TestClient

from subscribers import Links, People, State, Subscriber
from subscribers.forms import MAX_BODY
from tests.unit.subscribers.conftest import Clock, dump

ONE_CLICK = {"List-Unsubscribe": "One-Click"}
MULTIPART = {
    "content": (
        b'--b\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\n'
        b"One-Click\r\n--b--\r\n"
    ),
    "headers": {"Content-Type": "multipart/form-data; boundary=b"},
}


def _state(people: People, newsletter: str = "weekly") -> State:
    subscription = people.show("jane@example.org").subscriber.subscription(newsletter)
    assert subscription
    return subscription.state


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_opening_a_link_changes_nothing(
    web: TestClient, engine: Engine, jane: Subscriber, links: Links, method: str
) -> None:
    """A scanner that opens every link, twice, leaves every table as it was."""
    before = dump(engine)
    for link in (links.preferences(jane.handle), links.unsubscribe(jane.handle, "weekly")) * 2:
        assert web.request(method, link).status_code == 200

    assert dump(engine) == before


@pytest.mark.parametrize(
    "request_of", [{"data": ONE_CLICK}, MULTIPART, {"content": b"List-Unsubscribe=One-Click"}]
)
def test_one_click_leaves_at_once(
    web: TestClient, people: People, jane: Subscriber, links: Links, request_of: dict[str, object]
) -> None:
    """A mail program's POST, as a form of either kind, is answered plainly and has acted."""
    for _ in range(2):
        answer = web.post(links.unsubscribe(jane.handle, "weekly"), **request_of)  # type: ignore[arg-type] # the cases name its arguments
        assert (answer.status_code, answer.text) == (200, "Unsubscribed.\n")
        assert _state(people) is State.LEFT
    assert list(people.audience("weekly")) == []


def test_one_click_leaves_one_newsletter(
    web: TestClient, people: People, jane: Subscriber, links: Links
) -> None:
    """The other newsletters stay followed."""
    people.add(jane.address, {"monthly": None}, how="paper form")
    web.post(links.unsubscribe(jane.handle, "weekly"), data=ONE_CLICK)

    assert (_state(people, "weekly"), _state(people, "monthly")) == (State.LEFT, State.ACTIVE)


def test_a_person_confirms_and_may_take_it_back(
    web: TestClient, people: People, jane: Subscriber, links: Links
) -> None:
    """The page asks, its button leaves, the next one brings back what was followed."""
    link = links.unsubscribe(jane.handle, "weekly")
    assert 'name="leave"' in web.get(link).text

    left = web.post(link, data={"leave": "1"})
    assert "You have left The Weekly" in left.text
    assert _state(people) is State.LEFT

    back = web.post(link, data={"undo": "1"})
    assert "You are subscribed to The Weekly" in back.text
    [recipient] = people.audience("weekly")
    assert recipient.themes == ("water",)


def test_one_click_beats_undo(
    web: TestClient, people: People, jane: Subscriber, links: Links
) -> None:
    """A body that says both leaves."""
    link = links.unsubscribe(jane.handle, "weekly")
    web.post(link, data={**ONE_CLICK, "undo": "1"})

    assert _state(people) is State.LEFT


def test_after_thirty_days_the_link_brings_nobody_back(
    web: TestClient, people: People, clock: Clock, jane: Subscriber, links: Links
) -> None:
    """Undo ends; leaving by the same link never does."""
    link = links.unsubscribe(jane.handle, "weekly")
    web.post(link, data={"leave": "1"})
    clock.pass_by(days=31)

    assert "You do not follow The Weekly" in web.post(link, data={"undo": "1"}).text
    clock.pass_by(days=4_000)
    assert web.post(link, data=ONE_CLICK).status_code == 200
    assert _state(people) is State.LEFT


def test_a_forgotten_person_is_out_already(
    web: TestClient, people: People, engine: Engine, jane: Subscriber, links: Links
) -> None:
    """One-click from an old letter to somebody erased since is answered well, and keeps nothing."""
    people.erase(jane.address, how="letter")
    before = dump(engine)

    assert web.post(links.unsubscribe(jane.handle, "weekly"), data=ONE_CLICK).status_code == 200
    assert dump(engine) == before


def test_the_unsubscribe_page_tells_nothing_of_the_person(
    web: TestClient, jane: Subscriber, links: Links
) -> None:
    """A forwarded link shows neither address nor name nor a way to the preferences."""
    link = links.unsubscribe(jane.handle, "weekly")
    shown = web.get(link).text + web.post(link, data={"leave": "1"}).text

    assert "jane" not in shown.casefold()
    assert "preferences" not in shown


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
@pytest.mark.parametrize("page", ["preferences", "unsubscribe"])
def test_every_wrong_link_has_the_same_answer(
    web: TestClient, people: People, jane: Subscriber, links: Links, page: str, method: str
) -> None:
    """Garbage, a forged token, one of another scope and of nobody cannot be told apart."""
    other = {
        "preferences": links.unsubscribe(jane.handle, "weekly"),
        "unsubscribe": links.preferences(jane.handle),
    }[page]
    mine = {
        "preferences": links.preferences(jane.handle),
        "unsubscribe": links.unsubscribe(jane.handle, "weekly"),
    }[page]
    forged = re.sub(r"/(.)(?=[\w-]{31})", lambda m: f"/{'A' if m[1] != 'A' else 'B'}", mine)
    paths = [f"/{page}/x", f"/{page}/{'A' * 32}", forged, f"/{page}/{other.rpartition('/')[2]}"]
    answers = [web.request(method, path) for path in paths]

    assert {(a.status_code, a.text, frozenset(a.headers.items())) for a in answers} == {
        (404, answers[0].text, frozenset(answers[0].headers.items()))
    }
    assert _state(people) is State.ACTIVE


def test_a_page_behind_a_key_is_neither_kept_nor_passed_on(
    web: TestClient, jane: Subscriber, links: Links
) -> None:
    """No answer may be cached, indexed, or named to another site."""
    for link in (links.preferences(jane.handle), links.unsubscribe(jane.handle, "weekly")):
        for answer in (web.get(link), web.post(link), web.get(f"{link}x")):
            assert answer.headers["cache-control"] == "no-store"
            assert answer.headers["referrer-policy"] == "no-referrer"
            assert answer.headers["x-robots-tag"] == "noindex"


def test_a_huge_body_is_refused(
    web: TestClient, people: People, jane: Subscriber, links: Links
) -> None:
    """More than 64 KB are not read, and nothing is done."""
    answer = web.post(links.unsubscribe(jane.handle, "weekly"), content=b"x" * (MAX_BODY + 1))

    assert answer.status_code == 413
    assert _state(people) is State.ACTIVE


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Content-Type": "multipart/form-data"},
        {"Content-Type": "multipart/form-data; boundary=b"},
        {"Content-Type": "application/x-www-form-urlencoded; charset=x"},
    ],
)
def test_a_garbled_body_still_leaves(
    web: TestClient, people: People, jane: Subscriber, links: Links, headers: dict[str, str]
) -> None:
    """The address of an unsubscribe POST says all; a body that cannot be read does no harm."""
    link = links.unsubscribe(jane.handle, "weekly")
    answer = web.post(link, content=b"--b\r\n\xff\x00%zz", headers=headers)

    assert answer.status_code == 200
    assert _state(people) is State.LEFT
