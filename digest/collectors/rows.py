"""Files that people write by hand or export from a table, to items."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import yaml

from digest.collectors.dates import published
from digest.collectors.item import Item
from digest.core.hygiene import line

_FRONT_MATTER = re.compile(
    r"\A---[ \t]*\n(.{0,50000}?)^(?:---|\.\.\.)[ \t]*$", re.DOTALL | re.MULTILINE
)
_MARKDOWN = re.compile(r"!?\[([^\]\[]*)\]\([^()\s]*\)|(?<!\w)[*_`]+(?=\S)|(?<=\S)[*_`]+(?!\w)")
_NOT_PROSE = re.compile(r"\s*(?:#|```|~~~|\||<|---|===|!\[)")
_SEPARATOR = re.compile(r"[,;|]")
_NAMES = {
    "key": ("id", "key", "guid"),
    "url": ("url", "link"),
    "title": ("title", "name"),
    "summary": ("summary", "description", "excerpt"),
    "content": ("content", "html"),
    "author": ("author", "authors"),
    "issuer": ("issuer", "publisher"),
    "download": ("download", "file"),
    "language": ("language", "lang"),
}
_DATES = ("date", "published")
_LABELS = ("labels", "label", "type")
_TAGS = ("tags", "tag", "topics", "keywords", "categories")


@dataclass(frozen=True, slots=True)
class Fault:
    """A file, or a line of it, that cannot be read."""

    where: str
    reason: str


Reader = Callable[[bytes, str], Iterator[Item | Fault]]


def table(body: bytes, name: str) -> Iterator[Item | Fault]:
    """Read CSV whose first line names the columns; lists are parted by ``,``, ``;`` or ``|``."""
    try:
        rows = csv.DictReader(io.StringIO(body.decode("utf-8-sig"), newline=""))
        for row in rows:
            # Cells beyond the named columns come under the name None.
            named = {k: v for k, v in row.items() if k}
            yield _item(named, f"{name}:{rows.line_num}")
    except (csv.Error, UnicodeDecodeError) as error:
        yield Fault(name, f"this is no CSV in UTF-8: {error}")


def lines(body: bytes, name: str) -> Iterator[Item | Fault]:
    """Read one JSON object per line."""
    for number, text in enumerate(body.splitlines(), 1):
        where = f"{name}:{number}"
        if not text.strip():
            continue
        try:
            row = json.loads(text)
        except (ValueError, RecursionError) as error:
            yield Fault(where, f"this is no JSON: {error}")
            continue
        yield _item(row, where) if isinstance(row, dict) else Fault(where, "this is no JSON object")


def note(body: bytes, name: str) -> Iterator[Item | Fault]:
    """Read one item from Markdown: YAML between ``---`` lines, then text.

    The first paragraph of the text is the summary where the front matter has none.
    """
    try:
        text = body.decode("utf-8-sig").replace("\r\n", "\n")
        front = _FRONT_MATTER.match(text)
        row = yaml.safe_load(front[1]) if front else None
    except (UnicodeDecodeError, yaml.YAMLError, RecursionError, ValueError) as error:
        yield Fault(f"{name}:1", f"the front matter cannot be read: {line(str(error))}")
        return
    if not front or not isinstance(row, dict):
        yield Fault(f"{name}:1", 'expected front matter ("key: value" lines between two "---")')
        return
    yield _item({"summary": _first_paragraph(text[front.end() :])} | row, f"{name}:1", front[1])


READERS: Mapping[str, Reader] = {".csv": table, ".jsonl": lines, ".md": note}


def _item(row: Mapping[Any, object], where: str, raw: str = "") -> Item:
    fields = {str(name).strip().lower(): value for name, value in row.items()}
    texts = {name: _text(_one(fields, names)) for name, names in _NAMES.items()}
    return Item(
        **texts,
        labels=_list(_one(fields, _LABELS)),
        tags=_list(_one(fields, _TAGS)),
        published=published(_text(_one(fields, _DATES))),
        raw=raw or {name: _text(value) for name, value in fields.items()},
        where=where,
    )


def _one(fields: Mapping[str, object], names: tuple[str, ...]) -> object:
    return next((fields[name] for name in names if fields.get(name)), "")


def _text(value: object) -> str:
    # Not deeper than one list: YAML's references make an exponential text of a few lines.
    if isinstance(value, list):
        return ", ".join(map(_scalar, value))
    return _scalar(value)


def _scalar(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, (str, int, float)) else ""


def _list(value: object) -> tuple[str, ...]:
    parts = value if isinstance(value, list) else _SEPARATOR.split(_text(value))
    return tuple(filter(None, (_scalar(part).strip() for part in parts)))


def _first_paragraph(text: str) -> str:
    for paragraph in re.split(r"\n\s*\n", text):
        if paragraph.strip() and not _NOT_PROSE.match(paragraph):
            return _MARKDOWN.sub(r"\1", paragraph)
    return ""
