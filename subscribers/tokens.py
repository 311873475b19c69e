"""Links are capabilities: each opens one thing for one person, for ever, and nothing else.

A token is ``base64url(handle + MAC)``, 32 characters, and where it is bound to a newsletter a
dot and its slug. The MAC (keyed BLAKE2b, 128 bits, RFC 7693) covers scope, handle and
newsletter. Nothing is kept for a token, so none can be lost or run out.
"""

from __future__ import annotations

import re
from binascii import a2b_base64, b2a_base64
from dataclasses import dataclass
from enum import StrEnum
from hashlib import blake2b
from hmac import compare_digest

from subscribers.errors import BadTokenError

HANDLE_SIZE = 8
_MAC_SIZE = 16
_SHAPE = re.compile(r"([A-Za-z0-9_-]{32})(?:\.([a-z0-9_-]{1,100}))?", re.ASCII)
_TO_URL = bytes.maketrans(b"+/", b"-_")
_FROM_URL = bytes.maketrans(b"-_", b"+/")


class Scope(StrEnum):
    """What a token opens; at most 16 letters."""

    PREFERENCES = "preferences"
    UNSUBSCRIBE = "unsubscribe"
    CONFIRM = "confirm"
    ERASE = "erase"


@dataclass(frozen=True, slots=True)
class Capability:
    """What a good token says."""

    scope: Scope
    handle: bytes
    newsletter: str = ""


class Mint:
    """Makes and opens the tokens of one scope.

    Args:
        key: the site's secret, at most 64 bytes.
    """

    def __init__(self, key: bytes, scope: Scope) -> None:
        self._scope = scope
        self._mac = blake2b(key=key, digest_size=_MAC_SIZE, person=scope.encode())

    def make(self, handle: bytes, newsletter: str = "") -> str:
        """Make the token; the same for the same person and newsletter (about 1 µs)."""
        coded = b2a_base64(handle + self._sign(handle, newsletter), newline=False)
        text = coded.translate(_TO_URL).decode()
        return f"{text}.{newsletter}" if newsletter else text

    def open(self, token: str) -> Capability:
        """Check a token.

        Raises:
            BadTokenError: it is not one of ours, or of another scope.
        """
        shape = _SHAPE.fullmatch(token)
        if not shape:
            raise BadTokenError
        newsletter = shape[2] or ""
        raw = a2b_base64(shape[1].encode().translate(_FROM_URL))
        handle, mac = raw[:HANDLE_SIZE], raw[HANDLE_SIZE:]
        if not compare_digest(mac, self._sign(handle, newsletter)):
            raise BadTokenError
        return Capability(self._scope, handle, newsletter)

    def _sign(self, handle: bytes, newsletter: str) -> bytes:
        mac = self._mac.copy()
        mac.update(handle + newsletter.encode())
        return mac.digest()


class Links:
    """The addresses that stand in letters.

    Args:
        base_url: of the site, without a trailing slash.
        key: the site's secret.
    """

    def __init__(self, base_url: str, key: bytes) -> None:
        self._preferences = f"{base_url}/preferences/"
        self._unsubscribe = f"{base_url}/unsubscribe/"
        self._confirm = f"{base_url}/confirm/"
        self._open_confirm = Mint(key, Scope.CONFIRM)
        self._open_preferences = Mint(key, Scope.PREFERENCES)
        self._leave = Mint(key, Scope.UNSUBSCRIBE)

    def preferences(self, handle: bytes) -> str:
        """Where a person chooses newsletters and themes."""
        return self._preferences + self._open_preferences.make(handle)

    def confirm(self, handle: bytes) -> str:
        """Where somebody confirms what was asked with their address."""
        return self._confirm + self._open_confirm.make(handle)

    def unsubscribe(self, handle: bytes, newsletter: str) -> str:
        """Where a person leaves one newsletter; also takes one-click POSTs (RFC 8058)."""
        return self._unsubscribe + self._leave.make(handle, newsletter)
