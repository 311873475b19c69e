"""Tokens in forms, so that another site cannot have a browser act here.

A token is a MAC of what the browser keeps in its cookie: of its session, or before there is one
of a random visit. Nothing is stored, and a token of one browser is worth nothing in another.
"""

from __future__ import annotations

from base64 import urlsafe_b64encode
from hashlib import blake2b
from hmac import compare_digest

FIELD = "csrf"
HEADER = "x-csrf-token"
_SIZE = 24


def token(key: bytes, cookie: str) -> str:
    """Give the token of a cookie.

    Args:
        key: the site's secret.
        cookie: what the browser keeps.
    """
    mac = blake2b(cookie.encode(), key=key, digest_size=_SIZE, person=b"desk csrf")
    return urlsafe_b64encode(mac.digest()).decode()


def is_right(expected: str, given: str) -> bool:
    """Compare in constant time."""
    return compare_digest(expected.encode(), given.encode("utf-8", "replace"))
