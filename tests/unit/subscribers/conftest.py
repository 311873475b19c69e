"""People in a database in memory, and pages without a network."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from jinja2 import ChoiceLoader, DictLoader, Environment, FileSystemLoader, StrictUndefined
from sqlalchemy import Connection, Engine, create_engine
from sqlalchemy.pool import StaticPool
from starlette.applications import Starlette
from starlette.testclient import TestClient

from subscribers import Desk, Links, Offer, People, Rules, Subscriber, metadata, routes

KEY = b"0123456789abcdef0123456789abcdef"
START = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
OFFERS = (
    Offer("weekly", "The Weekly", (("rivers", "Rivers"), ("water", "City water"))),
    Offer("monthly", "The <Monthly>", (("law", "Law"),)),
    Offer("alerts", "Alerts"),
)


class Clock:
    """A clock that moves when told."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, **time: float) -> None:
        self.now += timedelta(**time)


def an_engine() -> Engine:
    engine = create_engine(
        "sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False}
    )
    metadata.create_all(engine)
    return engine


def dump(engine: Engine) -> list[tuple[object, ...]]:
    """Every row of every table of people."""
    with engine.connect() as connection:
        return [
            (table.name, *row)
            for table in metadata.sorted_tables
            for row in connection.execute(table.select().order_by(*table.primary_key))
        ]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def engine() -> Iterator[Engine]:
    engine = an_engine()
    yield engine
    engine.dispose()


class Letterbox:
    """Keeps the letters that are asked for: (kind, address, values), each occasion once."""

    def __init__(self) -> None:
        self.letters: list[tuple[str, str, dict[str, object]]] = []
        self.forgotten: list[str] = []
        self._occasions: set[tuple[str, str]] = set()

    def send(
        self,
        connection: Connection,
        kind: str,
        occasion: str,
        address: str,
        language: str,
        /,
        **values: object,
    ) -> None:
        if (kind, occasion) not in self._occasions:
            self._occasions.add((kind, occasion))
            self.letters.append((kind, address, values))

    def forget(self, connection: Connection, address: str) -> None:
        self.forgotten.append(address)


@pytest.fixture
def letterbox() -> Letterbox:
    return Letterbox()


@pytest.fixture
def people(engine: Engine, clock: Clock, letterbox: Letterbox) -> People:
    return People(engine, KEY, clock, letters=letterbox)


@pytest.fixture
def rules() -> Rules:
    """What the form allows; a test may bring its own."""
    return Rules()


@pytest.fixture
def desk(engine: Engine, clock: Clock, letterbox: Letterbox, links: Links, rules: Rules) -> Desk:
    return Desk(engine, KEY, clock, letterbox, links, OFFERS, rules)


@pytest.fixture
def links() -> Links:
    return Links("", KEY)


@pytest.fixture(scope="session")
def templates() -> Environment:
    """The project's pages in a plain frame."""
    frame = "<title>{% block title %}{% endblock %}</title>{% block main %}{% endblock %}"
    loader = ChoiceLoader([DictLoader({"page/_base.html": frame}), FileSystemLoader("templates")])
    environment = Environment(loader=loader, autoescape=True, undefined=StrictUndefined)
    environment.globals["site"] = {
        "name": "Riverbank", "url": "", "contact": "editors@example.org",
    }  # fmt: skip
    return environment


@pytest.fixture
def web(people: People, templates: Environment, desk: Desk, links: Links) -> Iterator[TestClient]:
    def render(template: str, /, **values: object) -> str:
        return templates.get_template(template).render(**values)

    languages = (("en", "English"), ("de", "Deutsch"))
    made = routes(people, render, OFFERS, desk, links, languages)
    app = Starlette(routes=made)
    with TestClient(app, follow_redirects=False) as client:
        yield client


@pytest.fixture
def jane(people: People) -> Subscriber:
    return people.add("jane@example.org", {"weekly": ("water",)}, how="paper form", name="Jane")
