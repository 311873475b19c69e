"""Resolve ``{% include %}`` and ``{% extends %}`` in the source, before it is rendered.

The CSS inliner needs the whole letter in one piece: an include it cannot see would keep its
classes without their styles.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from digest.errors import RenderError

if TYPE_CHECKING:
    from collections.abc import Callable

_INCLUDE = re.compile(r"\{%[-+]?\s*include\s+(['\"])(.+?)\1\s*[-+]?%\}")
_EXTENDS = re.compile(r"\{%[-+]?\s*extends\s+(['\"])(.+?)\1\s*[-+]?%\}")
_BLOCK = re.compile(r"\{%[-+]?\s*(?:block\s+(?P<name>\w+)[^%]*|(?P<end>endblock)[^%]*)%\}")
_SUPER = re.compile(r"\{\{[-+]?\s*super\(\)\s*[-+]?\}\}")
_BEYOND = re.compile(r"\{%[-+]?\s*(include|extends|import|from)\b[^%]*%\}")
_COMMENT = re.compile(r"\{#.*?#\}", re.DOTALL)
_DEPTH = 20

Source = tuple[str, "Callable[[], bool]"]


class Flat(NamedTuple):
    """One source without includes and parents.

    Attributes:
        fresh: asks, for each file it was made from, whether that is still the newest.
    """

    text: str
    fresh: tuple[Callable[[], bool], ...]


def flatten(name: str, read: Callable[[str], Source]) -> Flat:
    """Put a template, its parents and all it includes into one source.

    Args:
        name: the template's.
        read: gives the source of a template, and a question whether it is still the newest.

    Raises:
        RenderError: a name is computed, imports are used (macros must be defined in the letter
            itself), or templates include each other for ever.
    """
    fresh: list[Callable[[], bool]] = []

    def load(wanted: str, depth: int) -> str:
        if depth > _DEPTH:
            raise RenderError(f"template {name}: {wanted} includes or extends itself")
        text, question = read(wanted)
        fresh.append(question)
        text = _COMMENT.sub("", text)
        if parent := _EXTENDS.search(text):
            text = _with_blocks(load(parent[2], depth + 1), text[parent.end() :])
        text = _INCLUDE.sub(lambda match: load(match[2], depth + 1), text)
        if beyond := _BEYOND.search(text):
            raise RenderError(
                f"template {wanted}: {beyond[0]} cannot be used in the HTML of an email; "
                'use {% include "name" %} or {% extends "name" %} with the name in quotes'
            )
        return text

    text = load(name, 0)
    return Flat(_BLOCK.sub("", text), tuple(fresh))


def _with_blocks(parent: str, child: str) -> str:
    """Replace the parent's blocks by the child's; its other text is dropped."""
    own = {name: child[start:end] for name, start, end in _blocks(child)}
    # From the last to the first, so that places found before stay right; an inner block comes
    # after its outer one and so goes first.
    for name, start, end in sorted(_blocks(parent), key=lambda block: -block[1]):
        if name in own:
            inherited = parent[start:end]
            parts = _SUPER.split(own[name])
            parent = parent[:start] + inherited.join(parts) + parent[_end(parent, start) :]
    return parent


def _blocks(source: str) -> list[tuple[str, int, int]]:
    """Name, start and end of what stands inside each block; blocks may nest."""
    opened: list[tuple[str, int]] = []
    found: list[tuple[str, int, int]] = []
    for tag in _BLOCK.finditer(source):
        if not tag["end"]:
            opened.append((tag["name"], tag.end()))
        elif opened:
            found.append((*opened.pop(), tag.start()))
    return found


def _end(source: str, start: int) -> int:
    """Where the block whose inside begins at ``start`` ends now."""
    return next(end for _, begin, end in _blocks(source) if begin == start)
