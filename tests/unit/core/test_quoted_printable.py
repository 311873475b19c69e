"""Segments of quoted-printable text."""

from __future__ import annotations

import quopri
from html import escape, unescape

from hypothesis import given
from hypothesis import strategies as st

from digest.core.quoted_printable import encode

lines = st.text(st.sampled_from("aé= \t.\n-_<&") | st.characters(blacklist_categories=["Cs", "Cc"]))
tails = st.text("x=é .", max_size=6)
dots = st.builds(lambda length: "." * length, st.integers(0, 200))
long_lines = st.builds(lambda length, tail: "x" * length + tail, st.integers(70, 160), tails)


@given(segments=st.lists(lines | long_lines))
def test_joined_segments_decode_to_the_joined_texts(segments: list[str]) -> None:
    """Segments may follow each other in any order."""
    joined = quopri.decodestring(b"".join(map(encode, segments)))
    assert joined.decode().replace("\r\n", "\n") == "".join(segments)


@given(segments=st.lists(lines | long_lines))
def test_lines_have_at_most_76_octets(segments: list[str]) -> None:
    """RFC 2045 §6.7 rule 5, the soft break included."""
    assert max(map(len, b"".join(map(encode, segments)).split(b"\r\n"))) <= 76


@given(segments=st.lists(lines | long_lines | dots))
def test_no_line_begins_with_a_dot(segments: list[str]) -> None:
    """A transport has nothing to double, wherever lines are broken and segments joined."""
    joined = b"".join(map(encode, segments))
    assert not joined.startswith(b".")
    assert b"\n." not in joined
    assert quopri.decodestring(joined).decode().replace("\r\n", "\n") == "".join(segments)
    assert max(map(len, joined.split(b"\r\n"))) <= 76


@given(text=st.text(st.characters()))
def test_nothing_but_plain_ascii_leaves(text: str) -> None:
    """No octet outside ASCII, no bare line break, no equals sign and underscore together."""
    encoded = encode(text)
    assert encoded.isascii()
    assert b"=_" not in encoded
    rest = encoded.replace(b"\r\n", b"")
    assert b"\r" not in rest
    assert b"\n" not in rest


def test_controls_are_dropped_and_line_breaks_made_alike() -> None:
    """What no mail program shows is not sent; the three kinds of line break become one."""
    assert encode("a\0\x1b\x7fb\r\nc\rd\n") == b"ab\r\nc\r\nd\r\n"


@given(value=st.text(st.sampled_from("a<>&\"'é")))
def test_escaped_values_cannot_leave_their_place(value: str) -> None:
    """In html a value can neither open a tag nor end a quoted attribute."""
    shown = quopri.decodestring(encode(escape(value))).decode()
    assert not set(shown) & set("<>\"'")
    assert unescape(shown) == value
