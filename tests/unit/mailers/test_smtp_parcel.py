"""Letters made ready for the wire."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from digest.mailers.smtp_parcel import END, Offer, Parcel
from tests.contract.mailer_contract import some_letters

(LETTER,) = some_letters(1)


@given(lines=st.lists(st.sampled_from([b"", b".", b"..", b"a.b", b".x", b"x"])))
def test_the_dot_ends_the_message_and_nothing_else_does(lines: list[bytes]) -> None:
    """What the server makes of it (RFC 5321 §4.5.2) is the letter."""
    content = b"".join(line + b"\r\n" for line in lines)
    octets = Parcel(replace(LETTER, content=content)).content + END
    *sent, dot, rest = octets.split(b"\r\n")
    assert (dot, rest) == (b".", b"")
    assert b"." not in sent
    heard = b"".join(line.removeprefix(b".") + b"\r\n" for line in sent)
    assert heard == (content or b"\r\n")


def test_the_end_stands_on_a_line_of_its_own() -> None:
    """A letter whose last line is not ended is ended."""
    for has_dots in (True, False):
        letter = replace(LETTER, content=b"a: b", has_dots=has_dots)
        assert Parcel(letter).content + END == b"a: b\r\n.\r\n"


def test_an_offer_is_read_from_the_answer_to_ehlo() -> None:
    """A size that is no number is one that is not said."""
    said = {"pipelining": "", "size": "1000"}
    assert Offer.of(said) == Offer(pipelining=True, smtputf8=False, size=1000)
    assert Offer.of({"size": ""}).size == 0
    assert Offer.of({}).size == -1
