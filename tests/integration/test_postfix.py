"""A real relay: what it says of each letter, and what the ledger says, are the same."""

from __future__ import annotations

import os
import re
import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dkim
import pytest

from digest.cli.relay_logs import as_utc, log_lines
from digest.clock import SystemClock
from digest.config import MailSettings
from digest.core.dkim import Signer
from digest.core.edition import EditionId, EditionState
from digest.core.letter import KIND, Letter
from digest.core.outbox import DeliveryState, Outcome, Receipt
from digest.jobs.deliver import Deliver
from digest.jobs.letters import LetterWriter
from digest.jobs.resolve import Resolution, Resolve
from digest.mailers.smtp import SmtpMailer
from digest.ports import Mailer
from digest.storage import Database
from tests.builders import an_edition
from tests.bulk_sender import faults
from tests.fakes import FakeJournals
from tests.keys import RSA
from tests.postfix import Postfix, find_postfix, running_postfix
from tests.sending import FakeRoll, a_writer
from tests.smtp_sink import SmtpSink

pytestmark = pytest.mark.enable_socket

MANY = 10_000
_LONG_ID = "[0-9B-DF-HJ-NP-TV-Zb-df-hj-np-tv-z]{10,}"
"""Digits and consonants; short ids may be given twice among ten thousand letters."""
_QUEUE_ID = re.compile(rf"postfix/\w+\[\d+\]: ({_LONG_ID}): (.*)")
_QUEUED_AS = re.compile(rf"queued as ({_LONG_ID})")


@pytest.fixture(scope="module", autouse=True)
def _postfix_is_there() -> None:
    try:
        find_postfix()
    except LookupError as missing:
        if os.environ.get("DIGEST_TESTS_WITHOUT_POSTFIX") == "1":
            pytest.skip(str(missing))
        pytest.fail(str(missing), pytrace=False)


@pytest.fixture
def house(migrated_file: Path, tmp_path: Path) -> Iterator[Database]:
    shutil.copy(migrated_file, tmp_path / "digest.db")
    database = Database(f"sqlite:///{tmp_path / 'digest.db'}", tmp_path)
    yield database
    database.close()


@pytest.fixture
def postfix() -> Iterator[Postfix]:
    with running_postfix() as postfix:
        yield postfix


class Forgetful:
    """Hands letters on, but loses the answers to some, and others before they are sent."""

    def __init__(self, mailer: Mailer) -> None:
        self._mailer = mailer

    def hand_off(
        self,
        letters: Iterable[Letter],
        at_dot: Callable[[Sequence[Letter]], Sequence[Letter]],
        stopping: Callable[[], bool] = bool,
    ) -> Iterator[tuple[Letter, Receipt]]:
        lost: list[Letter] = []
        for letter, receipt in self._mailer.hand_off(_kept(letters, lost), at_dot, stopping):
            answer_is_lost = letter.delivery % 50 == 1
            yield letter, WHO_KNOWS if answer_is_lost else receipt
            while lost:
                yield lost.pop(), WHO_KNOWS
        for letter in lost:
            yield letter, WHO_KNOWS


WHO_KNOWS = Receipt(Outcome.IN_DOUBT, "the connection broke")


def _kept(letters: Iterable[Letter], lost: list[Letter]) -> Iterator[Letter]:
    for letter in letters:
        if letter.delivery % 50 == 2:
            lost.append(letter)
        else:
            yield letter


def approved(house: Database, readers: int) -> EditionId:
    """An edition that was approved just now."""
    now = datetime.now(UTC)
    with house.begin() as work:
        number = work.editions.add("weekly", now, now, EditionState.DRAFT).id
        work.editions.approve(number, an_edition(), by="test", now=now, tag="tag:example.org")
        audience = ((reader, ("theme-1",), "") for reader in range(1, readers + 1))
        work.deliveries.enqueue(number, audience, now)
    return number


def smtp(postfix: Postfix) -> SmtpMailer:
    settings = {"from_address": "digest@example.org", "host": "127.0.0.1", "connections": 8}
    return SmtpMailer(MailSettings(**settings, port=postfix.port), Path())


def deliver(house: Database, mailer: Mailer, writer: LetterWriter | None = None) -> Deliver:
    return Deliver(
        store=house,
        clock=SystemClock(),
        mailer=mailer,
        people=FakeRoll(),
        writer=writer or a_writer(),
        journals=FakeJournals(),
        give_up_after=timedelta(days=2),
    )


def resolved(house: Database, edition: EditionId, log: Path) -> Resolution:
    job = Resolve(house, SystemClock(), a_writer().sender, "hold")
    return job.by_log(edition, [log_lines(log)], as_utc(None))


def logged(postfix: Postfix) -> dict[str, dict[str, str]]:
    """Each message in the log by its queue id, read by other means than ours."""
    messages: dict[str, dict[str, str]] = {}
    for line in postfix.told():
        if found := _QUEUE_ID.search(line):
            message = messages.setdefault(found[1], {})
            for key, pattern in _FACTS.items():
                if fact := re.match(pattern, found[2]):
                    message[key] = fact[1]
    return messages


_FACTS = {
    "name": r"message-id=(\S+)",
    "sender": r"from=<([^>]*)>",
    "recipient": r"to=<([^>]*)>",
    "status": r"to=.* status=(\w+)",
    "removed": r"(removed)",
}


def test_log_and_ledger_agree_message_by_message(house: Database, postfix: Postfix) -> None:
    """Each row names the queue id under which the relay has that very letter, and no other."""
    edition = approved(house, MANY)
    report = deliver(house, smtp(postfix))(edition)
    assert (report.accepted, report.is_sent) == (MANY, True)
    postfix.wait_for(": removed", MANY)

    messages, sender = logged(postfix), a_writer().sender
    with house.read() as work:
        rows = list(work.deliveries.list(edition, DeliveryState.ACCEPTED))
    assert len(rows) == len(messages) == MANY
    for row in rows:
        queued = _QUEUED_AS.search(row.reply)
        assert queued
        assert messages[queued[1]] == {
            "name": sender.message_id(KIND, edition, row.subscriber),
            "sender": sender.envelope(row.id),
            "recipient": f"reader{row.subscriber}@example.net",
            "status": "sent",
            "removed": "removed",
        }


def test_the_log_settles_doubts(house: Database, postfix: Postfix) -> None:
    """What was taken is known as accepted, what was not goes out; nobody gets two, nobody none."""
    readers = 500
    edition = approved(house, readers)
    report = deliver(house, Forgetful(smtp(postfix)))(edition)
    assert report.in_doubt == 20
    postfix.wait_for(": removed", readers - 10)

    early = resolved(house, edition, postfix.log)
    assert (early.accepted, early.due, early.left) == (10, 0, 10)
    assert "it must reach without a gap" in early.why[0]

    _say_something_later(postfix)
    late = resolved(house, edition, postfix.log)
    assert (late.accepted, late.due, late.left) == (0, 10, 0)

    assert deliver(house, smtp(postfix))(edition).is_sent
    postfix.wait_for(": removed", readers)
    names = Counter(message.get("name") for message in logged(postfix).values())
    assert set(names.values()) == {1}
    assert len(names) == readers
    with house.read() as work:
        settled = [row.reply for row in work.deliveries.list(edition) if "log:" in row.reply]
    assert len(settled) == 10
    assert all("status=sent" in reply for reply in settled)


def _say_something_later(postfix: Postfix) -> None:
    """As the relay would within minutes, at the next letter."""
    later = datetime.now() + timedelta(minutes=6)  # noqa: DTZ005 - as the log has it
    with postfix.log.open("a") as log:
        log.write(f"{later:%b %e %H:%M:%S} relay postfix/smtpd[1]: connect from unknown\n")


def test_the_log_of_another_relay_settles_nothing(house: Database, postfix: Postfix) -> None:
    """A log that knows no letter of ours says nothing of the one that is missing in it."""
    edition = approved(house, 2)
    deliver(house, Forgetful(smtp(postfix)))(edition)
    other = postfix.folder / "other.log"
    start, end = (datetime.now(UTC) + timedelta(minutes=minutes) for minutes in (-60, 60))
    other.write_text(
        "".join(f"{when.isoformat()} mx postfix/smtpd[1]: connect\n" for when in (start, end))
    )
    found = resolved(house, edition, other)
    assert (found.accepted, found.due, found.left) == (0, 0, 2)
    assert "no letter of ours" in found.why[0]


def test_a_signature_is_good_behind_a_relay(house: Database) -> None:
    """What a real relay does to a letter on its way leaves the signature as it was."""
    signer = Signer("example.org", "test", RSA.algorithm, RSA.sign)
    with SmtpSink(extensions=()) as sink, running_postfix(f"smtp:[127.0.0.1]:{sink.port}") as relay:
        edition = approved(house, 3)
        deliver(house, smtp(relay), replace(a_writer(), signer=signer))(edition)
        relay.wait_for(": removed", 3)
    assert len(sink.taken) == 3
    for taken in sink.taken:
        assert dkim.verify(taken.content, dnsfunc=RSA.dns)
        received, signature, message = taken.content.partition(b"DKIM-Signature:")
        assert received.startswith(b"Received: ")
        assert faults(signature + message, datetime.now(UTC), dns=RSA.dns) == []
