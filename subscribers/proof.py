"""Proof of work: a few seconds of a visitor's processor, asked for while somebody attacks the form.

In the protocol of ALTCHA (https://altcha.org): find the number that, after the salt, has this
SHA-256. Nothing leaves the site, and nobody has to look at pictures.
"""

from __future__ import annotations

import json
from base64 import b64decode
from binascii import Error
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from typing import NamedTuple

from altcha import v1

_EXPIRES = timedelta(minutes=20)
_MOST = 150_000
"""Numbers to try at most: about a second for a laptop, five for an old phone (estimated at
100,000 and 20,000 hashes a second)."""
_LONGEST = 2_000


class Solved(NamedTuple):
    """A good solution: what it was for, which counts once, and until when it would be good."""

    challenge: str
    until: datetime


class Proof:
    """Sets tasks and checks what comes back.

    Args:
        key: the site's secret.
    """

    def __init__(self, key: bytes) -> None:
        self._key = blake2b(key=key, digest_size=32, person=b"proof").hexdigest()

    def challenge(self, now: datetime) -> str:
        """Set a task, as JSON for the page's script."""
        options = v1.ChallengeOptions(
            algorithm="SHA-256", max_number=_MOST, hmac_key=self._key, expires=now + _EXPIRES
        )
        made = v1.create_challenge(options)
        return json.dumps(made.to_dict())

    def solved(self, payload: str, now: datetime) -> Solved | None:
        """Check a solution; ``None``: it is none, or too old."""
        if len(payload) > _LONGEST:
            return None
        try:
            said = json.loads(b64decode(payload, validate=True))
            good, _ = v1.verify_solution(payload, self._key, check_expires=False)
            if not good or not isinstance(said["challenge"], str):
                return None
            expires = v1.extract_params(said)["expires"][0]
            until = datetime.fromtimestamp(int(expires), UTC)
        except (Error, ValueError, TypeError, KeyError, LookupError, OverflowError):
            return None
        return Solved(said["challenge"], until) if until > now else None
