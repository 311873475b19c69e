"""Whether something was signed with the private half of a key whose public half is known."""

from __future__ import annotations

from base64 import b64decode
from binascii import Error

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_der_public_key


def is_signed_by_certificate(
    certificate: bytes, signature: bytes, words: bytes, *, with_sha256: bool
) -> bool:
    """Check a signature of RSA; ``certificate`` is X.509 in PEM, the older digest is SHA-1."""
    digest = hashes.SHA256() if with_sha256 else hashes.SHA1()  # noqa: S303 - the sender chose it
    try:
        key = x509.load_pem_x509_certificate(certificate).public_key()
        if not isinstance(key, RSAPublicKey):
            return False
        key.verify(signature, words, PKCS1v15(), digest)
    except (ValueError, UnsupportedAlgorithm, InvalidSignature):
        return False
    return True


def is_signed_by_curve(public_key: str, signature: bytes, words: bytes) -> bool:
    """Check a signature of ECDSA with SHA-256; ``public_key`` is DER in base64."""
    try:
        key = load_der_public_key(b64decode(public_key, validate=True))
        if not isinstance(key, EllipticCurvePublicKey):
            return False
        key.verify(signature, words, ECDSA(hashes.SHA256()))
    except (Error, ValueError, UnsupportedAlgorithm, InvalidSignature):
        return False
    return True
