"""One-time codes of authenticator apps (RFC 6238: HMAC-SHA-1, six digits, thirty seconds)."""

from __future__ import annotations

import hmac
from base64 import b32decode, b32encode
from datetime import datetime
from urllib.parse import quote, urlencode

STEP = 30
"""Seconds for which an app shows a code."""
SECRET_BYTES = 20
"""As long as the hash, as RFC 4226 §4 recommends."""

_DIGITS = 6
_DRIFT = 1
"""Steps that a phone's clock may be off, each way (RFC 6238 §5.2)."""


def secret(random: bytes) -> str:
    """Write random bytes as apps take a secret."""
    return b32encode(random).decode().rstrip("=")


def step_of(now: datetime) -> int:
    """Count the steps since 1970."""
    return int(now.timestamp()) // STEP


def code(of: str, step: int) -> str:
    """Give the code of a secret for one step (RFC 4226 §5.3)."""
    key = b32decode(of + "=" * (-len(of) % 8))
    mac = hmac.digest(key, step.to_bytes(8, "big"), "sha1")
    start = mac[-1] & 15
    number = int.from_bytes(mac[start : start + 4], "big") & 0x7FFF_FFFF
    return f"{number % 10**_DIGITS:0{_DIGITS}}"


def accepted(of: str, given: str, now: datetime, used: int) -> int | None:
    """Find the step whose code was given, if it is near and later than the one ``used`` last.

    Every candidate is compared, each in constant time.
    """
    plain = "".join(given.split()).encode()
    near = range(step_of(now) - _DRIFT, step_of(now) + _DRIFT + 1)
    found = [step for step in near if hmac.compare_digest(code(of, step).encode(), plain)]
    return next((step for step in found if step > used), None)


def address(of: str, account: str, issuer: str) -> str:
    """Give the ``otpauth:`` address that a QR code shows to an app."""
    label = f"{quote(issuer, safe='')}:{quote(account, safe='')}"
    return f"otpauth://totp/{label}?{urlencode({'secret': of, 'issuer': issuer}, quote_via=quote)}"
