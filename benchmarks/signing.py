"""What it costs to sign a letter.

Prints microseconds per letter of about 30 KB for an RSA key of 2048 bits and an Ed25519 key, and
how much of that the key itself takes; beside it dkimpy over the same letters and the same fields.

    python benchmarks/signing.py [LETTERS]
"""

from __future__ import annotations

import base64
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

import dkim
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pydantic import SecretStr

from benchmarks.personalise import press, reader
from digest import signing
from digest.config import DkimSettings
from digest.core.dkim import SIGNED

BUDGET = 100.0
"""Microseconds of a letter beside what the key itself takes."""

ROUNDS = 5
DOMAIN = "example.org"


def cost(sign: Callable[[bytes], object], things: list[bytes]) -> float:
    """Microseconds of CPU per call, the median of some rounds."""
    rounds = []
    for _ in range(ROUNDS):
        start = time.process_time()
        for thing in things:
            sign(thing)
        rounds.append((time.process_time() - start) / len(things) * 1e6)
    return median(rounds)


def dkimpys(algorithm: str, key: bytes) -> Callable[[bytes], object]:
    """The yardstick: a library in Python, told to sign what we sign."""
    named = [name.encode() for name in SIGNED]
    canonical = (b"relaxed", b"simple")

    def sign(letter: bytes) -> object:
        return dkim.sign(
            letter,
            b"test",
            DOMAIN.encode(),
            key,
            canonicalize=canonical,
            include_headers=named,
            signature_algorithm=algorithm.encode(),
        )

    return sign


def compare(pem: str, dkimpy_key: bytes, letters: list[bytes]) -> float:
    """Print one line; answers with what is ours in it."""
    settings = DkimSettings(selector="test", key=SecretStr(pem))
    signer, now = signing.signer(settings, DOMAIN, Path()), datetime.now(UTC)
    ours = cost(lambda letter: signer.signed(letter, now), letters)
    key = cost(signer.sign, [bytes(32)] * len(letters))
    theirs = cost(dkimpys(signer.algorithm, dkimpy_key), letters[: max(len(letters) // 20, 10)])
    print(
        f"{signer.algorithm:15} {ours:8.1f} µs a letter, of which the key takes {key:.1f}; "
        f"dkimpy {theirs:.0f} µs, {theirs / ours:.0f} times as much (yardstick)"
    )
    return ours - key


def main() -> int:
    """Print the figures."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000
    make, now = press(), datetime.now(UTC)
    letters = [make(reader(number), now) for number in range(count)]
    rsa, edwards = generate_private_key(65537, 2048), Ed25519PrivateKey.generate()
    form = (Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    rsa_pem = rsa.private_bytes(*form).decode()
    beside = max(
        compare(rsa_pem, rsa_pem.encode(), letters),
        compare(
            edwards.private_bytes(*form).decode(),
            base64.b64encode(edwards.private_bytes_raw()),
            letters,
        ),
    )
    size = len(letters[0]) / 1024
    print(f"beside the key  {beside:8.1f} µs a letter of {size:.0f} KB (budget {BUDGET:.0f})")
    return 0 if beside <= BUDGET else 1


if __name__ == "__main__":
    sys.exit(main())
