"""What holds for every page of people, by whatever road it is asked: generated from the routes.

A new route with a token fails here until it is said which scope opens it.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import pytest
from httpx2 import Response
from sqlalchemy import Engine, event
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.testclient import TestClient

from subscribers import BadTokenError, Desk, People, Subscriber
from subscribers.tokens import HANDLE_SIZE, Mint, Scope
from tests.unit.subscribers.conftest import KEY, Letterbox, dump

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
OPENED_BY = {
    "preferences": Scope.PREFERENCES,
    "data": Scope.PREFERENCES,
    "unsubscribe": Scope.UNSUBSCRIBE,
    "confirm": Scope.CONFIRM,
    "erase": Scope.ERASE,
}
OPEN_TO_ALL = {"subscribe", "proof", "link"}
ELSEWHERE = "https://evil.example"
LURES = ("https://evil.example", "//evil.example", "/\\evil.example", "%0d%0aLocation: //e")
ACTS: tuple[Mapping[str, str], ...] = (
    {},
    {"List-Unsubscribe": "One-Click"},
    {"back": "1"},
    {"newsletter": "monthly", "themes-monthly": "law"},
    {"pause": "1", "until": "2026-12-24"},
    {"speak": "1", "language": "de"},
    {"move": "1", "address": "mallory@example.org"},
)


@pytest.fixture
def tom(people: People) -> Subscriber:
    return people.add("tom@example.org", {"weekly": None, "monthly": ("law",)}, how="list")


@pytest.fixture
def paths(web: TestClient) -> dict[str, str]:
    """The routes by name."""
    app = web.app
    assert isinstance(app, Starlette)
    return {one.name: one.path for one in app.routes if isinstance(one, Route)}


@pytest.fixture
def tokens(desk: Desk, letterbox: Letterbox, jane: Subscriber, web: TestClient) -> dict[Scope, str]:
    """A good token of jane's for each scope."""
    desk.counter.subscribe("new@example.org", {"weekly": None}, how="form", host="192.0.2.9")
    desk.reception.answer()
    made = {scope: Mint(KEY, scope).make(jane.handle) for scope in Scope}
    made[Scope.UNSUBSCRIBE] = Mint(KEY, Scope.UNSUBSCRIBE).make(jane.handle, "weekly")
    made[Scope.CONFIRM] = str(letterbox.letters[-1][2]["url"]).rpartition("/")[2]
    return made


@contextmanager
def _unchanged(engine: Engine) -> Iterator[None]:
    before = dump(engine)
    yield
    assert dump(engine) == before


def test_every_route_is_known(paths: dict[str, str]) -> None:
    """Those with a token by its scope, the others as open to everybody."""
    with_token = {name for name, path in paths.items() if "{token}" in path}
    assert with_token == set(OPENED_BY)
    assert set(paths) - with_token == OPEN_TO_ALL


def test_the_right_token_opens_each(
    web: TestClient, paths: dict[str, str], tokens: dict[Scope, str]
) -> None:
    """Or the refusals below would prove nothing."""
    for name, scope in OPENED_BY.items():
        assert web.get(paths[name].replace("{token}", tokens[scope])).status_code == 200, name


def test_no_other_token_opens_any(
    web: TestClient, engine: Engine, paths: dict[str, str], tokens: dict[Scope, str]
) -> None:
    """Of another scope, of nobody, for another newsletter, cut or prolonged: by no method."""
    for name, scope in OPENED_BY.items():
        wrong = [token for other, token in tokens.items() if other is not scope]
        wrong += [
            secrets.token_urlsafe(24),
            Mint(b"another key of the same length..", scope).make(b"x" * HANDLE_SIZE),
            tokens[scope][:-1],
            f"{tokens[scope]}A",
            f"{tokens[scope].partition('.')[0]}.monthly",
            f"{tokens[scope]}%00",
            f"..%2f{name}%2f{tokens[scope]}",
        ]
        for token in wrong:
            for method in METHODS:
                with _unchanged(engine):
                    path = paths[name].replace("{token}", token)
                    answer = web.request(method, path, data=_of(method, ACTS[1]))
                assert answer.status_code in {404, 405}, (name, method, token)
                assert "example.org" not in answer.text.replace("editors@example.org", "")


def test_a_wrong_token_costs_no_look_at_the_database(
    web: TestClient, engine: Engine, paths: dict[str, str], jane: Subscriber
) -> None:
    """So that no clock tells whether somebody is here."""
    seen: list[str] = []
    event.listen(
        engine, "before_cursor_execute", lambda _c, _u, statement, *_: seen.append(statement)
    )
    for name, scope in OPENED_BY.items():
        good = Mint(KEY, scope).make(jane.handle)
        forged = f"{good[:-1]}{'A' if good[-1] != 'A' else 'B'}"
        for method in ("GET", "POST"):
            web.request(method, paths[name].replace("{token}", forged))
    assert seen == []


def test_nobody_acts_for_another(
    web: TestClient,
    engine: Engine,
    paths: dict[str, str],
    tokens: dict[Scope, str],
    tom: Subscriber,
) -> None:
    """Whatever fields a reader sends along, no row of anybody else changes."""

    def of_tom() -> list[tuple[object, ...]]:
        return [row for row in dump(engine) if tom.id in row[1:3] or tom.address in row]

    before = of_tom()
    assert len(before) > 3
    named = {
        "id": str(tom.id),
        "subscriber": str(tom.id),
        "handle": tom.handle.hex(),
        "token": Mint(KEY, Scope.PREFERENCES).make(tom.handle),
    }
    for name, scope in OPENED_BY.items():
        for act in ACTS:
            web.post(paths[name].replace("{token}", tokens[scope]), data={**named, **act})
    assert of_tom() == before


def test_opening_acts_on_nothing_whatever_the_address_says(
    web: TestClient, engine: Engine, paths: dict[str, str], tokens: dict[Scope, str]
) -> None:
    """What a form would send does nothing as a part of the address."""
    for name, path in paths.items():
        link = path.replace("{token}", tokens[OPENED_BY.get(name, Scope.ERASE)])
        for act in ACTS:
            for method in ("GET", "HEAD"):
                with _unchanged(engine):
                    web.request(method, link, params=dict(act))


def test_other_methods_do_nothing(
    web: TestClient, engine: Engine, paths: dict[str, str], tokens: dict[Scope, str]
) -> None:
    """Neither with a good token."""
    for name, path in paths.items():
        link = path.replace("{token}", tokens[OPENED_BY.get(name, Scope.ERASE)])
        for method in ("PUT", "PATCH", "DELETE", "OPTIONS"):
            with _unchanged(engine):
                assert web.request(method, link).status_code == 405, (name, method)


def test_another_site_gains_nothing_from_a_visitor(
    web: TestClient, people: People, paths: dict[str, str], tokens: dict[Scope, str]
) -> None:
    """No answer gives or takes a cookie, none may be read there, and no form of it subscribes."""
    web.cookies.set("session", "x")
    for name, path in paths.items():
        link = path.replace("{token}", tokens[OPENED_BY.get(name, Scope.ERASE)])
        headers = {"Origin": ELSEWHERE, "Referer": f"{ELSEWHERE}/", "Sec-Fetch-Site": "cross-site"}
        for method in ("GET", "OPTIONS"):
            _is_private(web.request(method, link, headers=headers))
    before = people.count()
    for name in ("subscribe", "link"):
        for act in ACTS:
            fields = {**act, "address": "mallory@example.org", "newsletter": "weekly"}
            _is_private(web.post(paths[name], data=fields, headers={"Origin": ELSEWHERE}))
    assert people.count() == before


def test_no_answer_leads_to_another_site(
    web: TestClient, paths: dict[str, str], tokens: dict[Scope, str]
) -> None:
    """Wherever the question says to go next."""
    for name, path in paths.items():
        link = path.replace("{token}", tokens[OPENED_BY.get(name, Scope.ERASE)])
        for lure in LURES:
            asked = dict.fromkeys(("next", "url", "return", "redirect", "at", "back_to"), lure)
            for method in ("GET", "POST"):
                answer = web.request(
                    method, link, params=asked, data=_of(method, asked), headers={"Referer": lure}
                )
                assert "location" not in answer.headers, name
                assert "refresh" not in answer.headers, name
                assert "evil.example" not in answer.text, name


def _of(method: str, fields: Mapping[str, str]) -> dict[str, str] | None:
    return dict(fields) if method in {"POST", "PUT", "PATCH"} else None


def _is_private(answer: Response) -> None:
    assert "set-cookie" not in answer.headers
    assert "access-control-allow-origin" not in answer.headers
    assert "access-control-allow-credentials" not in answer.headers


@pytest.mark.parametrize("scope", Scope)
def test_two_links_put_together_are_none(scope: Scope, jane: Subscriber, tom: Subscriber) -> None:
    """Wherever the one is cut and the other goes on."""
    mint = Mint(KEY, scope)
    hers, his = mint.make(jane.handle), mint.make(tom.handle)
    for cut in range(1, len(hers)):
        mixed = hers[:cut] + his[cut:]
        if mixed not in {hers, his}:
            with pytest.raises(BadTokenError):
                mint.open(mixed)
