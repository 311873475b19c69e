"""What may go wrong with a sending, and the test that makes it go wrong; those of no file are here.

F1   killed at random moments: test_killed_senders, test_killed_at_any_moment_nothing_is_lost…;
     ``make soak`` is its long form
F2   the server drops at each stage: test_smtp_faults, test_receipts_agree_with_the_server
F3   an answer is lost after the dot: test_smtp, test_silence_after_the_dot_is_a_doubt;
     test_postfix, test_the_log_settles_doubts
F4   421, 451, few connections: test_smtp_faults, test_421_halves_the_connections; test_deliver,
     test_what_was_deferred_goes_when_its_time_comes; test_smtp,
     test_a_server_with_room_for_one_connection_gets_all_letters
F5   5xx for some, and by our own fault: test_deliver, test_each_answer_is_kept; test_halting,
     test_a_server_that_stops_believing_us_pauses_the_edition
F6   slow and silent servers: test_smtp, test_no_answer_in_time_is_a_doubt and
     test_told_to_stop_a_server_that_does_not_answer_is_left
F7   the relay is down for long: test_a_relay_that_is_down_for_hours_is_asked_once_a_minute and
     test_a_relay_that_is_down_for_too_long_gets_nothing_late
F8   the disk is full: test_a_disk_that_fills_up_lets_nothing_go_without_its_mark; test_database,
     test_a_full_disk_is_said_and_does_no_harm
F9   the database is locked or cut off: test_killed_senders,
     test_a_database_that_is_cut_off_costs_no_letter
F10  several workers and schedulers: test_races; test_killed_senders,
     test_two_senders_at_once_share_the_letters; test_nothing_lost (journeys)
F11  a worker sleeps past its lease: test_killed_senders,
     test_a_sender_that_sleeps_past_its_lease_spoils_nothing
F12  clocks are set: test_clock_changes (journeys)
F18  killed while publishing: test_killed_publishers, test_killed_while_publishing…
F19  people leave meanwhile: test_who_leaves_while_it_is_sent_is_not_claimed_any_more
F21  an old backup is restored: test_a_backup_of_yesterday_sends_nothing_again
F22  the schema changes in mid-send: test_a_newer_schema_keeps_every_state
F23  one letter cannot be written: test_deliver,
     test_a_letter_that_cannot_be_written_is_refused_alone
F24  little memory: test_sender_programs, test_a_sender_stays_small
F25  told to stop, again and again: test_sender_programs,
     test_stopped_again_and_again_nothing_is_in_doubt; test_stopping
"""

from __future__ import annotations

import resource
import shutil
import socket
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy import select
from starlette.applications import Starlette
from starlette.testclient import TestClient

from digest.clock import SystemClock
from digest.core.edition import EditionId
from digest.core.outbox import DeliveryState
from digest.errors import DeliveryError, StorageError
from digest.jobs.deliver import Deliver
from digest.storage import Database
from digest.storage.tables import deliveries
from subscribers import Desk, Links, NoLetters, People, Rules, routes
from tests.fakes import FakeMailer
from tests.older import go_back
from tests.sending import KEY, After, StoppedClock, a_sender, an_approved_edition, smtp, states
from tests.smtp_sink import SmtpSink

pytestmark = pytest.mark.enable_socket


# F7


@pytest.fixture
def closed_port() -> Iterator[int]:
    """A port at which nobody listens, and nobody will."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]


def _tries(
    job: Deliver, clock: StoppedClock, *, every: timedelta, during: timedelta
) -> list[EditionId]:
    """Sweep for a while, as a scheduler does; answers what was tried, and failed."""
    tried = []
    until = clock.time + during
    while clock.time < until:
        for edition in job.due():
            with pytest.raises(DeliveryError, match="cannot be reached"):
                job(edition)
            tried.append(edition)
        clock.time += every
    return tried


def test_a_relay_that_is_down_for_hours_is_asked_once_a_minute(
    store: Database, tmp_path: Path, clock: StoppedClock, closed_port: int
) -> None:
    """However often there is a sweep; once it is up, every letter goes once."""
    edition = an_approved_edition(store, [("theme-1",)] * 40)
    over: dict[str, Any] = {"clock": clock, "give_up_after": timedelta(days=2)}
    down = a_sender(store, tmp_path, smtp(closed_port, tmp_path), **over)
    tried = _tries(down, clock, every=timedelta(seconds=20), during=timedelta(hours=1))
    assert 10 <= len(tried) <= 61
    clock.time += timedelta(minutes=2)
    with SmtpSink() as sink:
        up = a_sender(store, tmp_path, smtp(sink.port, tmp_path), **over)
        assert [up(due).is_sent for due in up.due()] == [True]
    assert len(sink.message_ids()) == len(set(sink.message_ids())) == 40
    assert states(store, edition) == {"accepted": 40}


def test_a_relay_that_is_down_for_too_long_gets_nothing_late(
    store: Database, tmp_path: Path, clock: StoppedClock, closed_port: int
) -> None:
    """What could not go in its time is held and listed when the relay is up again."""
    edition = an_approved_edition(store, [("theme-1",)] * 40)
    over: dict[str, Any] = {"clock": clock, "give_up_after": timedelta(hours=6)}
    down = a_sender(store, tmp_path, smtp(closed_port, tmp_path), **over)
    assert _tries(down, clock, every=timedelta(minutes=30), during=timedelta(hours=7))
    with SmtpSink() as sink:
        up = a_sender(store, tmp_path, smtp(sink.port, tmp_path), **over)
        assert up.due() == []
        up(edition)
    assert sink.taken == []
    assert states(store, edition) == {"held": 40}


# F8


@contextmanager
def _lifted() -> Iterator[None]:
    most = resource.getrlimit(resource.RLIMIT_FSIZE)
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, most)


def test_a_disk_that_fills_up_lets_nothing_go_without_its_mark(
    store: Database, tmp_path: Path
) -> None:
    """Journal and database find no room in mid-send; with room again all goes, once."""
    edition = an_approved_edition(store, [("theme-1",)] * 300)
    taken = 0

    def fill_up() -> None:
        nonlocal taken
        taken += 1
        if taken == 50:
            (journal,) = (tmp_path / "journal").glob("*.log")
            full = journal.stat().st_size + 10
            resource.setrlimit(resource.RLIMIT_FSIZE, (full, resource.RLIM_INFINITY))

    with SmtpSink() as sink:
        mailer = smtp(sink.port, tmp_path)
        with _lifted(), pytest.raises((DeliveryError, StorageError)):
            a_sender(store, tmp_path, After(mailer, fill_up))(edition)
        before = len(sink.taken)
        assert before < 300, "it was to end in the middle of its work"
        a_sender(store, tmp_path, mailer)(edition)
    assert max(Counter(sink.message_ids()).values()) == 1
    counts = Counter(states(store, edition))
    assert counts["in_doubt"] <= 3, "as many as there were connections"
    assert counts["accepted"] + counts["in_doubt"] == 300


# F19


@pytest.fixture
def people(store: Database) -> People:
    known = People(store.engine, KEY, SystemClock().now)
    for number in range(60):
        known.add(f"reader{number}@example.net", {"weekly": None}, how="paper form")
    return known


@pytest.fixture
def web(people: People, store: Database) -> Iterator[TestClient]:
    links = Links("", KEY)
    desk = Desk(store.engine, KEY, SystemClock().now, NoLetters(), links, (), Rules())
    app = Starlette(routes=routes(people, lambda *_, **__: "", (), desk, links))
    with TestClient(app) as client:
        yield client


def test_who_leaves_while_it_is_sent_is_not_claimed_any_more(
    store: Database,
    people: People,
    web: TestClient,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Once the page has answered, only a letter that was claimed before may still come."""
    monkeypatch.setattr("digest.jobs.claiming.BATCH", 10)
    edition = an_approved_edition(store, [("theme-1",)] * 60)
    links, chance, waited = Links("", KEY), Random(20261123), set[int]()
    staying = set(people.recipients("weekly", range(1, 61)))

    def somebody_leaves() -> None:
        number = chance.choice(sorted(staying))
        staying.discard(number)
        link = links.unsubscribe(people.get(number).handle, "weekly")
        assert web.post(link, data={"List-Unsubscribe": "One-Click"}).status_code == 200
        with store.read() as work:
            due = work.deliveries.list(edition, DeliveryState.DUE)
            waited.update(row.subscriber for row in due if row.subscriber == number)

    mailer = FakeMailer()
    a_sender(store, tmp_path, After(mailer, somebody_leaves), people=people)(edition)
    with store.read() as work:
        rows = {row.subscriber: row.state for row in work.deliveries.list(edition)}
    assert waited, "somebody was to leave before the claim"
    assert {rows[number] for number in waited} == {DeliveryState.CANCELLED}
    got = {letter.recipient for letter in mailer.letters}
    assert not got & {people.get(number).address for number in waited}
    assert {rows[number] for number in staying} == {DeliveryState.ACCEPTED}


# F21


def test_a_backup_of_yesterday_sends_nothing_again(
    migrated_file: Path, tmp_path: Path, clock: StoppedClock
) -> None:
    """Restored after the time of an edition, it holds what it believes unsent, for a person."""
    file = tmp_path / "digest.db"
    shutil.copy(migrated_file, file)
    over: dict[str, Any] = {"clock": clock, "give_up_after": timedelta(hours=12)}
    mailer = FakeMailer()
    with closing(Database(f"sqlite:///{file}", tmp_path)) as store:
        edition = an_approved_edition(store, [("theme-1",)] * 40)
        store.backup(tmp_path / "yesterday")
        assert a_sender(store, tmp_path, mailer, **over)(edition).is_sent
    clock.time += timedelta(days=1)
    shutil.copy(tmp_path / "yesterday", file)
    with closing(Database(f"sqlite:///{file}", tmp_path)) as store:
        again = a_sender(store, tmp_path, mailer, **over)
        assert again.due() == []
        again(edition)
        assert states(store, edition) == {"held": 40}
    assert len(mailer.letters) == 40


# F22


def test_a_newer_schema_keeps_every_state(
    database_url: str, tmp_path: Path, clock: StoppedClock
) -> None:
    """A row in each state is as it was before the upgrade, and the rest is sent after it."""
    with closing(Database(database_url, tmp_path)) as store:
        store.upgrade()
        edition = an_approved_edition(store, [("theme-1",)] * len(DeliveryState))
        with store.engine.begin() as connection:
            ids = connection.scalars(select(deliveries.c.id).order_by(deliveries.c.id)).all()
            for number, state in zip(ids, DeliveryState, strict=True):
                row = deliveries.update().where(deliveries.c.id == number)
                connection.execute(row.values(state=state, reply=f"was {state}"))
            before = connection.execute(select(deliveries).order_by(deliveries.c.id)).all()
        go_back(store, "0004")
        store.upgrade()
        assert store.check() == []
        with store.engine.connect() as connection:
            assert connection.execute(select(deliveries).order_by(deliveries.c.id)).all() == before
        mailer = FakeMailer()
        a_sender(store, tmp_path, mailer, clock=clock)(edition)
    assert [letter.recipient for letter in mailer.letters] == ["reader1@example.net"]
