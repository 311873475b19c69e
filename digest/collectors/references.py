"""Character references that XML 1.0 does not know, made such that every parser reads them."""

from __future__ import annotations

import re
from html.entities import html5

_REFERENCE = re.compile(rb"&(?:#([0-9]+)|#[xX]([0-9a-fA-F]+)|([A-Za-z][A-Za-z0-9]*));")
_OF_XML = frozenset({b"amp", b"lt", b"gt", b"quot", b"apos"})
_SURROGATES = range(0xD800, 0xE000)
_NO_CHARACTER = b"&#xFFFD;"
"""Not nothing: what stood on both sides could become a reference together."""
_DIGITS = 8
"""A longer number is no character, and costs time to read."""


def mended(body: bytes) -> bytes:
    """Put the names of HTML as numbers, and U+FFFD for what stands for no character.

    ``&nbsp;`` in a feed that does not declare it cuts the text there, and half a surrogate pair,
    ``&#xD800;``, takes the whole feed with it (measured, with either parser). Numbers mean the
    same in a CDATA section that holds HTML.

    Args:
        body: markup in any encoding that holds ASCII as it is; one that declares entities of its
            own is left alone.
    """
    return body if b"<!ENTITY" in body else _REFERENCE.sub(_mended, body)


def _mended(found: re.Match[bytes]) -> bytes:
    decimal, hexadecimal, name = found.groups()
    if name is not None:
        return found[0] if name in _OF_XML else _numbered(name)
    digits, base = (decimal, 10) if decimal is not None else (hexadecimal, 16)
    digits = digits.lstrip(b"0")
    stands = 0 < len(digits) <= _DIGITS and int(digits, base) not in _SURROGATES
    return found[0] if stands else _NO_CHARACTER


def _numbered(name: bytes) -> bytes:
    characters = html5.get(f"{name.decode()};")
    if characters is None:
        return b"&amp;" + name + b";"
    return "".join(f"&#{ord(character)};" for character in characters).encode()
