"""Hashes of passwords: Argon2id with the second choice of RFC 9106 §4 (64 MiB, three passes)."""

from __future__ import annotations

from threading import BoundedSemaphore

import argon2

_AT_ONCE = BoundedSemaphore(2)
"""Each hash takes 64 MiB and a twentieth of a second: a flood of guesses must not take all."""


class Argon2Passwords:
    """Implements :class:`digest.ports.Passwords`."""

    def __init__(self) -> None:
        self._hasher = argon2.PasswordHasher.from_parameters(argon2.profiles.RFC_9106_LOW_MEMORY)
        self._nobody = self._hasher.hash("the password of nobody")

    def hashed(self, password: str) -> str:
        """Make the hash that is kept."""
        with _AT_ONCE:
            return self._hasher.hash(password)

    def is_right(self, password: str, kept: str) -> bool:
        """Whether a password is the one of a hash; it takes as long when there is none."""
        with _AT_ONCE:
            try:
                self._hasher.verify(kept or self._nobody, password)
            except (argon2.exceptions.VerificationError, argon2.exceptions.InvalidHashError):
                return False
        return bool(kept)

    def is_weak(self, kept: str) -> bool:
        """Whether a hash was made with less effort than is made today."""
        return self._hasher.check_needs_rehash(kept)
