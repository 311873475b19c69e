"""Whom a provider of identities vouches for, and what is not believed."""

from __future__ import annotations

import hmac
import json
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.utils import base64url_encode

from digest.core.account import Identity
from digest.errors import IdentityError
from digest.identity.openid import Client, OpenId
from tests.openid_provider import CLIENT, SECRET, Provider

BACK = "https://digest.example.org/editor/openid/callback"
_CLIENT = Client(
    issuer=Provider().issuer,
    id=CLIENT,
    secret=SECRET,
    back=BACK,
    title="Staff",
    account="email",
    groups="",
    scopes=("openid", "email"),
)


class Clock:
    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def a_client(**over: Any) -> Client:
    return replace(_CLIENT, **over)


def _openid(provider: Provider, clock: Clock | None = None, **over: Any) -> OpenId:
    return OpenId(a_client(**over), provider, clock or Clock())


def _signed_in(openid: OpenId, provider: Provider, **over: str) -> Identity:
    away = openid.depart()
    answer = dict(parse_qsl(urlsplit(provider.authorize(away.url)).query))
    return openid.arrive(away.ticket, {**answer, **over})


def test_who_is_vouched_for_comes() -> None:
    """By issuer and subject, with the verified address as the name of the account."""
    provider = Provider()

    assert _signed_in(_openid(provider), provider) == Identity(
        "https://login.example.org/staff 248289761001", "mira@example.org"
    )


def test_nothing_secret_goes_through_the_browser() -> None:
    """It sees a challenge and no verifier, and each departure has its own."""
    openid = _openid(Provider())
    first, second = openid.depart(), openid.depart()

    asked = dict(parse_qsl(urlsplit(first.url).query))
    assert asked["code_challenge_method"] == "S256"
    assert asked["redirect_uri"] == BACK
    assert SECRET not in first.url
    verifier = first.ticket.split(".")[2]
    assert verifier not in first.url
    assert not set(first.ticket.split(".")) & set(second.ticket.split("."))


def test_the_way_back_is_bound_to_the_browser() -> None:
    """Another's answer, another's ticket, none at all."""
    provider = Provider()
    openid = _openid(provider)
    mine, other = openid.depart(), openid.depart()
    answer = dict(parse_qsl(urlsplit(provider.authorize(other.url)).query))

    for ticket in (mine.ticket, "", "a.b", "a.b.c.d"):
        with pytest.raises(IdentityError, match="begin again"):
            openid.arrive(ticket, answer)
    with pytest.raises(IdentityError, match="begin again"):
        openid.arrive(mine.ticket, {})


def test_a_code_is_good_once() -> None:
    """And only with the verifier of its departure."""
    provider = Provider()
    openid = _openid(provider)
    away = openid.depart()
    answer = dict(parse_qsl(urlsplit(provider.authorize(away.url)).query))
    state, nonce, _ = away.ticket.split(".")

    with pytest.raises(IdentityError, match="invalid_grant"):
        openid.arrive(f"{state}.{nonce}.another", answer)
    with pytest.raises(IdentityError, match="invalid_grant"):
        openid.arrive(away.ticket, answer)


def _unsigned(claims: dict[str, Any]) -> str:
    return jwt.encode(claims, "", algorithm="none")


def _garbage(_claims: dict[str, Any]) -> str:
    return "no.token.atall"


def _by_shared_secret(claims: dict[str, Any]) -> str:
    return jwt.encode(claims, SECRET.ljust(64), algorithm="HS256", headers={"kid": "first"})


def _by_another(claims: dict[str, Any]) -> str:
    key = ec.generate_private_key(ec.SECP256R1())
    return jwt.encode(claims, key, algorithm="ES256", headers={"kid": "first"})


def _by_an_unknown_key(claims: dict[str, Any]) -> str:
    key = rsa.generate_private_key(65537, 2048)
    return jwt.encode(claims, key, algorithm="RS256", headers={"kid": "nobody's"})


@pytest.mark.parametrize(
    ("sign", "said"),
    [
        (_unsigned, "not good|does not show"),
        (_by_shared_secret, "not good"),
        (_by_another, "not good"),
        (_by_an_unknown_key, "does not show"),
        (_garbage, "not good"),
    ],
)
def test_a_token_that_the_provider_did_not_sign_is_nothing(
    sign: Callable[[dict[str, Any]], str], said: str
) -> None:
    """Whatever it says."""
    provider = Provider(sign=sign)
    with pytest.raises(IdentityError, match=said):
        _signed_in(_openid(provider), provider)


def test_a_public_key_is_no_shared_secret() -> None:
    """A token signed with the words of the public key, as if they were a secret."""
    provider = Provider()
    words = provider.key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )

    def forged(claims: dict[str, Any]) -> str:
        parts = ({"alg": "HS256", "typ": "JWT", "kid": "first"}, claims)
        said = b".".join(base64url_encode(json.dumps(part).encode()) for part in parts)
        mac = hmac.digest(words, said, "sha256")
        return b".".join((said, base64url_encode(mac))).decode()

    provider.sign = forged
    with pytest.raises(IdentityError, match="not good"):
        _signed_in(_openid(provider), provider)


_HOUR = 3600


@pytest.mark.parametrize(
    "spoil",
    [
        {"iss": "https://evil.example"},
        {"aud": "another"},
        {"aud": ["another", CLIENT], "azp": "another"},
        {"aud": ["another", CLIENT]},
        {"azp": "another"},
        {"exp": int(time.time()) - _HOUR},
        {"iat": int(time.time()) + _HOUR},
        {"nonce": "another"},
        {"nonce": None},
        {"exp": None},
        {"sub": None},
        {"aud": None},
    ],
)
def test_a_token_for_others_or_of_other_times_is_nothing(spoil: dict[str, Any]) -> None:
    """Each claim of OpenID Connect Core 3.1.3.7 is looked at."""
    provider = Provider(spoil=spoil)
    with pytest.raises(IdentityError, match=r"not good|for somebody else|another sign-in"):
        _signed_in(_openid(provider), provider)


@pytest.mark.parametrize(
    "good", [{"aud": [CLIENT]}, {"aud": ["other", CLIENT], "azp": CLIENT}, {"azp": CLIENT}]
)
def test_what_is_for_us_is_for_us(good: dict[str, Any]) -> None:
    """Alone or among others."""
    provider = Provider(spoil=good)
    assert _signed_in(_openid(provider), provider).name == "mira@example.org"


@pytest.mark.parametrize(
    ("claims", "said"),
    [
        ({"email": "mira@example.org"}, "not verified"),
        ({"email": "mira@example.org", "email_verified": False}, "not verified"),
        ({}, 'does not say "email"'),
        ({"email": "no name <x>", "email_verified": True}, "cannot be the name"),
        ({"email": ["mira@example.org"], "email_verified": True}, 'does not say "email"'),
    ],
)
def test_an_account_is_named_by_what_is_proven(claims: dict[str, Any], said: str) -> None:
    """An address that nobody verified could be anybody's."""
    provider = Provider(claims={"sub": "1", **claims})
    with pytest.raises(IdentityError, match=said):
        _signed_in(_openid(provider), provider)


def test_userinfo_says_what_the_token_does_not() -> None:
    """But for the same person only, and what is signed wins."""
    provider = Provider(claims={"sub": "1"})
    provider.more = {"email": "mira@example.org", "email_verified": True}
    assert _signed_in(_openid(provider), provider).name == "mira@example.org"

    provider.more["sub"] = "2"
    with pytest.raises(IdentityError, match="somebody else"):
        _signed_in(_openid(provider), provider)


@pytest.mark.parametrize(
    ("path", "claims", "found"),
    [
        ("groups", {"groups": ["digest", "staff"]}, {"digest", "staff"}),
        ("groups", {"groups": "digest"}, {"digest"}),
        ("realm_access.roles", {"realm_access": {"roles": ["digest", 7]}}, {"digest"}),
        ("realm_access.roles", {"realm_access": ["digest"]}, set()),
        ("groups", {}, set()),
    ],
)
def test_groups_are_found_where_providers_put_them(
    path: str, claims: dict[str, Any], found: set[str]
) -> None:
    """In a list, alone, or within an object."""
    provider = Provider()
    provider.claims |= claims
    assert _signed_in(_openid(provider, groups=path), provider).groups == found


def test_the_client_proves_itself_as_the_provider_wants() -> None:
    """In the header, or in the form where only that is taken."""
    for methods in (None, ["client_secret_basic"], ["client_secret_post"]):
        provider = Provider(description={"token_endpoint_auth_methods_supported": methods})
        assert _signed_in(_openid(provider), provider).name == "mira@example.org"
    provider = Provider()
    with pytest.raises(IdentityError, match="401: invalid_client"):
        _signed_in(_openid(provider, secret="wrong"), provider)


def test_an_answer_of_another_provider_is_refused() -> None:
    """One that is named, and where ours would name itself, one that is not (RFC 9207)."""
    provider = Provider()
    openid = _openid(provider)
    with pytest.raises(IdentityError, match="another provider"):
        _signed_in(openid, provider, iss="https://evil.example")
    away = openid.depart()
    answer = dict(parse_qsl(urlsplit(provider.authorize(away.url)).query))
    del answer["iss"]
    with pytest.raises(IdentityError, match="another provider"):
        openid.arrive(away.ticket, answer)


def test_a_refusal_there_is_told_here() -> None:
    """In its words, short and on one line."""
    provider = Provider()
    openid = _openid(provider)
    words = {"error": "access_denied", "error_description": "No,\nnot you. " + "x" * 900}
    with pytest.raises(IdentityError, match=r"Staff said: No, not you\. x+$") as told:
        _signed_in(openid, provider, **words)
    assert len(str(told.value)) < 250


def test_its_description_and_keys_are_asked_for_once_an_hour() -> None:
    """Sign-ins in between cost no more than the token."""
    provider, clock = Provider(), Clock()
    openid = _openid(provider, clock)
    for _ in range(3):
        _signed_in(openid, provider)
    assert provider.asked.count("/keys") == 1
    assert provider.asked.count("/.well-known/openid-configuration") == 1
    clock.seconds += 3601
    _signed_in(openid, provider)
    assert provider.asked.count("/keys") == 2


def test_a_new_key_is_looked_for_but_not_by_everybody_who_makes_one_up() -> None:
    """A provider turns its keys over; a forger may not have us ask it without end."""
    provider, clock = Provider(), Clock()
    openid = _openid(provider, clock)
    _signed_in(openid, provider)
    provider.turn_over()
    clock.seconds += 31
    assert _signed_in(openid, provider).name == "mira@example.org"
    assert provider.asked.count("/keys") == 2
    provider.sign = _by_an_unknown_key
    for _ in range(5):
        with pytest.raises(IdentityError):
            _signed_in(openid, provider)
    assert provider.asked.count("/keys") == 2


@pytest.mark.parametrize(
    ("over", "said"),
    [
        ({"is_away": True}, "did not answer"),
        ({"description": {"issuer": "https://login.example.org/other"}}, "calls itself"),
        ({"description": {"authorization_endpoint": None}}, "authorization_endpoint"),
        ({"description": {"authorization_endpoint": "http://login.example.org/"}}, "not https"),
        ({"description": {"token_endpoint": "http://169.254.169.254/"}}, "not https"),
        ({"description": {"jwks_uri": "file:///etc/passwd"}}, "not https"),
        ({"refuses": (200, b"<html>")}, "answered 200"),
        ({"refuses": (500, {})}, "answered 500"),
        ({"refuses": (200, {})}, "not good"),
        ({"refuses": (200, [])}, "answered 200"),
    ],
)
def test_a_provider_that_does_not_do_its_part_is_told_of(over: dict[str, Any], said: str) -> None:
    """In a sentence, and nobody comes in."""
    provider = Provider(**over)
    with pytest.raises(IdentityError, match=said):
        _signed_in(_openid(provider), provider)
