"""The editor's letter: Markdown as HTML that mail programs show alike, and as plain text.

CommonMark without HTML, images and tables. Headings stand below those of the edition. The result
is cleaned once more by nh3, though markdown-it already escapes what it does not know: a letter is
the one place where an editor's words become markup.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import nh3
from markdown_it import MarkdownIt
from markupsafe import Markup

from digest.core.address import absolute
from digest.core.hygiene import line, printable
from digest.renderers.wording import wrapped

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from markdown_it.token import Token

_TAGS = {"p", "a", "em", "strong", "ul", "ol", "li", "blockquote", "code", "pre", "h3", "h4", "br"}
_TAGS |= {"hr"}
_RULE = "* * *"
_WIDTH = 72


class _Reader(MarkdownIt):
    """CommonMark whose links lead to the web and to mail."""

    def validateLink(self, url: str) -> bool:  # noqa: N802 - the library's name
        """Whether an address may be a link; else it stays text."""
        if url.lower().startswith("mailto:"):
            return line(url) == url
        try:
            absolute(url)
        except ValueError:
            return False
        return True


@lru_cache(maxsize=1)
def _reader() -> _Reader:
    reader = _Reader("commonmark", {"html": False})
    reader.disable("image")
    return reader


@lru_cache(maxsize=64)
def markdown(text: str) -> Markup:
    """Write a letter as HTML."""
    tokens = _reader().parse(printable(text))
    for token in tokens:
        if token.type in {"heading_open", "heading_close"}:
            token.tag = "h3" if token.tag in {"h1", "h2", "h3"} else "h4"
    html = _reader().renderer.render(tokens, _reader().options, {})
    cleaned = nh3.clean(
        html,
        tags=_TAGS,
        attributes={"*": set(), "a": {"href"}, "ol": {"start"}},
        url_schemes={"http", "https", "mailto"},
        link_rel=None,
    )
    return Markup(cleaned.strip())  # noqa: S704 - nh3 let through what is allowed, and no more


@lru_cache(maxsize=64)
def markdown_text(text: str) -> str:
    """Write a letter as plain text: blocks parted by an empty line, links behind their words."""
    blocks = _Text().blocks(_reader().parse(printable(text)))
    return "\n\n".join(filter(None, blocks))


class _Text:
    """Walks through the blocks of a letter."""

    def __init__(self) -> None:
        self._marks: list[str] = []
        """What stands before the next block, from the outermost list inwards."""
        self._counts: list[int] = []

    def blocks(self, tokens: Sequence[Token]) -> Iterator[str]:
        for token in tokens:
            self._enter(token)
            if token.type == "inline":
                yield self._block(_words(token.children or []))
            elif token.type in {"code_block", "fence"}:
                yield "\n".join(f"    {row}" for row in token.content.splitlines())
            elif token.type == "hr":
                yield _RULE

    def _enter(self, token: Token) -> None:
        if token.type == "ordered_list_open":
            self._counts.append(int(token.attrGet("start") or 1))
        elif token.type == "bullet_list_open":
            self._counts.append(0)
        elif token.type in {"ordered_list_close", "bullet_list_close"}:
            self._counts.pop()
        elif token.type == "list_item_open":
            self._marks.append(f"{self._counts[-1]}. " if self._counts[-1] else "- ")
            self._counts[-1] += bool(self._counts[-1])
        elif token.type == "blockquote_open":
            self._marks.append("> ")
        elif token.type in {"list_item_close", "blockquote_close"}:
            self._marks.pop()

    def _block(self, words: str) -> str:
        first = "".join(self._marks)
        self._marks = [mark if mark == "> " else " " * len(mark) for mark in self._marks]
        rest = "".join(self._marks)
        rows = [
            row
            for part in words.split("\n")
            for row in wrapped(part, _WIDTH - len(first)).split("\n")
        ]
        return "\n".join((rest if number else first) + row for number, row in enumerate(rows))


def _words(tokens: Sequence[Token]) -> str:
    """The words of one block; a link's address stands behind them."""
    said, links = "", list[tuple[str, int]]()
    for token in tokens:
        if token.type in {"text", "code_inline"}:
            said += token.content
        elif token.type == "softbreak":
            said += " "
        elif token.type == "hardbreak":
            said += "\n"
        elif token.type == "link_open":
            links.append((str(token.attrGet("href") or ""), len(said)))
        elif token.type == "link_close" and links:
            url, start = links.pop()
            said += f" ({url})" if said[start:] != url else ""
    return said
