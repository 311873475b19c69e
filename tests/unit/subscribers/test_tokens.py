from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from subscribers.errors import BadTokenError
from subscribers.tokens import Capability, Links, Mint, Scope

_KEY = b"k" * 32
_handles = st.binary(min_size=8, max_size=8)
_slugs = st.from_regex(r"[a-z0-9]{1,10}(-[a-z0-9]{1,10})?", fullmatch=True)
_scopes = st.sampled_from(Scope)
_orders = st.permutations(list(Scope))


@given(scope=_scopes, handle=_handles, newsletter=st.one_of(st.just(""), _slugs))
def test_a_token_opens_what_it_was_made_for(scope: Scope, handle: bytes, newsletter: str) -> None:
    """A token says scope, person and newsletter again."""
    mint = Mint(_KEY, scope)

    assert mint.open(mint.make(handle, newsletter)) == Capability(scope, handle, newsletter)


@given(handle=_handles, newsletter=_slugs, data=st.data())
def test_any_other_character_is_refused(
    handle: bytes, newsletter: str, data: st.DataObject
) -> None:
    """A token with any one of its characters changed opens nothing."""
    mint = Mint(_KEY, Scope.UNSUBSCRIBE)
    token = mint.make(handle, newsletter)
    place = data.draw(st.integers(0, len(token) - 1))
    character = data.draw(st.characters().filter(lambda c: c != token[place]))

    with pytest.raises(BadTokenError):
        mint.open(token[:place] + character + token[place + 1 :])


@given(handle=_handles, newsletter=_slugs, bit=st.integers(0, 24 * 8 - 1))
def test_any_flipped_bit_is_refused(handle: bytes, newsletter: str, bit: int) -> None:
    """A token with one bit of handle or MAC flipped opens nothing."""
    from base64 import urlsafe_b64decode, urlsafe_b64encode

    mint = Mint(_KEY, Scope.UNSUBSCRIBE)
    coded, _, slug = mint.make(handle, newsletter).partition(".")
    raw = bytearray(urlsafe_b64decode(coded))
    raw[bit // 8] ^= 1 << bit % 8

    with pytest.raises(BadTokenError):
        mint.open(f"{urlsafe_b64encode(raw).decode()}.{slug}")


@given(handle=_handles, newsletter=st.one_of(st.just(""), _slugs), scopes=_orders)
def test_a_token_of_one_scope_opens_no_other(
    handle: bytes, newsletter: str, scopes: list[Scope]
) -> None:
    """Whatever it is made for, a token opens one scope only."""
    token = Mint(_KEY, scopes[0]).make(handle, newsletter)

    with pytest.raises(BadTokenError):
        Mint(_KEY, scopes[1]).open(token)


@given(handle=_handles, mine=_slugs, other=_slugs)
def test_a_token_is_bound_to_its_newsletter(handle: bytes, mine: str, other: str) -> None:
    """The newsletter in a token cannot be exchanged or taken away."""
    mint = Mint(_KEY, Scope.UNSUBSCRIBE)
    coded = mint.make(handle, mine).partition(".")[0]

    for forged in {coded, f"{coded}.{other}"} - {f"{coded}.{mine}"}:
        with pytest.raises(BadTokenError):
            mint.open(forged)


@given(text=st.text(max_size=80))
def test_whatever_else_is_refused(text: str) -> None:
    """No text that was not made here opens anything, and none breaks the check."""
    with pytest.raises(BadTokenError):
        Mint(_KEY, Scope.PREFERENCES).open(text)


def test_another_key_opens_nothing() -> None:
    """A token made with another key is refused."""
    token = Mint(b"x" * 32, Scope.PREFERENCES).make(b"12345678")

    with pytest.raises(BadTokenError):
        Mint(_KEY, Scope.PREFERENCES).open(token)


def test_links_are_short_and_safe_in_an_address() -> None:
    """Links consist of characters that no mail program re-codes, and fit one header line."""
    links = Links("https://digest.example.org", _KEY)
    preferences = links.preferences(b"\xff" * 8)
    unsubscribe = links.unsubscribe(b"\xff" * 8, "weekly-on-rivers-and-water")

    assert re.fullmatch(r"https://digest\.example\.org/preferences/[\w-]{32}", preferences)
    assert re.fullmatch(r"https://digest\.example\.org/unsubscribe/[\w.-]{,60}", unsubscribe)


def test_a_link_is_the_same_for_ever() -> None:
    """The link of a person does not change, so that those in old letters work."""
    links = Links("https://digest.example.org", _KEY)

    assert links.unsubscribe(b"12345678", "weekly").endswith(
        "/unsubscribe/MTIzNDU2NzgQYJjwnM96whtnkukCzWz7.weekly"
    )
