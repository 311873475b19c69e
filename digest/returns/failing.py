"""Say why a mailbox at a server cannot be read."""

from __future__ import annotations

import ssl

from digest.errors import FetchError


def unreadable(host: str, port: int, error: Exception) -> FetchError:
    """Name the server and the cause, and what to do about a certificate."""
    said = f"the mailbox at {host}:{port} cannot be read: "
    if isinstance(error, ssl.SSLCertVerificationError):
        return FetchError(
            f"{said}its certificate is not trusted: {error.verify_message}; "
            "name its authority's file in the environment variable SSL_CERT_FILE"
        )
    return FetchError(f"{said}{error}")
