"""Hashes of passwords."""

from __future__ import annotations

from digest.passwords import Argon2Passwords


def test_only_the_right_password_is_right() -> None:
    """A hash knows its password, tells nothing else, and is never the same twice."""
    passwords = Argon2Passwords()
    kept = passwords.hashed("correct horse battery")

    assert passwords.is_right("correct horse battery", kept)
    assert not passwords.is_right("correct horse", kept)
    assert not passwords.is_right("the password of nobody", "")
    assert not passwords.is_right("anything", "no hash at all")
    assert kept.startswith("$argon2id$")
    assert kept != passwords.hashed("correct horse battery")


def test_a_hash_of_less_effort_is_weak() -> None:
    """One pass over little memory is told from what is made today."""
    passwords = Argon2Passwords()

    assert not passwords.is_weak(passwords.hashed("correct horse battery"))
    assert passwords.is_weak("$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQ$aGFzaGhhc2hoYXNoaGFzaA")
