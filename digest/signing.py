"""The private key under letters: read, used, and its public half told."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from digest.config import DkimSettings
from digest.core.dkim import Signer
from digest.errors import ConfigError, Problem

ED25519 = "ed25519-sha256"
RSA = "rsa-sha256"
_FEWEST_BITS = 1024
_MOST_OCTETS = 64_000
_LONGEST_STRING = 255

_DIGEST = Prehashed(hashes.SHA256())
_PADDING = PKCS1v15()


@dataclass(frozen=True, slots=True)
class Record:
    """What receivers look for in the DNS (RFC 6376 §3.6.2).

    Attributes:
        name: where, without the last dot.
        value: the text as a whole; providers of DNS cut it into strings by themselves.
    """

    name: str
    value: str

    def __str__(self) -> str:
        """The line of a zone file, in strings of at most 255 characters (RFC 1035 §3.3)."""
        starts = range(0, len(self.value), _LONGEST_STRING)
        strings = " ".join(f'"{self.value[at : at + _LONGEST_STRING]}"' for at in starts)
        return f"{self.name}. IN TXT {strings if len(starts) == 1 else f'( {strings} )'}"


def signer(settings: DkimSettings, domain: str, root: Path) -> Signer:
    """Make ready to sign.

    Args:
        settings: names the key.
        domain: of the From address; what is signed for if the settings name no other.
        root: where a relative path starts.

    Raises:
        ConfigError: the key cannot be read, or not used.
    """
    domain = settings.domain or domain
    match _key(settings, root):
        case RSAPrivateKey() as rsa:
            return Signer(
                domain, settings.selector, RSA, lambda digest: rsa.sign(digest, _PADDING, _DIGEST)
            )
        case key:
            return Signer(domain, settings.selector, ED25519, key.sign)


def record(settings: DkimSettings, domain: str, root: Path) -> Record:
    """Tell what to publish in the DNS, so that receivers can check.

    Raises:
        ConfigError: as :func:`signer`.
    """
    name = f"{settings.selector}._domainkey.{settings.domain or domain}"
    match _key(settings, root):
        case RSAPrivateKey() as rsa:
            form = PublicFormat.SubjectPublicKeyInfo
            kind, public = "rsa", rsa.public_key().public_bytes(Encoding.DER, form)
        case key:
            kind, public = "ed25519", key.public_key().public_bytes_raw()
    return Record(name, f"v=DKIM1; k={kind}; p={b64encode(public).decode()}")


def _key(settings: DkimSettings, root: Path) -> RSAPrivateKey | Ed25519PrivateKey:
    name = "mail.dkim.key_file" if settings.key_file else "mail.dkim.key"
    try:
        return _loaded(_pem(settings, root))
    except OSError as error:
        wrong = f"{settings.key_file} cannot be read: {error.strerror}"
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        wrong = str(error) if isinstance(error, _UnfitError) else _UNREADABLE
    raise ConfigError(Problem("config.toml", name, wrong))


def _pem(settings: DkimSettings, root: Path) -> bytes:
    if settings.key_file is None:
        return settings.key.get_secret_value().encode()
    with (root / settings.key_file).open("rb") as file:
        return file.read(_MOST_OCTETS)


def _loaded(pem: bytes) -> RSAPrivateKey | Ed25519PrivateKey:
    key = serialization.load_pem_private_key(pem, password=None)
    if isinstance(key, RSAPrivateKey):
        if key.key_size < _FEWEST_BITS:
            raise _UnfitError(f"expected an RSA key of at least 1024 bits, not {key.key_size}")
        return key
    if isinstance(key, Ed25519PrivateKey):
        return key
    raise _UnfitError("expected an RSA or Ed25519 key; DKIM knows no other kind")


class _UnfitError(ValueError):
    """A key that can be read, but not used."""


_UNREADABLE = 'expected a private key in PEM ("-----BEGIN PRIVATE KEY-----"), without a password'
