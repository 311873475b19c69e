"""Letters to a real server on loopback that fails in every way that servers fail."""

from __future__ import annotations

import logging
import socket
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from digest.config import MailSettings
from digest.core.letter import Letter
from digest.core.outbox import Outcome, Receipt
from digest.core.refusal import TO_MAIL
from digest.errors import DeliveryError
from digest.mailers import smtp_run, smtp_session
from digest.mailers.smtp import SmtpMailer
from digest.ports import Mailer
from tests.contract.mailer_contract import MailerContract, all_go, some_letters
from tests.smtp_sink import SmtpSink

pytestmark = pytest.mark.enable_socket


def a_mailer(sink: SmtpSink | int, **over: Any) -> SmtpMailer:
    port = sink if isinstance(sink, int) else sink.port
    fields = {"from_address": "digest@example.org", "host": "127.0.0.1", "port": port}
    return SmtpMailer(MailSettings(**{**fields, "connections": 1, **over}), Path())


def handed(mailer: Mailer, letters: Iterable[Letter]) -> dict[int, Receipt]:
    """Receipts by delivery; fails when a letter has two."""
    receipts: dict[int, Receipt] = {}
    for letter, receipt in mailer.hand_off(letters, all_go):
        assert letter.delivery not in receipts
        receipts[letter.delivery] = receipt
    return receipts


def outcomes(mailer: Mailer, letters: Iterable[Letter]) -> list[str]:
    receipts = handed(mailer, letters)
    return [receipts[number].outcome.value for number in sorted(receipts)]


class TestContract(MailerContract):
    @pytest.fixture
    def sink(self) -> Iterator[SmtpSink]:
        with SmtpSink() as sink:
            yield sink

    @pytest.fixture
    def mailer(self, sink: SmtpSink) -> Mailer:
        return a_mailer(sink, connections=3)

    @pytest.fixture
    def arrived(self, sink: SmtpSink) -> Callable[[], Sequence[str]]:
        return sink.message_ids


def test_the_server_gets_envelope_and_content_unchanged() -> None:
    """Dots that begin lines survive, each letter has its own envelope."""
    (letter,) = some_letters(1)
    letter = replace(letter, content=letter.content + b".\r\n..\r\n.end\r\n")
    with SmtpSink() as sink:
        handed(a_mailer(sink), [letter])
    (taken,) = sink.taken
    assert taken.sender == letter.sender
    assert taken.recipients == (letter.recipient,)
    assert taken.content == letter.content


def test_one_connection_carries_many_letters() -> None:
    """It is used again until so many letters went over it."""
    with SmtpSink() as sink:
        mailer = a_mailer(sink, connection_letters=100)
        assert outcomes(mailer, some_letters(250)) == ["accepted"] * 250
    assert sink.connections == 3


def test_no_more_connections_than_allowed() -> None:
    """As many as the setting says are used, never more."""
    with SmtpSink(delay=0.01) as sink:
        handed(a_mailer(sink, connections=4), some_letters(60))
    assert sink.most_open == 4


def test_one_letter_opens_one_connection() -> None:
    """A short edition is no reason to open all of them."""
    with SmtpSink() as sink:
        handed(a_mailer(sink, connections=8), some_letters(1))
    assert sink.connections == 1


@pytest.mark.parametrize("extensions", [(), ("8BITMIME",)])
def test_a_server_without_pipelining_is_spoken_to_step_by_step(extensions: tuple[str, ...]) -> None:
    """Old servers get one command at a time; the refused one costs only its letter."""
    faults = {"rcpt": [None, "550 5.1.1 no such user", "451 4.7.1 later"]}
    with SmtpSink(extensions=extensions, faults=faults) as sink:
        told = outcomes(a_mailer(sink), some_letters(4))
    assert told == ["accepted", "refused", "deferred", "accepted"]


@pytest.mark.parametrize("stage", ["mail", "rcpt", "data", "dot"])
@pytest.mark.parametrize(
    ("reply", "outcome"),
    [("451 4.7.1 greylisted", "deferred"), ("550 5.1.1 no such user", "refused")],
)
def test_a_clear_no_at_any_stage(stage: str, reply: str, outcome: str) -> None:
    """4xx defers and 5xx refuses one letter; the next goes over the same connection."""
    with SmtpSink(faults={stage: [None, reply]}) as sink:
        receipts = handed(a_mailer(sink), some_letters(3))
    assert [receipts[n].outcome.value for n in (1, 2, 3)] == ["accepted", outcome, "accepted"]
    assert receipts[2].reply == (TO_MAIL if stage == "mail" else "") + reply
    assert sink.connections == 1


@pytest.mark.parametrize("stage", ["mail", "rcpt", "data", "dot"])
def test_421_ends_the_connection_and_not_the_run(stage: str) -> None:
    """The letter is deferred, what comes after goes over a new connection."""
    with SmtpSink(faults={stage: [None, "421 4.3.2 shutting down"]}) as sink:
        assert outcomes(a_mailer(sink), some_letters(3)) == ["accepted", "deferred", "accepted"]
    assert sink.connections == 2


@pytest.mark.parametrize("stage", ["mail", "rcpt", "data"])
def test_a_connection_that_broke_while_it_was_idle_costs_nothing(stage: str) -> None:
    """Servers close what they find idle; such a letter goes over a new connection at once."""
    with SmtpSink(faults={stage: [None, "drop"]}) as sink:
        assert outcomes(a_mailer(sink), some_letters(3)) == ["accepted"] * 3
    assert sorted(sink.message_ids()) == [f"<letter{n}@example.org>" for n in (1, 2, 3)]


@pytest.mark.parametrize("stage", ["mail", "rcpt", "data"])
def test_a_server_that_breaks_each_connection_defers(stage: str) -> None:
    """Broken before the dot on a fresh connection: safe to send again, later."""
    with SmtpSink(faults={stage: ["drop", "drop"]}) as sink:
        assert outcomes(a_mailer(sink), some_letters(3)) == ["deferred", "deferred", "accepted"]


@pytest.mark.parametrize(("fault", "really_taken"), [("drop", 2), ("lostack", 3)])
def test_silence_after_the_dot_is_a_doubt(fault: str, really_taken: int) -> None:
    """Whether or not the server took it, nobody can know: it is not sent again by itself."""
    with SmtpSink(faults={"dot": [None, fault]}) as sink:
        receipts = handed(a_mailer(sink), some_letters(3))
    assert [receipts[n].outcome.value for n in (1, 2, 3)] == ["accepted", "in_doubt", "accepted"]
    assert "before the server answered" in receipts[2].reply
    assert len(sink.taken) == really_taken


def test_no_answer_in_time_is_a_doubt(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server may be slow for ten minutes; beyond that the letter is in doubt."""
    monkeypatch.setattr(smtp_session, "_DOT_TIMEOUT", 0.2)
    with SmtpSink(faults={"dot": ["hang"]}) as sink:
        assert outcomes(a_mailer(sink), some_letters(2)) == ["in_doubt", "accepted"]


@pytest.mark.parametrize("stage", ["mail", "dot"])
def test_noise_instead_of_a_reply(stage: str) -> None:
    """What is no reply is no yes; the connection is not trusted any further."""
    with SmtpSink(faults={stage: ["\x00\x1b nonsense"]}) as sink:
        first, second = outcomes(a_mailer(sink), some_letters(2))
    assert (first, second) == ("in_doubt" if stage == "dot" else "deferred", "accepted")
    assert sink.connections == 2


def test_a_server_that_asks_for_content_without_a_recipient() -> None:
    """Some do (RFC 2920 §3.1); the letter is refused, the session goes on, nothing is sent."""
    with SmtpSink(faults={"rcpt": ["550 5.1.1 no"], "data": ["eager"]}) as sink:
        assert outcomes(a_mailer(sink), some_letters(2)) == ["refused", "accepted"]
    assert sink.message_ids() == ["<letter2@example.org>"]
    assert sink.connections == 1


def test_a_letter_above_the_size_of_the_server_is_refused() -> None:
    """It is not sent only to be refused."""
    with SmtpSink(extensions=["PIPELINING", "SIZE 60"]) as sink:
        small, large = some_letters(2)
        large = replace(large, content=large.content + b"x" * 60 + b"\r\n")
        receipts = handed(a_mailer(sink), [small, large])
    assert receipts[1].outcome is Outcome.ACCEPTED
    assert receipts[2] == Receipt(
        Outcome.REFUSED, f"{len(large.content)} bytes, of which the mail server takes 60"
    )


@pytest.mark.parametrize(("offered", "outcome"), [(True, "accepted"), (False, "refused")])
def test_local_parts_outside_ascii_need_smtputf8(*, offered: bool, outcome: str) -> None:
    """With the extension they are mailed, without it the reason is told."""
    (letter,) = some_letters(1)
    letter = replace(letter, recipient="jürgen@example.net")
    extensions = ["PIPELINING", "8BITMIME", *(["SMTPUTF8"] if offered else [])]
    with SmtpSink(extensions=extensions) as sink:
        receipt = handed(a_mailer(sink), [letter])[1]
    assert receipt.outcome.value == outcome
    if offered:
        assert sink.taken[0].recipients == ("jürgen@example.net",)
    else:
        assert "needs SMTPUTF8" in receipt.reply


@pytest.mark.parametrize("field", ["sender", "recipient"])
def test_an_address_cannot_add_a_command(field: str) -> None:
    """A line break in an address does not reach the wire."""
    first, second = some_letters(2)
    over: Any = {field: "a@example.org>\r\nRCPT TO:<victim@example.com"}
    hostile = replace(first, **over)
    with SmtpSink() as sink:
        assert outcomes(a_mailer(sink), [hostile, second]) == ["refused", "accepted"]
    assert sink.commands.count("RCPT") == 1


def test_a_server_of_another_kind_is_one_clear_error() -> None:
    """What greets in another language is told apart from a mail server that refuses us."""

    def greet() -> None:
        with server.accept()[0] as connection:
            connection.sendall(b"SSH-2.0-Other\r\n")

    with socket.create_server(("127.0.0.1", 0)) as server, ThreadPoolExecutor(1) as pool:
        pool.submit(greet)
        mailer = a_mailer(server.getsockname()[1])
        with pytest.raises(DeliveryError, match=r"does not speak SMTP; check mail\.port"):
            handed(mailer, some_letters(1))


def test_nobody_at_the_port_is_one_clear_error() -> None:
    """Nothing was marked, nothing was told; the sentence names host, port and settings."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    marked: list[Letter] = []
    said = rf"127\.0\.0\.1:{port} cannot be reached: Connection refused; check mail\.host"
    with pytest.raises(DeliveryError, match=said):
        list(a_mailer(port, connections=3).hand_off(some_letters(9), marked.extend))  # type: ignore[arg-type] # never called
    assert marked == []


@pytest.mark.parametrize(
    ("stage", "fault"),
    [
        ("connect", "421 4.7.0 too many connections"),
        ("connect", "554 5.7.1 no"),
        ("connect", "drop"),
        ("ehlo", "421 4.3.2 shutting down"),
        ("ehlo", "drop"),
    ],
)
def test_a_server_that_refuses_the_session(stage: str, fault: str) -> None:
    """That is no letter's fault: no letter is refused or deferred."""
    with (
        SmtpSink(faults={stage: [fault] * 4}) as sink,
        pytest.raises(DeliveryError, match=r"the mail server 127\.0\.0\.1"),
    ):
        handed(a_mailer(sink), some_letters(3))
    assert sink.taken == []


def test_a_server_with_room_for_one_connection_gets_all_letters() -> None:
    """The connections it refuses are given up, the one it keeps carries everything."""
    with SmtpSink(faults={"connect": [None, *["421 4.7.0 too many"] * 3]}) as sink:
        assert outcomes(a_mailer(sink, connections=4), some_letters(40)) == ["accepted"] * 40


def test_a_server_that_goes_away_in_mid_send() -> None:
    """What it answered is told, the letter on the wire is deferred, then comes the error."""
    faults = {"mail": [None, "421 bye"], "connect": [None, *["421 bye"] * 9]}
    with SmtpSink(faults=faults) as sink:
        receipts = a_mailer(sink).hand_off(some_letters(9), all_go)
        told = [next(receipts)[1].outcome for _ in range(2)]
        with pytest.raises(DeliveryError):
            next(receipts)
    assert told == [Outcome.ACCEPTED, Outcome.DEFERRED]


def test_user_and_password_are_used() -> None:
    """A server that wants them gets them."""
    with SmtpSink(user=("editor", "open sesame")) as sink:
        mailer = a_mailer(sink, username="editor", password="open sesame")
        assert outcomes(mailer, some_letters(1)) == ["accepted"]


def test_a_wrong_password_is_told_without_the_password(caplog: pytest.LogCaptureFixture) -> None:
    """Not even when the server repeats it."""
    caplog.set_level(logging.DEBUG)
    with (
        SmtpSink(user=("editor", "open sesame")) as sink,
        pytest.raises(DeliveryError, match=r"refused the user \(535\)") as caught,
    ):
        handed(a_mailer(sink, username="editor", password="swordfish"), some_letters(1))
    assert "swordfish" not in f"{caught.value!r}{caught.value.__cause__!r}{caplog.text}"


def test_a_server_that_wants_a_user_refuses_no_letter() -> None:
    """530 is our configuration's fault: the letter waits, the error says what to set."""
    with (
        SmtpSink(user=("editor", "open sesame")) as sink,
        pytest.raises(DeliveryError, match=r"mail\.username"),
    ):
        assert outcomes(a_mailer(sink), some_letters(3)) == ["deferred"]


@pytest.mark.parametrize("tls", ["starttls", "tls"])
def test_a_certificate_that_nobody_vouches_for_is_refused(certificate: Path, tls: str) -> None:
    """Self-signed: no letter leaves, the error says how to name an authority."""
    with (
        SmtpSink(certificate=certificate, implicit_tls=tls == "tls") as sink,
        pytest.raises(DeliveryError, match=r"not trusted.*SSL_CERT_FILE"),
    ):
        handed(a_mailer(sink, tls=tls), some_letters(1))
    assert sink.taken == []


@pytest.mark.parametrize("tls", ["starttls", "tls"])
def test_letters_go_encrypted_to_a_server_that_is_trusted(
    certificate: Path, tls: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With its authority named, the same server is used, the faults are the same."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    faults = {"dot": [None, "lostack"], "rcpt": [None, None, None, "550 no"]}
    with SmtpSink(certificate=certificate, implicit_tls=tls == "tls", faults=faults) as sink:
        told = outcomes(a_mailer(sink, tls=tls), some_letters(5))
    assert told == ["accepted", "in_doubt", "accepted", "refused", "accepted"]


def test_a_large_letter_goes_encrypted(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of many records, with the envelope of the next letter behind it."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    first, second = some_letters(2)
    first = replace(first, content=first.content + b".line\r\n" * 1_000_000)
    with SmtpSink(certificate=certificate, implicit_tls=True) as sink:
        assert outcomes(a_mailer(sink, tls="tls"), [first, second]) == ["accepted"] * 2
    assert [taken.content for taken in sink.taken] == [first.content, second.content]


def test_a_server_without_starttls_gets_nothing_in_clear() -> None:
    """When encryption is asked for, its absence is an error and no reason to do without."""
    with SmtpSink() as sink, pytest.raises(DeliveryError, match=r"STARTTLS.*mail\.tls"):
        handed(a_mailer(sink, tls="starttls"), some_letters(1))
    assert sink.taken == []


def test_marks_of_all_connections_come_together() -> None:
    """While one mark is being set the others gather, and the next sets them all at once."""
    sizes: list[int] = []

    def slow_mark(letters: Sequence[Letter]) -> Sequence[Letter]:
        time.sleep(0.01)
        sizes.append(len(letters))
        return letters

    with SmtpSink() as sink:
        list(a_mailer(sink, connections=4).hand_off(some_letters(80), slow_mark))
    assert max(sizes) > 1
    assert max(sizes) <= 4
    assert sum(sizes) == 80


def test_at_most_one_letter_per_connection_is_between_mark_and_receipt() -> None:
    """Whatever happens then, no more letters than connections can be in doubt."""
    open_marks: set[int] = set()
    most = 0

    def mark(letters: Sequence[Letter]) -> Sequence[Letter]:
        nonlocal most
        open_marks.update(letter.delivery for letter in letters)
        most = max(most, len(open_marks))
        return letters

    with SmtpSink() as sink:
        for letter, _ in a_mailer(sink, connections=3).hand_off(some_letters(200), mark):
            open_marks.remove(letter.delivery)
    assert most <= 3
    assert len(sink.taken) == 200


def test_a_fault_in_the_mark_stops_everything() -> None:
    """When nothing can be written down, nothing more is sent, and the fault is not hidden."""

    def broken(letters: Sequence[Letter]) -> Sequence[Letter]:
        raise RuntimeError("the disk is full")

    with SmtpSink() as sink, pytest.raises(RuntimeError, match="disk"):
        list(a_mailer(sink, connections=2).hand_off(some_letters(20), broken))
    assert sink.taken == []


def test_told_to_stop_a_server_that_does_not_answer_is_left(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Its letter has no receipt, which is a doubt; the process ends."""
    monkeypatch.setattr(smtp_run, "_FINISH", 0.1)
    monkeypatch.setattr(smtp_session, "_PARTING_TIMEOUT", 0.1)
    marked: list[int] = []

    def mark(letters: Sequence[Letter]) -> Sequence[Letter]:
        marked.extend(letter.delivery for letter in letters)
        return letters

    with SmtpSink(faults={"dot": ["hang"]}) as sink:
        assert not list(a_mailer(sink).hand_off(some_letters(9), mark, lambda: bool(marked)))
    assert marked == [1]
