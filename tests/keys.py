"""Two key pairs for signing letters, and what the DNS would say of them; never used outside."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pydantic import SecretStr

from digest import signing
from digest.config import DkimSettings

DOMAIN = "example.org"


@dataclass(frozen=True, slots=True)
class Key:
    """A private key as a site has it, and its public half as receivers find it."""

    pem: str
    algorithm: str
    sign: Callable[[bytes], bytes]
    record: signing.Record

    def dns(self, name: bytes, timeout: int = 5) -> bytes | None:
        """Answer as the DNS would, for a library that verifies."""
        found = name.decode().rstrip(".") == self.record.name
        return self.record.value.encode() if found else None


def pem_of(key: RSAPrivateKey | Ed25519PrivateKey) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def _key(private: RSAPrivateKey | Ed25519PrivateKey) -> Key:
    pem = pem_of(private)
    settings = DkimSettings(selector="test", key=SecretStr(pem))
    signer = signing.signer(settings, DOMAIN, Path())
    return Key(pem, signer.algorithm, signer.sign, signing.record(settings, DOMAIN, Path()))


RSA = _key(generate_private_key(65537, 2048))
ED25519 = _key(Ed25519PrivateKey.generate())
