from __future__ import annotations

import re

from sqlalchemy import Engine
from starlette.testclient import TestClient

from subscribers import Links, People, State, Subscriber
from tests.unit.subscribers.conftest import dump

ONE_CLICK = {"List-Unsubscribe": "One-Click"}


def _state(people: People, newsletter: str = "weekly") -> State:
    subscription = people.show("jane@example.org").subscriber.subscription(newsletter)
    assert subscription
    return subscription.state


def _ticked(html: str) -> set[tuple[str, str]]:
    return set(re.findall(r'name="([^"]+)" value="([^"]+)" checked', html))


def test_preferences_show_what_is_followed(web: TestClient, jane: Subscriber, links: Links) -> None:
    """Ticked are the newsletters followed and their themes; for the others all themes."""
    page = web.get(links.preferences(jane.handle)).text

    assert _ticked(page) == {
        ("newsletter", "weekly"),
        ("scope:weekly", "some"),
        ("theme:weekly", "water"),
        ("scope:monthly", "all"),
        ("theme:monthly", "law"),
        ("catch-up", "1"),
    }
    assert "jane@example.org" in page
    assert "The &lt;Monthly&gt;" in page


def test_preferences_are_kept(
    web: TestClient, people: People, jane: Subscriber, links: Links
) -> None:
    """What the form says is what is followed, and the next page shows it."""
    link = links.preferences(jane.handle)
    form = {
        "newsletter": ["monthly", "weekly"],
        "scope:weekly": "some",
        "theme:weekly": ["water", "rivers"],
        "scope:monthly": "all",
    }
    assert "Saved" in web.post(link, data=form).text

    held = people.get(jane.id).subscriptions
    assert [(s.newsletter, s.themes, s.state) for s in held] == [
        ("monthly", None, State.ACTIVE),
        ("weekly", ("rivers", "water"), State.ACTIVE),
    ]
    assert ("theme:weekly", "rivers") in _ticked(web.get(link).text)


def test_unticking_leaves(web: TestClient, people: People, jane: Subscriber, links: Links) -> None:
    """A newsletter that is not ticked is left; one that is not on offer stays as it is."""
    people.add(jane.address, {"old": None}, how="paper form")
    answer = web.post(links.preferences(jane.handle), data={"scope:weekly": "all"})

    assert "no more letters" in answer.text
    assert (_state(people, "weekly"), _state(people, "old")) == (State.LEFT, State.ACTIVE)


def test_ticking_again_comes_back(
    web: TestClient, people: People, jane: Subscriber, links: Links
) -> None:
    """Who left may come back by the preferences, with the themes ticked there."""
    web.post(links.unsubscribe(jane.handle, "weekly"), data=ONE_CLICK)
    form = {"newsletter": "weekly", "scope:weekly": "some", "theme:weekly": "rivers"}
    web.post(links.preferences(jane.handle), data=form)

    [recipient] = people.audience("weekly")
    assert recipient.themes == ("rivers",)


def test_some_themes_means_at_least_one(
    web: TestClient, people: People, engine: Engine, jane: Subscriber, links: Links
) -> None:
    """Asking for some themes and ticking none is told, and nothing is saved."""
    before = dump(engine)
    form = {"newsletter": "weekly", "scope:weekly": "some"}
    answer = web.post(links.preferences(jane.handle), data=form)

    assert answer.status_code == 422
    assert "choose at least one theme" in answer.text
    assert ("scope:weekly", "some") in _ticked(answer.text)
    assert dump(engine) == before


def test_what_is_not_on_offer_is_passed_over(
    web: TestClient, people: People, jane: Subscriber, links: Links
) -> None:
    """A forged form can follow no newsletter and no theme that is not offered."""
    form = {
        "newsletter": ["secret", "weekly"],
        "scope:weekly": "some",
        "theme:weekly": ["water", "'; DROP TABLE subscribers"],
    }
    web.post(links.preferences(jane.handle), data=form)

    [held] = people.get(jane.id).subscriptions
    assert held.themes == ("water",)


def test_the_preferences_of_a_forgotten_person_are_unknown(
    web: TestClient, people: People, jane: Subscriber, links: Links
) -> None:
    """After erasure the link is answered as any unknown one."""
    people.erase(jane.id, how="letter")

    for answer in (
        web.get(links.preferences(jane.handle)),
        web.post(links.preferences(jane.handle)),
    ):
        assert (answer.status_code, answer.text) == (404, web.get("/preferences/x").text)
