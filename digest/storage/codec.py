r"""Values of the core as JSON text, and back without any loss.

What comes back equals what went in, whatever a feed put into it: text that is no valid UTF-8
(a lone surrogate) and NUL, which PostgreSQL refuses, are written as ``\uXXXX``. A field that an
older version did not know takes its default; one that this version does not know is left out.
"""

from __future__ import annotations

import hashlib
import json
import types
from collections.abc import Callable, Hashable
from dataclasses import asdict, fields, is_dataclass
from datetime import datetime
from enum import Enum
from functools import cache
from typing import Any, NewType, TypeVar, Union, get_args, get_origin, get_type_hints

V = TypeVar("V", bound=Hashable)


def encode(value: object) -> str:
    """Write a value of a frozen dataclass, or a tuple of plain values, as ASCII JSON."""
    plain = asdict(value) if is_dataclass(value) and not isinstance(value, type) else value
    return json.dumps(plain, default=_plain, ensure_ascii=True, separators=(",", ":"))


def decode(kind: type[V], text: str) -> V:
    """Read what :func:`encode` wrote of a value of this kind."""
    read: Callable[[Any], V] = _reader(kind)
    return read(json.loads(text))


def fingerprint(*texts: str) -> str:
    """Name texts by 32 hexadecimal digits, equal only for equal texts in the same order.

    Sources choose the length of their keys and addresses, but an index of PostgreSQL holds no
    more than 2,704 bytes a row; so rows are found by this name.
    """
    whole = json.dumps(texts, ensure_ascii=True)
    return hashlib.blake2b(whole.encode(), digest_size=16).hexdigest()


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} cannot be kept as JSON")


@cache
def _reader(kind: Any) -> Callable[[Any], Any]:
    """What makes a value of this kind out of plain JSON."""
    if isinstance(kind, NewType):
        return _reader(kind.__supertype__)
    if get_origin(kind) in {Union, types.UnionType}:
        return _optional(_reader(get_args(kind)[0]))
    if get_origin(kind) is tuple:
        return _many(_reader(get_args(kind)[0]))
    if is_dataclass(kind) and isinstance(kind, type):
        return _whole(kind)
    if kind is datetime:
        return datetime.fromisoformat
    return kind if issubclass(kind, Enum) else lambda plain: plain


def _optional(read: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda plain: None if plain is None else read(plain)


def _many(read: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda plain: tuple(read(one) for one in plain)


def _whole(kind: type[Any]) -> Callable[[Any], Any]:
    hints = get_type_hints(kind)
    readers = {field.name: _reader(hints[field.name]) for field in fields(kind)}
    return lambda plain: kind(
        **{name: read(plain[name]) for name, read in readers.items() if name in plain}
    )
