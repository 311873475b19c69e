"""What replies mean for a letter."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.core.outbox import Outcome
from digest.mailers.smtp_replies import NOISE, Replies, Reply


@pytest.mark.parametrize(
    ("code", "outcome"),
    [
        (250, Outcome.ACCEPTED),
        (421, Outcome.DEFERRED),
        (451, Outcome.DEFERRED),
        (550, Outcome.REFUSED),
        (354, Outcome.IN_DOUBT),
        (-1, Outcome.IN_DOUBT),
        (120, Outcome.IN_DOUBT),
    ],
)
def test_the_answer_to_a_message(code: int, outcome: Outcome) -> None:
    """2xx is yes, 4xx is later, 5xx is never; anything else leaves a doubt."""
    assert Reply.read(code, b"words").at_the_dot().outcome is outcome


@given(code=st.integers(-1, 999))
def test_before_the_dot_nothing_is_in_doubt(code: int) -> None:
    """What the server says before it has the message is a clear no, for now or for ever."""
    outcome = Reply.read(code, b"words").before_the_dot().outcome
    assert outcome is (Outcome.REFUSED if 500 <= code < 600 else Outcome.DEFERRED)


@given(text=st.binary(max_size=2000))
def test_the_words_of_a_server_are_made_harmless(text: bytes) -> None:
    """They are kept and shown: one short line that can be printed."""
    shown = str(Reply.read(550, text))
    assert len(shown) <= 504
    assert not any(ord(character) < 32 for character in shown)


_LINES = st.text(alphabet="abc 250-", max_size=20)


@given(
    said=st.lists(st.tuples(st.integers(200, 599), st.lists(_LINES, min_size=1)), max_size=5),
    cuts=st.lists(st.integers(0, 400), max_size=8),
)
def test_replies_are_the_same_however_they_are_cut(
    said: list[tuple[int, list[str]]], cuts: list[int]
) -> None:
    """Packets are no lines: what matters is the octets."""
    octets = b"".join(
        f"{code}{'-' if more else ' '}{line}\r\n".encode()
        for code, lines in said
        for line, more in zip(lines, [*[True] * (len(lines) - 1), False], strict=True)
    )
    edges = sorted({0, len(octets), *(cut for cut in cuts if cut < len(octets))})
    replies, heard = Replies(), []
    for start, end in pairwise(edges):
        heard += replies.feed(octets[start:end])
    assert [code for code, _ in heard] == [code for code, _ in said]
    for (_, text), (_, lines) in zip(heard, said, strict=True):
        assert text.replace(b"\r", b"").decode() == "\n".join(lines)


@pytest.mark.parametrize(
    "noise", [b"hello\r\n", b"25 ok\r\n", b"2500 ok\r\n", b"\r\n", b"25x y\r\n"]
)
def test_what_is_no_reply_is_noise(noise: bytes) -> None:
    """Three digits and a space or a hyphen, or it is no SMTP."""
    assert [code for code, _ in Replies().feed(noise)] == [NOISE]


@pytest.mark.parametrize("octets", [b"250-more\r\n", b"x"])
def test_an_endless_reply_ends(octets: bytes) -> None:
    """Lines without end and a line without end become noise before they fill the memory."""
    replies = Replies()
    assert any(replies.feed(octets * 1000) for _ in range(100))
