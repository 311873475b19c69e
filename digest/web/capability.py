"""Addresses that open one preview for a while, and nothing else.

What is previewed is shown in a frame of its own, on a path to which the browser sends no cookie of
the desk: whatever a template or a source put there could do nothing with it. So the address itself
must say what may be seen. It is a MAC over an edition, a choice of reader and a time, and names a
reader by number, since addresses end up in logs.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from hmac import compare_digest

from digest.core.edition import EditionId

LASTS = timedelta(minutes=30)
"""How long a page may stay open before its frames have to be asked for anew."""

_MAC = 16


@dataclass(frozen=True, slots=True)
class Glimpse:
    """What may be seen.

    Attributes:
        themes: of an example reader, by slug; ``None``: all.
        reader: number of a real subscriber; 0: an example reader.
    """

    edition: EditionId
    themes: tuple[str, ...] | None = None
    reader: int = 0


def token(key: bytes, glimpse: Glimpse, now: datetime) -> str:
    """Make the part of an address that opens a preview from now on for :data:`LASTS`.

    The same for a minute, so that a page that is asked for again shows the same frame.
    """
    until = int((now + LASTS).timestamp()) // 60 * 60
    said = [until, int(glimpse.edition), glimpse.reader, glimpse.themes]
    raw = json.dumps(said, separators=(",", ":")).encode()
    return urlsafe_b64encode(_mac(key, raw) + raw).rstrip(b"=").decode()


def opened(key: bytes, text: str, now: datetime) -> Glimpse | None:
    """What an address opens; ``None``: nothing, or no more."""
    try:
        whole = urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
    except ValueError:
        return None
    mac, raw = whole[:_MAC], whole[_MAC:]
    if not compare_digest(mac, _mac(key, raw)):
        return None
    until, edition, reader, themes = json.loads(raw)
    if now.astimezone(UTC).timestamp() >= until:
        return None
    return Glimpse(EditionId(edition), None if themes is None else tuple(themes), reader)


def _mac(key: bytes, raw: bytes) -> bytes:
    return blake2b(raw, key=key, digest_size=_MAC, person=b"preview").digest()
