"""``{% part key %} … {% endpart %}``: what is the same for all readers is rendered once.

A part may depend on its key and on the edition, not on the reader's selection of themes. It comes
out of ``Template.generate`` as an object of its own, the same one each time, so that what is made
of it later (its transfer encoding, say) can be kept too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from jinja2 import nodes
from jinja2.ext import Extension

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable

    from jinja2.parser import Parser
    from jinja2.runtime import Context


class Part(str):
    """Rendered text that begins and ends where a part does."""

    __slots__ = ()


PartStore = dict["Hashable", Part]
"""The parts of one edition in one form (HTML or text), by key."""


class PartTag(Extension):
    """The tag; a template finds its store in the variable ``parts``, or renders anew each time."""

    tags = {"part"}  # noqa: RUF012 - jinja2 declares it so

    def parse(self, parser: Parser) -> nodes.Node:
        """Make a call of what stands between ``part`` and ``endpart``."""
        line = next(parser.stream).lineno
        key = parser.parse_tuple()
        body = parser.parse_statements(("name:endpart",), drop_needle=True)
        call = self.call_method("_once", [nodes.ContextReference(), key])
        return nodes.CallBlock(call, [], [], body).set_lineno(line)

    @staticmethod
    def _once(context: Context, key: Hashable, caller: Callable[[], str]) -> Part:
        store: PartStore | None = context.get("parts")
        if store is None:
            return Part(caller())
        if key not in store:
            # Two threads may both render it; setdefault lets all keep the same object.
            return store.setdefault(key, Part(caller()))
        return store[key]


def joined(pieces: Iterable[str]) -> tuple[str, ...]:
    """Join what stands between parts; parts stay the objects they are."""
    runs: list[str] = []
    loose: list[str] = []
    for piece in pieces:
        if not isinstance(piece, Part):
            loose.append(piece)
            continue
        runs.extend(filter(None, ("".join(loose), piece)))
        loose.clear()
    return (*runs, *filter(None, ("".join(loose),)))
