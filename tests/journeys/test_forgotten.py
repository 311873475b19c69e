"""Somebody about whom everything is known that can be known, and then nothing."""

from __future__ import annotations

import logging
import mailbox
import re
from email import message_from_bytes
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import MetaData, Row, select
from starlette.testclient import TestClient

from digest.core.outbox import DeliveryState
from digest.storage import Database
from subscribers import BounceKind, State
from tests.desk import CONFIG, Desk
from tests.journeys.test_people_in_browser import an_edition, traces
from tests.returned import a_complaint, a_report
from tests.smtp_sink import SmtpSink

pytestmark = pytest.mark.enable_socket

JANE = "jane@example.net"
GREYLISTED = f"451 4.7.1 <{JANE}>: greylisted"


@pytest.fixture
def desk(
    database_url: str, store: Database, tmp_path: Path, migrated_file: Path, sink: SmtpSink
) -> Desk:
    """A site on each kind of database that reads what comes back from a Maildir."""
    del store  # it gave the database its schema
    (tmp_path / "site").mkdir()
    config = CONFIG.replace(
        "[mail]\n",
        f'[storage]\nurl = "{database_url}"\n\n[mail]\nkind = "smtp"\nhost = "127.0.0.1"\n'
        f'port = {sink.port}\nbounce_address = "bounces@example.org"\n',
    )
    config += 'approval = "manual"\n\n[[bounces]]\nname = "box"\nkind = "maildir"\n'
    config += 'path = "var/bounces"\nthen = "delete"\n'
    return Desk(tmp_path / "site", migrated_file, config=config)


@pytest.fixture
def sink() -> SmtpSink:
    """It puts the first letter of an edition off, and names the reader."""
    return SmtpSink(faults={"rcpt": [None, None, GREYLISTED]})


def _holding(desk: Desk, word: str) -> set[str]:
    """The tables with a row that names somebody, whatever house they are of."""
    engine = desk.house.store.engine
    tables = MetaData()
    tables.reflect(engine)
    with engine.connect() as connection:
        return {
            table.name
            for table in tables.sorted_tables
            for row in connection.execute(select(table))
            if word in _plain(row).casefold()
        }


def _plain(row: Row[Any]) -> str:
    return " ".join(
        bytes(value).decode("latin-1") if isinstance(value, bytes | memoryview) else str(value)
        for value in row
    )


def _path(text: str, page: str) -> str:
    found = re.search(rf"http://digest\.example\.org(/{page}/[\w.~=-]+)", text)
    assert found, text
    return found[1]


def _joins(desk: Desk, web: TestClient, sink: SmtpSink) -> str:
    """Sign up and confirm; gives the path of the preferences."""
    web.post("/subscribe", data={"address": JANE, "name": "Jane Doe", "newsletter": "weekly"})
    desk.house.send_notes()
    web.post(_path(_text(sink, -1), "confirm"))
    desk.house.send_notes()
    return _path(_text(sink, -1), "preferences")


def _text(sink: SmtpSink, number: int) -> str:
    [part] = [
        part
        for part in message_from_bytes(sink.taken[number].content).walk()
        if part.get_content_type() == "text/plain"
    ]
    payload = part.get_payload(decode=True)
    assert isinstance(payload, bytes)
    return payload.decode()


def test_who_is_erased_is_nowhere_any_more(
    desk: Desk, sink: SmtpSink, caplog: pytest.LogCaptureFixture
) -> None:
    """Signed up, moved and paused, put off by name, bounced, complained, waited for a letter."""
    caplog.set_level(logging.DEBUG)
    for noisy in ("asyncio", "httpx2", "httpcore2", "sqlalchemy"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    with desk, sink, TestClient(desk.app, base_url="http://digest.example.org") as web:
        preferences = _joins(desk, web, sink)
        an_edition(desk, "A flood in May")
        with desk.house.store.read() as work:
            edition = work.editions.records()[0].id
            counts = work.deliveries.counts(edition)
        assert counts[DeliveryState.DEFERRED] == 1
        an_edition(desk, "An otter returns")
        letter = sink.taken[-1]
        returned = letter.content.decode()
        box = mailbox.Maildir(desk.folder / "var" / "bounces")
        said = f"smtp; 452 4.2.2 <{JANE}> is over quota"
        full = {"address": JANE, "status": "4.2.2", "said": said}
        box.add(a_report(to=letter.sender, letter=returned, **full))
        box.add(a_complaint(to=letter.sender, letter=returned))
        desk.house.conveyor()
        tally = desk.house.people.bounces.tally()
        assert (tally[BounceKind.SOFT], tally[BounceKind.COMPLAINT]) == (1, 1)
        assert desk.house.people.show(JANE).subscriber.state is State.SUPPRESSED
        web.post("/preferences", data={"address": JANE})
        web.post(preferences, data={"move": "1", "address": "jane.new@example.net"})
        desk.house.desk.reception.answer()
        assert {"subscribers", "bounces", "notes"} <= _holding(desk, "jane")

        erase = re.search(r'href="\.\.(/erase/[\w-]+)"', web.get(preferences).text)
        assert erase
        assert "You are forgotten" in web.post(erase[1]).text

        assert _holding(desk, "jane") == set()
        assert web.get(preferences).status_code == 404
        desk.house.conveyor()
        assert _holding(desk, "jane") == set()
    if "sqlite" in desk.house.settings.storage.url.get_secret_value():
        assert traces(desk.folder.parent) == []
    assert "jane" not in caplog.text.casefold()
