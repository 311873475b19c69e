"""Bounces from real sockets: POP3, IMAP, LMTP, SMTP, and what providers post."""

from __future__ import annotations

import smtplib
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.testclient import TestClient

from digest.errors import FetchError, StorageError
from digest.jobs.bounce import Bounce
from digest.ports import Mailbox, Returned, Webhook
from digest.returns.imap import ImapBox, ImapOptions
from digest.returns.lmtp import Listener, ListenerOptions
from digest.returns.mailgun import MailgunOptions, MailgunWebhook
from digest.returns.pop import PopBox, PopOptions
from digest.storage import Database
from digest.web.returns import routes
from subscribers import BounceKind, People
from tests.builders import MONDAY
from tests.contract.test_bounces import SENDER
from tests.mail_drop import Drop, mail_drop
from tests.returned import a_report
from tests.sending import KEY, StoppedClock
from tests.unit.returns.test_webhooks import BOUNCES, SECRET

pytestmark = pytest.mark.enable_socket

PROTOCOLS = ("pop", "imap")
LONG = a_report(said=f"smtp; 550 5.1.1 {'no ' * 2_000}")


class Keeper:
    def __init__(self, error: Exception | None = None) -> None:
        self.taken: list[Returned] = []
        self._error = error

    def __call__(self, messages: Sequence[Returned]) -> None:
        if self._error:
            raise self._error
        self.taken += messages


def _box(protocol: str, drop: Drop, password: str = "s3cret", **over: Any) -> Mailbox:
    server = {"host": "127.0.0.1", "port": drop.port, "tls": "none", "username": "bounces"}
    login = {**server, "password": SecretStr(password), **over}
    if protocol == "pop":
        return PopBox(PopOptions.model_validate(login), Path())
    return ImapBox(ImapOptions.model_validate(login), Path())


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_mailbox_is_emptied_over_the_wire(protocol: str) -> None:
    """All that is there is taken once, lines longer than a library likes included."""
    with mail_drop(protocol, a_report(), LONG, *[a_report()] * 60) as drop:
        keeper = Keeper()
        found = [_box(protocol, drop).empty(keeper), _box(protocol, drop).empty(keeper)]

    assert found == [62, 0]
    assert b"no no no" in keeper.taken[1].content
    assert len(keeper.taken) == 62


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_what_cannot_be_kept_stays_on_the_server(protocol: str) -> None:
    """Neither deleted nor marked before the database has it."""
    with mail_drop(protocol, a_report()) as drop:
        with pytest.raises(StorageError):
            _box(protocol, drop).empty(Keeper(StorageError("away")))
        assert _box(protocol, drop).empty(Keeper()) == 1


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_refused_login_is_told_without_the_password(protocol: str) -> None:
    """One sentence that says where."""
    with mail_drop(protocol) as drop, pytest.raises(FetchError, match=r"127\.0\.0\.1") as told:
        _box(protocol, drop, password="wr0ng").empty(Keeper())

    assert "wr0ng" not in str(told.value)


@pytest.mark.parametrize("tls", ["tls", "starttls"])
@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_mailbox_is_emptied_in_secret(
    protocol: str, tls: str, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Name and password included; a server that nobody vouches for hears neither."""
    keeper = Keeper()
    with mail_drop(
        protocol, a_report(), certificate=certificate, implicit_tls=tls == "tls"
    ) as drop:
        with pytest.raises(FetchError, match=r"not trusted.*SSL_CERT_FILE"):
            _box(protocol, drop, tls=tls).empty(keeper)
        assert not {"USER", "PASS", "LOGIN"}.intersection(drop.asked)
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        assert _box(protocol, drop, tls=tls).empty(keeper) == 1

    assert {"PASS", "LOGIN"}.intersection(drop.encrypted)
    assert len(keeper.taken) == 1


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_mailbox_without_starttls_hears_no_password(protocol: str) -> None:
    """When encryption is asked for, its absence is an error and no reason to do without."""
    with mail_drop(protocol) as drop, pytest.raises(FetchError, match=r"127\.0\.0\.1"):
        _box(protocol, drop, tls="starttls").empty(Keeper())

    assert not {"USER", "PASS", "LOGIN"}.intersection(drop.asked)


def test_imap_reads_without_marking_and_deletes_if_told() -> None:
    """Only the start of a message is asked for, and peeked at."""
    with mail_drop("imap", a_report()) as drop:
        _box("imap", drop, then="delete").empty(Keeper())

    assert [command for command in drop.asked if "BODY.PEEK[]<0." in command]
    assert drop.messages == {}


@contextmanager
def _listening(protocol: str, keeper: Keeper) -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    options = ListenerOptions.model_validate({"port": port, "protocol": protocol})
    listener = Listener(options, Path())
    listener.start(keeper)
    yield port
    listener.stop()
    listener.stop()


@pytest.mark.parametrize(("protocol", "client"), [("lmtp", smtplib.LMTP), ("smtp", smtplib.SMTP)])
def test_a_mail_server_delivers_to_the_listener(protocol: str, client: type[smtplib.SMTP]) -> None:
    """With the envelope's recipients, which prove most."""
    keeper = Keeper()
    to = ["bounces+1-ab@example.org", "bounces+2-cd@example.org"]
    with _listening(protocol, keeper) as port, client("127.0.0.1", port) as server:
        server.ehlo_or_helo_if_needed()
        server.mail("")
        answers = [server.rcpt(one)[0] for one in to] + [server.data(a_report())[0]]
        if protocol == "lmtp":  # one answer for each recipient, of which the library reads one
            answers.append(server.getreply()[0])
        assert server.sendmail("", to[:1], a_report()) == {}

    assert answers == [250] * len(answers)
    assert [message.recipients for message in keeper.taken] == [tuple(to), tuple(to[:1])]


def test_a_message_that_cannot_be_kept_is_to_come_again() -> None:
    """The mail server holds it: a code of 4 is no loss."""
    with (
        _listening("smtp", Keeper(StorageError("away"))) as port,
        smtplib.SMTP("127.0.0.1", port) as server,
        pytest.raises(smtplib.SMTPDataError) as told,
    ):
        server.sendmail("", ["bounces@example.org"], a_report())

    assert told.value.smtp_code == 451


def test_a_provider_posts_its_report(store: Database) -> None:
    """Kept once however often it comes; unsigned or unreadable ones change nothing."""
    clock = StoppedClock(MONDAY)
    people = People(store.engine, KEY, clock.now)
    people.add("ada@example.net", {"weekly": None}, how="paper")
    bounce = Bounce(store, people.bounces, people.self_service, SENDER)
    options = MailgunOptions(signing_key=SecretStr(SECRET))
    hook: Webhook = MailgunWebhook(options, lambda _: b"")
    _, body = BOUNCES["mailgun"]
    with TestClient(Starlette(routes=routes({"carrier": hook}, bounce, clock))) as web:
        sent = [body, body, body.replace(b"t0ken", b"t1ken"), b"{", b"x" * 5_000_001]
        post = [web.post("/api/bounces/carrier", content=one).status_code for one in sent]
        asked = web.get("/api/bounces/carrier").status_code

    assert post == [200, 200, 403, 400, 413]
    assert asked == 405
    assert people.bounces.tally()[BounceKind.HARD] == 1
