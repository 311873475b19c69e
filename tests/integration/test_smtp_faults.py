"""Whatever a server does at whatever moment, the receipts agree with what it took."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from digest.config import MailSettings
from digest.core.letter import Letter
from digest.core.outbox import Outcome, Receipt
from digest.errors import DeliveryError
from digest.mailers.smtp import SmtpMailer
from tests.contract.mailer_contract import all_go, some_letters
from tests.smtp_sink import Faults, SmtpSink

pytestmark = pytest.mark.enable_socket

_REPLIES = [
    "421 4.3.2 shutting down",
    "451-4.7.1 come\r\n451 4.7.1 later",
    "550 5.1.1 no such user",
    "\x00\x1b nonsense",
    "drop",
]
_FAULTS = st.lists(st.one_of(st.none(), st.none(), st.sampled_from(_REPLIES)), max_size=8)
_SCRIPTS = st.fixed_dictionaries(
    {
        **dict.fromkeys(("mail", "rcpt", "data", "content", "quit"), _FAULTS),
        "connect": st.lists(st.sampled_from([None, None, "421 4.7.0 full", "drop"]), max_size=4),
        "dot": st.lists(st.sampled_from([None, None, "lostack", *_REPLIES]), max_size=8),
    }
)
_PIPELINING = ("PIPELINING", "8BITMIME", "SMTPUTF8", "SIZE 0")


def a_mailer(*sinks: SmtpSink, connections: int = 1, **over: Any) -> SmtpMailer:
    servers = [
        {"name": f"relay-{number}", "host": "127.0.0.1", "port": sink.port}
        for number, sink in enumerate(sinks)
    ]
    fields = {"from_address": "digest@example.org", "servers": servers, "connections": connections}
    return SmtpMailer(MailSettings(**{**fields, **over}), Path())


class Watched:
    """Hands over and remembers receipts, and the most marks without one."""

    def __init__(self, mailer: SmtpMailer, letters: Sequence[Letter]) -> None:
        self.receipts: dict[str, Receipt] = {}
        self.most_open = 0
        self.open: set[str] = set()
        for letter, receipt in mailer.hand_off(letters, self._mark):
            assert letter.message_id not in self.receipts
            self.receipts[letter.message_id] = receipt
            self.open.discard(letter.message_id)

    def _mark(self, letters: Sequence[Letter]) -> Sequence[Letter]:
        self.open.update(letter.message_id for letter in letters)
        self.most_open = max(self.most_open, len(self.open))
        return letters


def agree(receipts: dict[str, Receipt], sink: SmtpSink) -> None:
    """The oracle: what the sink wrote down."""
    taken = Counter(sink.message_ids())
    assert all(times == 1 for times in taken.values()), "nothing comes twice"
    for name, receipt in receipts.items():
        if receipt.outcome is Outcome.ACCEPTED:
            assert taken[name] == 1
        elif receipt.outcome is not Outcome.IN_DOUBT:
            assert taken[name] == 0, receipt
    for name in taken:
        assert receipts[name].outcome in {Outcome.ACCEPTED, Outcome.IN_DOUBT}


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    faults=_SCRIPTS,
    count=st.integers(1, 12),
    connections=st.integers(1, 3),
    pipelining=st.booleans(),
    trickle=st.booleans(),
)
def test_receipts_agree_with_the_server(
    faults: Faults, count: int, connections: int, *, pipelining: bool, trickle: bool
) -> None:
    """Accepted is there once; deferred and refused are not there; what is there was told."""
    letters = some_letters(count)
    extensions = _PIPELINING if pipelining else ()
    with SmtpSink(faults=faults, extensions=extensions, trickle=trickle) as sink:
        watched = Watched.__new__(Watched)
        with suppress(DeliveryError):
            watched.__init__(a_mailer(sink, connections=connections), letters)  # type: ignore[misc] # what was told until the error counts
        told = set(watched.receipts)
    agree(watched.receipts, sink)
    assert not watched.open, "what was marked was told"
    assert watched.most_open <= connections
    assert told <= {letter.message_id for letter in letters}


@pytest.mark.parametrize("stage", ["mail", "rcpt", "data", "content", "dot"])
@pytest.mark.parametrize("fault", _REPLIES)
@pytest.mark.parametrize("before", ["250", "451 4.3.0 later", "550 5.7.1 no"])
def test_an_envelope_that_rode_with_a_content(stage: str, fault: str, before: str) -> None:
    """Each letter has its own answer, whatever became of the one before on the connection."""
    first = None if before == "250" else before
    faults: dict[str, list[str | None]] = {stage: [None, fault]}
    if stage == "dot":
        faults = {"dot": [first, fault]}
    elif first:
        faults["dot"] = [first]
    with SmtpSink(faults=faults) as sink:
        receipts = Watched(a_mailer(sink), some_letters(5)).receipts
        agree(receipts, sink)
    told = [receipts[f"<letter{number}@example.org>"].outcome for number in range(1, 6)]
    assert (
        told[0] is {"2": Outcome.ACCEPTED, "4": Outcome.DEFERRED, "5": Outcome.REFUSED}[before[0]]
    )
    assert told[2:] == [Outcome.ACCEPTED] * 3
    doubt = stage in {"content", "dot"} and fault in {"drop", "\x00\x1b nonsense"}
    assert (told[1] is Outcome.IN_DOUBT) is doubt


@pytest.mark.parametrize("trickle", [True, False])
def test_replies_in_pieces(*, trickle: bool) -> None:
    """Octet by octet, over several lines: a reply is what RFC 5321 says it is."""
    faults: Faults = {
        "rcpt": [None, "550-5.1.1 no\r\n550-such\r\n550 5.1.1 user"],
        "dot": ["250-ok\r\n250 x"],
    }
    with SmtpSink(faults=faults, trickle=trickle) as sink:
        receipts = Watched(a_mailer(sink), some_letters(3)).receipts
    assert receipts["<letter2@example.org>"].reply == "550 5.1.1 no such 5.1.1 user"
    assert receipts["<letter1@example.org>"].reply == "250 ok x"


@pytest.mark.parametrize("letters", [1, 3])
def test_a_server_that_refuses_in_mid_message(letters: int) -> None:
    """It says why and closes while we still write: refused, not lost, not in doubt."""
    large = [
        replace(letter, content=letter.content + b"x" * 70 + b"\r\n" + b"y" * 20_000_000 + b"\r\n")
        for letter in some_letters(letters)
    ]
    with SmtpSink(faults={"content": ["552 5.3.4 too much"]}) as sink:
        receipts = Watched(a_mailer(sink), large).receipts
        agree(receipts, sink)
    first = receipts["<letter1@example.org>"]
    assert (first.outcome, first.reply) == (Outcome.REFUSED, "552 5.3.4 too much")
    assert len(sink.taken) == letters - 1


def test_a_large_letter_arrives_whole() -> None:
    """It is sent in the pieces that the network takes."""
    letter = replace(some_letters(1)[0], content=b"a: b\r\n\r\n" + b".line\r\n" * 3_000_000)
    with SmtpSink() as sink:
        Watched(a_mailer(sink), [letter])
    assert sink.taken[0].content == letter.content


def test_a_server_that_is_down_leaves_its_letters_to_the_others() -> None:
    """One of two is out of reach: all letters go over the other."""
    with SmtpSink() as up:
        with SmtpSink() as down:
            pass
        receipts = Watched(a_mailer(down, up, connections=4), some_letters(40)).receipts
    assert len(up.taken) == len(receipts) == 40


def test_a_server_that_defers_everything_leaves_the_rest_to_the_others() -> None:
    """After twenty deferrals in a row it is left alone; the deferred ones come again later."""
    with SmtpSink() as good, SmtpSink(faults={"rcpt": ["451 4.3.0 full"] * 500}) as bad:
        receipts = Watched(a_mailer(bad, good, connections=2), some_letters(300)).receipts
    told = Counter(receipt.outcome for receipt in receipts.values())
    assert 20 <= told[Outcome.DEFERRED] <= 25
    assert told[Outcome.ACCEPTED] == len(good.taken) == 300 - told[Outcome.DEFERRED]
    assert bad.taken == []


def test_when_all_servers_are_down_that_is_one_error() -> None:
    """Nothing is told of letters that nobody can have."""
    with SmtpSink() as one, SmtpSink() as other:
        pass
    with pytest.raises(DeliveryError, match=r"check mail\.servers\.relay-\d\.host"):
        Watched(a_mailer(one, other, connections=4), some_letters(4))


def test_connections_are_spread_by_weight() -> None:
    """Three to one: so are the connections, and with them the letters."""
    with SmtpSink(delay=0.01) as light, SmtpSink(delay=0.01) as heavy:
        servers = [
            {"name": "light", "host": "127.0.0.1", "port": light.port},
            {"name": "heavy", "host": "127.0.0.1", "port": heavy.port, "weight": 3},
        ]
        Watched(a_mailer(connections=8, servers=servers), some_letters(160))
    assert (light.most_open, heavy.most_open) == (2, 6)


def test_421_halves_the_connections() -> None:
    """A server that asks for less gets less, and every letter its answer."""
    faults = {"mail": [*[None] * 40, "421 4.7.0 too many connections"]}
    with SmtpSink(faults=faults, delay=0.01) as sink:
        receipts = Watched(a_mailer(sink, connections=8), some_letters(100)).receipts
        left = sink.connections
    agree(receipts, sink)
    assert Counter(r.outcome for r in receipts.values())[Outcome.ACCEPTED] == 99
    assert left < 16


def test_a_fault_in_the_letters_loses_no_receipt() -> None:
    """What is on the wire is told before the fault is raised."""

    def letters() -> Iterator[Letter]:
        yield from some_letters(5)
        raise RuntimeError("the database is gone")

    told: list[Letter] = []
    with SmtpSink(delay=0.02) as sink:
        receipts = a_mailer(sink, connections=2).hand_off(letters(), all_go)
        with pytest.raises(RuntimeError, match="database"):
            told.extend(letter for letter, _ in receipts)
    assert len(told) == len(sink.taken)


def test_a_connection_is_used_for_as_long_as_is_said() -> None:
    """In letters and in time."""
    with SmtpSink() as sink:
        Watched(a_mailer(sink, connection_letters=4), some_letters(12))
        assert sink.connections == 3
        Watched(a_mailer(sink, connection_time=0.001), some_letters(50))
        assert sink.connections > 5
