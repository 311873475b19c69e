"""Signatures: good for whatever a letter holds, broken by whatever is done to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache

import dkim
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from digest.core.artifact import EmailBody
from digest.core.dkim import SIGNED, Signer
from digest.core.letter import LetterPress, Mailing
from digest.core.sender import Sender
from tests.bulk_sender import faults
from tests.keys import ED25519, RSA, Key
from tests.unit.core.test_letter import ANNA, MAILING, SENDER, TOKENS, a_body, text

NOW = datetime(2024, 5, 6, 7, 30, 1, tzinfo=UTC)
"""Long past by any clock: a signature from the future is not good."""

lines = st.lists(
    st.text(st.characters(max_codepoint=0x2FFF), max_size=120)
    | st.sampled_from(["", " ", "\t", ".", "..", "x" * 3_000, "ends   ", "  begins", "a  b\tc"])
).map("\n".join)


def a_message(
    body: EmailBody | None = None, *, sender: Sender = SENDER, mailing: Mailing = MAILING
) -> bytes:
    return LetterPress(sender, mailing, TOKENS).form(body or a_body()).letter(ANNA, NOW).content


def a_signer(key: Key = RSA) -> Signer:
    return Signer("example.org", "test", key.algorithm, key.sign)


@cache
def a_signed_letter(key: Key = RSA) -> bytes:
    return a_signer(key).signed(a_message(), NOW)


def holds(message: bytes, key: Key = RSA) -> bool:
    """Whether an independent reader finds the signature good."""
    return bool(dkim.verify(message, dnsfunc=key.dns))


@pytest.mark.parametrize("key", [RSA, ED25519], ids=["rsa", "ed25519"])
def test_both_kinds_of_key_sign(key: Key) -> None:
    """A letter signed with either kind of key is found good, and keeps every rule of bulk mail."""
    assert holds(a_signed_letter(key), key)
    assert faults(a_signed_letter(key), NOW, dns=key.dns) == []


@given(subject=text, name=text, title=text, body=lines)
@settings(max_examples=60)
def test_whatever_a_letter_holds_its_signature_is_good(
    subject: str, name: str, title: str, body: str
) -> None:
    """Hostile subjects, names, titles and bodies are signed as they are sent."""
    content = a_message(
        a_body(subject=subject, text=(body, TOKENS.unsubscribe_url)),
        sender=replace(SENDER, name=name),
        mailing=replace(MAILING, title=title),
    )
    assert faults(a_signer().signed(content, NOW), NOW, dns=RSA.dns) == []


@given(
    fields=st.lists(
        st.tuples(
            st.sampled_from([*SIGNED, "X-Other", "SUBJECT"]),
            st.text(st.sampled_from("a \tö:;"), max_size=20),
            st.text(st.sampled_from("b \t"), max_size=20),
        )
    ),
    body=st.lists(st.sampled_from([b"", b" ", b"a  b\t", b".", b"..", b"x" * 990])),
)
@example(fields=[], body=[])
@example(fields=[], body=[b"", b"", b""])
@settings(max_examples=60)
def test_any_message_is_signed_as_receivers_read_it(
    fields: list[tuple[str, str, str]], body: list[bytes]
) -> None:
    """Also what letters never hold: fields twice, odd folding, empty or unfinished bodies."""
    head = "From: a@example.org\r\n" + "".join(
        f"{name}: {one}\r\n\t{two}.\r\n" for name, one, two in fields
    )
    message = head.encode() + b"\r\n" + b"\r\n".join(body)
    assert holds(a_signer().signed(message, NOW))


def _relayed(message: bytes) -> bytes:
    return b"Received: from a by b;\r\n Mon, 23 Nov 2026 07:30:02 +0000\r\nX-Seen: 1\r\n" + message


def _folded_anew(message: bytes) -> bytes:
    return message.replace(b"Subject: 3 new", b"Subject:\r\n\t3  new", 1)


def _stuffed_and_back(message: bytes) -> bytes:
    wire = message.replace(b"\r\n.", b"\r\n..")
    return wire.replace(b"\r\n..", b"\r\n.")


@pytest.mark.parametrize("way", [_relayed, _folded_anew, _stuffed_and_back])
def test_relays_do_no_harm(way: Callable[[bytes], bytes]) -> None:
    """Fields of relays on top, another folding, and the dots of SMTP leave it good."""
    content = a_message(a_body(text=(".\n..\n.leave\n", TOKENS.unsubscribe_url)))
    assert holds(way(a_signer().signed(content, NOW)))


@pytest.mark.parametrize("name", SIGNED)
def test_a_field_added_to_a_signed_letter_breaks_the_signature(name: str) -> None:
    """A second From above all, and a second or first of any other signed field."""
    assert not holds(f"{name}: forged@example.com\r\n".encode() + a_signed_letter())


@pytest.mark.parametrize("name", [name for name in SIGNED if name not in {"reply-to", "cc"}])
def test_a_signed_field_changed_breaks_the_signature(name: str) -> None:
    """One character more in any signed field is found out."""
    head, _, body = a_signed_letter().partition(b"\r\n\r\n")
    signature, message = head.split(b"\r\nTo: ", 1)
    old = f"\r\n{name}: ".encode()
    place = (b"\r\nTo: " + message).lower().index(old) + len(old)
    changed = (b"\r\nTo: " + message)[:place] + b"x" + (b"\r\nTo: " + message)[place:]
    assert not holds(signature + changed + b"\r\n\r\n" + body)


@pytest.mark.parametrize("change", [b"x", b"\r\n--\r\nfooter\r\n"])
def test_a_body_changed_breaks_the_signature(change: bytes) -> None:
    """Nothing can be added below, not even a footer."""
    assert not holds(a_signed_letter() + change)


def test_no_length_is_signed() -> None:
    """With ``l=`` anybody could add a body of his own."""
    signature = a_signed_letter().partition(b"\r\nTo: ")[0]
    assert b" l=" not in signature


def test_the_signature_is_of_its_moment() -> None:
    """``t=`` is the second of signing."""
    assert f" t={int(NOW.timestamp())};".encode() in a_signed_letter()


def test_no_line_of_the_signature_is_long() -> None:
    """The signature is folded within the 78 characters that RFC 5322 recommends."""
    signature = a_signed_letter().partition(b"\r\nTo: ")[0]
    assert max(map(len, signature.split(b"\r\n"))) <= 78
