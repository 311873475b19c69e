"""Quoted-printable text in segments that can be joined in any order (RFC 2045 §6.7)."""

from __future__ import annotations

from binascii import b2a_qp
from html import escape

SOFT_BREAK = b"=\r\n"
_LONGEST = 75
_CONTROLS = dict.fromkeys([*range(9), 0x0B, 0x0C, *range(0x0E, 0x20), 0x7F])


def encode(text: str) -> bytes:
    r"""Encode one segment; joined segments decode to the joined texts.

    Each ends where a line ends, in a soft break unless the text itself ends in a line break, so
    that what follows starts in column 0. Line breaks become CRLF; control characters are
    dropped, a lone surrogate becomes ``?``.

    Returns:
        ASCII lines of at most 76 octets.
    """
    if not text:
        return b""
    if not text.isprintable():
        text = text.translate(_CONTROLS).replace("\r\n", "\n").replace("\r", "\n")
    lines = b2a_qp(text.encode("utf-8", "replace"), istext=True).replace(b"\n", b"\r\n")
    return lines if lines.endswith(b"\r\n") or not lines else _continued(lines)


def encode_escaped(text: str) -> bytes:
    """Encode a value that stands in the text or in a quoted attribute of HTML."""
    return encode(escape(text))


def _continued(lines: bytes) -> bytes:
    """End in a soft break; ``b2a_qp`` fills the last line to 76 octets, which leaves no room."""
    last = len(lines) - lines.rfind(b"\n") - 1
    if last <= _LONGEST:
        return lines + SOFT_BREAK
    cut = 3 if lines[-3:-2] == b"=" else 1
    return lines[:-cut] + SOFT_BREAK + lines[-cut:] + SOFT_BREAK
