"""Nothing is lost and nothing comes twice for one reader who pauses, returns and changes."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from digest.core.note import NoteBody
from digest.core.throttle import UNLIMITED
from digest.jobs.catch_up import CatchUp
from digest.jobs.notes import Post
from digest.storage import Database
from digest.wiring.correspondence import Absent
from subscribers import Links, People
from tests.builders import a_newsletter
from tests.fakes import FakeMailer
from tests.newsroom import Newsroom
from tests.notes import a_sending

KEY = b"0123456789abcdef0123456789abcdef"
JANE = "jane@example.org"


class Titles:
    """Writes notes that are lists of titles."""

    def body(self, kind: str, language: str, /, **values: object) -> NoteBody:
        del kind, language
        editions = values["editions"]
        assert isinstance(editions, list)
        said = [entry.title for edition in editions for entry in edition["entries"]]
        return NoteBody("missed", "\n".join(said), "<p></p>")


class Reader:
    """One reader of two newsletters that hold the same, and all that reached her."""

    def __init__(self, store: Database) -> None:
        self.store = store
        self.room = Newsroom(
            store, a_newsletter(slug="daily"), a_newsletter(slug="weekly"), people=None
        )
        self.people = People(store.engine, KEY, self.room.clock.now)
        object.__setattr__(self.room.approve, "people", self.people)
        post = Post(store, self.room.clock, UNLIMITED.provider_of)
        links = Links("https://digest.example.org", KEY)
        self.catch_up = CatchUp(
            store, Absent(self.people), Titles(), post, self.room.plans, links, "https://x.example"
        )
        self.items: list[str] = []
        self.follows = "daily"
        jane = self.people.add(JANE, {"daily": None}, how="test")
        self.id = jane.id
        self.token = links.preferences(jane.handle).rpartition("/")[2]
        self.paused = False

    def item(self) -> None:
        self.items.append(f"Item {len(self.items)}")
        self.room.sources["library"].show(len(self.items), title=self.items[-1])
        self.room.look()
        self.room.move(minutes=1)

    def edition(self, slug: str) -> None:
        self.room.make(slug)
        self.room.move(minutes=1)
        self.deliver()

    def deliver(self) -> None:
        """Those who still are to be mailed get what is due; the others' rows are cancelled."""
        with self.store.begin() as work:
            for record in work.editions.records():
                claim = work.deliveries.claim(
                    record.id, "w", self.room.clock.now(),
                    self.room.clock.now() + timedelta(minutes=5), 9,
                )  # fmt: skip
                assert len(claim.deliveries) <= 1
                from digest.core.outbox import DeliveryState, Settlement

                for row in claim.deliveries:
                    done = Settlement(row.id, row.attempt, DeliveryState.ACCEPTED)
                    work.deliveries.settle("w", [done], self.room.clock.now())

    def pause(self) -> None:
        self.people.self_service.pause(self.token, until=None, catch_up=True, how="t")
        self.room.move(minutes=1)
        self.paused = True

    def back(self) -> None:
        self.people.self_service.resume(self.token, how="t")
        self.room.move(minutes=1)
        self.paused = False

    def change(self) -> None:
        self.follows = "weekly" if self.follows == "daily" else "daily"
        offered = ["daily", "weekly"]
        self.people.self_service.choose(self.token, {self.follows: None}, offered, how="t")
        self.room.move(minutes=1)

    def got(self) -> list[str]:
        """Every title that reached her, as often as it did."""
        titles = []
        with self.store.read() as work:
            for record in work.editions.records():
                whole = work.editions.get(record.id)
                if whole and whole.edition and work.deliveries.find(record.id, self.id):
                    titles += [entry.title for entry in whole.edition.entries()]
        mailer = FakeMailer()
        a_sending(self.store, self.room.clock, mailer)()
        self.letters = getattr(self, "letters", []) + [
            line
            for letter in mailer.letters
            for line in letter.content.decode().splitlines()
            if line.startswith("Item ")
        ]
        return titles + self.letters


def _end(reader: Reader) -> list[str]:
    """Let everything that is owed come."""
    if reader.paused:
        reader.back()
    reader.item()
    for slug in ("daily", "weekly"):
        reader.edition(slug)
    reader.catch_up()
    return reader.got()


ACTS = st.lists(
    st.sampled_from(["item", "daily", "weekly", "pause", "back", "change", "catch up"]),
    max_size=14,
)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(acts=ACTS)
@example(acts=["item", "weekly", "change", "change", "change"])
@example(acts=["item", "change", "weekly", "catch up", "change"])
def test_each_item_comes_once(
    migrated_file: Path, tmp_path_factory: pytest.TempPathFactory, acts: list[str]
) -> None:
    """Whatever the order of editions, pauses, returns and changes of newsletter."""
    file = tmp_path_factory.mktemp("reader") / "digest.db"
    shutil.copy(migrated_file, file)
    store = Database(f"sqlite:///{file}", file.parent)
    try:
        reader = Reader(store)
        for act in acts:
            _do(reader, act)
        got = _end(reader)
        assert sorted(got) == sorted(reader.items)
    finally:
        store.close()


def _do(reader: Reader, act: str) -> None:
    if act == "item":
        reader.item()
    elif act in {"daily", "weekly"}:
        reader.edition(act)
    elif act == "pause" and not reader.paused:
        reader.pause()
    elif act == "back" and reader.paused:
        reader.back()
    elif act == "change" and not reader.paused:
        reader.change()
    elif act == "catch up":
        reader.catch_up()


@pytest.mark.parametrize("direction", ["to the slower", "to the quicker"])
def test_a_change_of_newsletter_loses_and_repeats_nothing(store: Database, direction: str) -> None:
    """The first edition of the new one comes as one letter, without what she had."""
    reader = Reader(store)
    if direction == "to the quicker":
        reader.change()
    reader.item()
    reader.edition("daily")
    if direction == "to the quicker":
        reader.edition("weekly")
        reader.item()
        reader.edition("daily")
    reader.change()
    assert sorted(_end(reader)) == sorted(reader.items)
