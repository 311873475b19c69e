"""OpenID Connect: another site says who somebody is.

The authorization code flow of OpenID Connect Core 1.0 with PKCE (RFC 7636), state and nonce, and
what RFC 9700 asks of clients; places and keys come from the provider's own description (OpenID
Connect Discovery 1.0). Signatures are verified by PyJWT, and only by keys that are public.
"""

from __future__ import annotations

import json
import secrets
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from hmac import compare_digest
from http import HTTPStatus
from threading import Lock
from time import monotonic
from typing import Protocol
from urllib.parse import quote, urlencode, urlsplit

import jwt

from digest.core.account import Identity
from digest.errors import FetchError, IdentityError
from digest.identity.claims import identity, lacks
from digest.ports import Departure

_MOST = 300_000
"""Octets of an answer."""
_KEPT = 3600.0
"""Seconds for which a provider's description and keys are believed."""
_AGAIN = 30.0
"""Seconds between two looks for a key that was not there."""
_LEEWAY = 60
"""Seconds by which clocks may differ."""
_SIGNED = (
    "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA",
)  # fmt: skip
"""No algorithm of shared secrets is among them, and not *none*."""
_PUBLIC = frozenset({"RSA", "EC", "OKP"})
"""Kinds of key that may be shown (RFC 7518, RFC 8037)."""
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


class Door(Protocol):
    """What asks other sites."""

    def ask(
        self,
        url: str,
        fields: Mapping[str, str] | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        max_size: int,
    ) -> tuple[int, bytes]:
        """Give status and body; posts where there are fields."""
        ...


@dataclass(frozen=True, slots=True)
class Client:
    """What the provider knows us by, and we it.

    Attributes:
        issuer: the provider, as it calls itself.
        id: ours.
        secret: shared with the provider; empty: none is.
        back: the address that browsers come back to.
        title: what people call the provider.
        account: the claim that names an account.
        groups: the claim that lists groups; empty: none does.
        scopes: what is asked for.
    """

    issuer: str
    id: str
    secret: str
    back: str
    title: str
    account: str
    groups: str
    scopes: tuple[str, ...]


class OpenId:
    """Implements :class:`digest.ports.IdentityProvider`; for any thread."""

    def __init__(
        self, client: Client, door: Door, elapsed: Callable[[], float] = monotonic
    ) -> None:
        self.title, self.back = client.title, client.back
        self._client = client
        self._door = door
        self._elapsed = elapsed
        self._lock = Lock()
        self._told: tuple[float, Mapping[str, object]] = (-_KEPT, {})
        self._keys: tuple[float, Mapping[str, jwt.PyJWK]] = (-_KEPT, {})

    def depart(self) -> Departure:
        """Begin.

        Raises:
            IdentityError: the provider is out of reach, or says nothing useful.
        """
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        asked = {
            "response_type": "code",
            "client_id": self._client.id,
            "redirect_uri": self._client.back,
            "scope": " ".join(self._client.scopes),
            "state": state,
            "nonce": nonce,
            "code_challenge": _coded(sha256(verifier.encode()).digest()),
            "code_challenge_method": "S256",
        }
        place = self._place("authorization_endpoint")
        joint = "&" if urlsplit(place).query else "?"
        return Departure(f"{place}{joint}{urlencode(asked)}", f"{state}.{nonce}.{verifier}")

    def arrive(self, ticket: str, answer: Mapping[str, str]) -> Identity:
        """Believe what a browser brings back, or not.

        Raises:
            IdentityError: it proves nothing; the sentence says why.
        """
        state, nonce, verifier = _opened(ticket)
        if not compare_digest(answer.get("state", "").encode(), state.encode()):
            raise IdentityError(_BEGIN_AGAIN)
        self._is_from_there(answer)
        if "error" in answer:
            said = answer.get("error_description") or answer["error"]
            raise IdentityError(f"{self.title} said: {_line(said)}")
        tokens = self._tokens(answer.get("code", ""), verifier)
        claims = self._proven(tokens.get("id_token"), nonce)
        if lacks(claims, self._client.account, self._client.groups):
            claims = {**self._more(tokens.get("access_token"), claims), **claims}
        client = self._client
        return identity(claims, client.issuer, client.account, client.groups)

    def _is_from_there(self, answer: Mapping[str, str]) -> None:
        """Refuse the answer of another provider (RFC 9207)."""
        is_told = self._description().get("authorization_response_iss_parameter_supported") is True
        if answer.get("iss", "" if is_told else self._client.issuer) != self._client.issuer:
            raise IdentityError("the answer came from another provider")

    def _tokens(self, code: str, verifier: str) -> Mapping[str, object]:
        fields = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._client.back,
            "code_verifier": verifier,
            "client_id": self._client.id,
        }
        headers = {}
        methods = self._description().get("token_endpoint_auth_methods_supported")
        if self._client.secret and isinstance(methods, list) and _BASIC not in methods:
            fields["client_secret"] = self._client.secret
        elif self._client.secret:
            del fields["client_id"]
            headers["Authorization"] = _basic(self._client.id, self._client.secret)
        return self._asked(self._place("token_endpoint"), fields, headers)

    def _proven(self, token: object, nonce: str) -> Mapping[str, object]:
        """Give the claims of an ID token that is for us, now and here (Core 3.1.3.7)."""
        try:
            header = jwt.get_unverified_header(str(token))
            key = self._key(header.get("kid"))
            claims: Mapping[str, object] = jwt.decode(
                str(token),
                key,
                algorithms=_SIGNED,
                audience=self._client.id,
                issuer=self._client.issuer,
                leeway=_LEEWAY,
                options={"require": ["iss", "sub", "aud", "exp", "iat"]},
            )
        except jwt.PyJWTError as error:
            raise IdentityError(f"its proof is not good: {error}") from None
        party = claims.get("azp", self._client.id if isinstance(claims["aud"], str) else "")
        if party != self._client.id and claims["aud"] != [self._client.id]:
            raise IdentityError("its proof is for somebody else")
        if not compare_digest(str(claims.get("nonce", "")).encode(), nonce.encode()):
            raise IdentityError("its proof is of another sign-in")
        return claims

    def _more(self, token: object, claims: Mapping[str, object]) -> Mapping[str, object]:
        """Give what the UserInfo endpoint says of the same person (Core 5.3)."""
        place = self._description().get("userinfo_endpoint")
        if not isinstance(place, str) or not isinstance(token, str):
            return {}
        told = self._asked(_safe(place), None, {"Authorization": f"Bearer {token}"})
        if told.get("sub") != claims["sub"]:
            raise IdentityError("it speaks of somebody else")
        return told

    def _key(self, name: object) -> jwt.PyJWK:
        for age in (_KEPT, _AGAIN):  # a provider that turns its keys over has one we do not know
            keys = self._known_keys(age)
            if isinstance(name, str) and name in keys:
                return keys[name]
            if name is None and len(keys) == 1:
                return next(iter(keys.values()))
        raise IdentityError("its proof is signed with a key that it does not show")

    def _known_keys(self, age: float) -> Mapping[str, jwt.PyJWK]:
        with self._lock:
            looked, keys = self._keys
        if self._elapsed() - looked < age:
            return keys
        told = self._asked(self._place("jwks_uri"), None, {})
        try:
            listed = jwt.PyJWKSet.from_dict(dict(told)).keys
        except jwt.PyJWTError as error:
            raise IdentityError(f"its keys cannot be read: {error}") from None
        signing = [
            key for key in listed if key.key_type in _PUBLIC and key.public_key_use in {None, "sig"}
        ]
        found = {str(key.key_id or place): key for place, key in enumerate(signing)}
        with self._lock:
            self._keys = self._elapsed(), found
        return found

    def _place(self, name: str) -> str:
        place = self._description().get(name)
        if not isinstance(place, str):
            raise IdentityError(f'its description has no "{name}"')
        return _safe(place)

    def _description(self) -> Mapping[str, object]:
        with self._lock:
            looked, told = self._told
        if self._elapsed() - looked < _KEPT:
            return told
        issuer = self._client.issuer
        told = self._asked(f"{issuer.rstrip('/')}/.well-known/openid-configuration", None, {})
        if told.get("issuer") != issuer:
            raise IdentityError(
                f"it calls itself {_line(str(told.get('issuer')))}: give openid.issuer like that"
            )
        with self._lock:
            self._told = self._elapsed(), told
        return told

    def _asked(
        self, url: str, fields: Mapping[str, str] | None, headers: Mapping[str, str]
    ) -> Mapping[str, object]:
        try:
            status, body = self._door.ask(url, fields, headers=headers, max_size=_MOST)
        except FetchError as error:
            raise IdentityError(str(error)) from None
        try:
            told = json.loads(body)
        except ValueError:
            told = None
        if status != HTTPStatus.OK or not isinstance(told, dict):
            why = told.get("error") if isinstance(told, dict) else None
            said = f": {_line(str(why))}" if why else ""
            raise IdentityError(f"{url.partition('?')[0]} answered {status}{said}")
        return told


_BASIC = "client_secret_basic"
_BEGIN_AGAIN = "this sign-in was begun elsewhere or too long ago: begin again"


def _basic(name: str, secret: str) -> str:
    """Of HTTP, each part coded first (RFC 6749, section 2.3.1)."""
    both = f"{quote(name, safe='')}:{quote(secret, safe='')}"
    return f"Basic {b64encode(both.encode()).decode()}"


def _coded(octets: bytes) -> str:
    return urlsafe_b64encode(octets).rstrip(b"=").decode()


def _opened(ticket: str) -> tuple[str, str, str]:
    match ticket.split("."):
        case [state, nonce, verifier] if state and nonce and verifier:
            return state, nonce, verifier
        case _:
            raise IdentityError(_BEGIN_AGAIN)


def _safe(url: str) -> str:
    """Give an address to which secrets may go."""
    at = urlsplit(url)
    if at.scheme == "https" or (at.scheme == "http" and at.hostname in _LOOPBACK):
        return url
    raise IdentityError(f"{_line(url)} is not https")


def _line(text: str) -> str:
    """Foreign words, short and on one line."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:200]
