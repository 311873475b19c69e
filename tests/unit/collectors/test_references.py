"""Character references that XML does not know."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.collectors.parsing import read
from digest.collectors.references import mended

FEED = (
    b'<?xml version="1.0"?><rss version="2.0"><channel><title>t</title>'
    b"<item><title>one</title><link>https://a.example/1</link></item>"
    b"<item><title>two %b end</title><link>https://a.example/2</link></item>"
    b"<item><title>three</title><link>https://a.example/3</link></item></channel></rss>"
)


@pytest.mark.parametrize(
    ("written", "title"),
    [
        (b"&nbsp;", "two \u00a0 end"),
        (b"&eacute;", "two é end"),
        (b"&NotEqualTilde;", "two ≂̸ end"),
        (b"&nosuch;", "two &nosuch; end"),
        (b"&#xD800;", "two � end"),
        (b"&#0;", "two � end"),
        (b"&#x00;", "two � end"),
        (b"&#" + b"9" * 5000 + b";", "two � end"),
        (b"&#xD8&#0;00;", "two �00; end"),
        (b"&amp;", "two & end"),
        (b"&#x1F30A;", "two 🌊 end"),
        (b"<![CDATA[&nbsp;]]>", "two &#160; end"),
    ],
)
def test_a_reference_costs_no_text_and_no_other_item(written: bytes, title: str) -> None:
    """Whatever a title refers to, what follows it and the items around it are read."""
    titles = [item.title for item in read(FEED % written, "")]

    assert titles == ["one", title, "three"]


def test_what_a_document_declares_is_its_own() -> None:
    """With entities of its own, none is replaced by those of HTML."""
    body = b'<!DOCTYPE rss [<!ENTITY copy "mine">]><rss>&copy;</rss>'

    assert mended(body) == body


@given(st.binary())
def test_what_holds_no_reference_stays(body: bytes) -> None:
    """Bytes without an ampersand come back as they are, whatever their encoding."""
    plain = body.replace(b"&", b"")

    assert mended(plain) == plain


@given(st.text("&#;xXabD0189ltnsp<>"))
def test_mending_again_changes_nothing(text: str) -> None:
    """What is mended is whole."""
    once = mended(text.encode())

    assert mended(once) == once
