"""A provider of identities of the tests' own: it knows one person, and can lie in every way.

``ask`` stands in for the network; :func:`app` serves the same over HTTP, with a page to sign in.
"""

from __future__ import annotations

import hashlib
import html
import json
import time
from base64 import b64decode, urlsafe_b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, parse_qsl, unquote, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from digest.errors import FetchError

SECRET = "client s3cret/"
CLIENT = "digest"


@dataclass
class Provider:
    """One of them.

    Attributes:
        claims: of the person; those of the protocol are added.
        more: what only its UserInfo endpoint says.
        spoil: changes the claims of a token before it is signed.
        sign: makes a token of claims; ``None``: as it should be.
        description: over what it says of itself.
        refuses: answers of its token endpoint instead of tokens.
        is_away: nobody answers.
    """

    issuer: str = "https://login.example.org/staff"
    claims: dict[str, Any] = field(
        default_factory=lambda: {
            "sub": "248289761001", "email": "mira@example.org", "email_verified": True,
        }
    )  # fmt: skip
    more: dict[str, Any] = field(default_factory=dict)
    spoil: dict[str, Any] = field(default_factory=dict)
    sign: Callable[[dict[str, Any]], str] | None = None
    description: dict[str, Any] = field(default_factory=dict)
    refuses: tuple[int, object] | None = None
    is_away: bool = False
    asked: list[str] = field(default_factory=list)
    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )
    kid: str = "first"
    _codes: dict[str, dict[str, str]] = field(default_factory=dict)

    def turn_over(self) -> None:
        """Sign with a new key from now on."""
        self.key, self.kid = ec.generate_private_key(ec.SECP256R1()), f"{self.kid}+"

    def authorize(self, url: str) -> str:
        """What a browser gets that signs in there: the address to go back to."""
        asked = dict(parse_qsl(urlsplit(url).query))
        assert asked["response_type"] == "code"
        assert asked["client_id"] == CLIENT
        code = f"code-{len(self._codes)}"
        self._codes[code] = asked
        told = {"code": code, "state": asked["state"], "iss": self.issuer}
        return f"{asked['redirect_uri']}?{urlencode(told)}"

    def ask(
        self,
        url: str,
        fields: Mapping[str, str] | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        max_size: int,
    ) -> tuple[int, bytes]:
        """Answer as the network would."""
        if self.is_away:
            raise FetchError(f"{url} did not answer in time")
        page = url.removeprefix(self.issuer.rstrip("/"))
        self.asked.append(page)
        status, told = self.answer(page, fields or {}, headers or {})
        body = told if isinstance(told, bytes) else json.dumps(told).encode()
        assert len(body) < max_size
        return status, body

    def answer(
        self, page: str, fields: Mapping[str, str], headers: Mapping[str, str]
    ) -> tuple[int, object]:
        """Status and JSON of one of its pages."""
        if page == "/.well-known/openid-configuration":
            return 200, self._described()
        if page == "/keys":
            return 200, {"keys": [self._public()]}
        if page == "/token":
            return self.refuses or self._tokens(fields, headers)
        assert page == "/userinfo"
        assert headers["Authorization"] == "Bearer access"
        return 200, {"sub": self.claims["sub"], **self.more}

    def _described(self) -> dict[str, Any]:
        base = self.issuer.rstrip("/")
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{base}/authorize",
            "token_endpoint": f"{base}/token",
            "jwks_uri": f"{base}/keys",
            "userinfo_endpoint": f"{base}/userinfo",
            "authorization_response_iss_parameter_supported": True,
            **self.description,
        }

    def _public(self) -> dict[str, Any]:
        told: dict[str, Any] = jwt.algorithms.ECAlgorithm.to_jwk(
            self.key.public_key(), as_dict=True
        )
        return {**told, "kid": self.kid, "use": "sig", "alg": "ES256"}

    def _tokens(self, fields: Mapping[str, str], headers: Mapping[str, str]) -> tuple[int, object]:
        if not self._knows(fields, headers):
            return 401, {"error": "invalid_client"}
        asked = self._codes.pop(fields["code"], None)
        proof = hashlib.sha256(fields["code_verifier"].encode()).digest()
        coded = urlsafe_b64encode(proof).rstrip(b"=").decode()
        if (
            asked is None
            or asked["code_challenge"] != coded
            or asked["redirect_uri"] != fields["redirect_uri"]
        ):
            return 400, {"error": "invalid_grant"}
        now = int(time.time())
        told = {"iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 300}
        claims = {**told, "nonce": asked["nonce"], **self.claims, **self.spoil}
        claims = {name: value for name, value in claims.items() if value is not None}
        return 200, {"access_token": "access", "id_token": (self.sign or self.signed)(claims)}

    def signed(self, claims: dict[str, Any]) -> str:
        """As it should be."""
        return jwt.encode(claims, self.key, algorithm="ES256", headers={"kid": self.kid})

    def _knows(self, fields: Mapping[str, str], headers: Mapping[str, str]) -> bool:
        if "client_secret" in fields:
            return (fields["client_id"], fields["client_secret"]) == (CLIENT, SECRET)
        basic = headers.get("Authorization", "").removeprefix("Basic ")
        return b64decode(basic).decode().split(":") == [CLIENT, "client%20s3cret%2F"]


def app(provider: Provider) -> Starlette:
    """The same over HTTP."""

    async def page(request: Request) -> Response:
        form = {name: text[0] for name, text in parse_qs((await request.body()).decode()).items()}
        headers = {"Authorization": request.headers.get("authorization", "")}
        status, told = provider.answer(unquote(request.url.path), form, headers)
        return JSONResponse(told, status)

    async def authorize(request: Request) -> Response:
        if request.method == "POST":
            return RedirectResponse(provider.authorize(str(request.url)), 303)
        who = html.escape(provider.claims["email"])
        return HTMLResponse(
            '<!doctype html><html lang="en"><title>Sign in</title><main><h1>Sign in</h1>'
            f'<form method="post"><button>I am {who}</button></form></main>'
        )

    return Starlette(
        routes=[
            Route("/authorize", authorize, methods=["GET", "POST"]),
            Route("/{rest:path}", page, methods=["GET", "POST"]),
        ]
    )
