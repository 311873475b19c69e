"""How commands speak: tables and sentences for people, one JSON document for programs."""

from __future__ import annotations

import json
import shutil
import sys
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime, tzinfo
from enum import Enum
from pathlib import Path
from typing import Any, TypeVar

import click

from digest.core.hygiene import line

_GAP = "  "
_Command = TypeVar("_Command", bound=Callable[..., Any])


def json_option(command: _Command) -> _Command:
    """Add ``--json``, given to the command as ``as_json``."""
    return click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")(command)


def document(value: object) -> None:
    """Print a value as one JSON document."""
    click.echo(json.dumps(plain(value), ensure_ascii=False, indent=2))


def plain(value: object) -> object:
    """Reduce a value to what JSON has; times are ISO 8601 in UTC."""
    if is_dataclass(value) and not isinstance(value, type):
        value = {each.name: getattr(value, each.name) for each in fields(value) if each.repr}
    if isinstance(value, Mapping):
        return {str(plain(key)): plain(entry) for key, entry in value.items()}
    if isinstance(value, Iterable) and not isinstance(value, str):
        return [plain(entry) for entry in value]
    return _scalar(value)


def _scalar(value: object) -> object:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    return value if isinstance(value, str | int | float | None) else str(value)


def heading(text: str) -> None:
    """Print the title of a block, with an empty line ahead."""
    click.echo()
    click.secho(text, bold=True)


def table(rows: Sequence[Sequence[object]], heads: Sequence[str] = (), indent: str = "") -> None:
    """Print rows in columns; numbers stand to the right.

    At a terminal the last column is cut at its edge, elsewhere nothing is.
    """
    lines = [heads, *rows] if heads else rows
    cells = [[clean(entry) for entry in row] for row in lines]
    if not cells:
        return
    widths = [max(map(width, column)) for column in zip(*cells, strict=True)]
    right = [bool(rows) and isinstance(entry, int) for entry in (rows[0] if rows else heads)]
    for number, cell_row in enumerate(cells):
        padded = [_pad(*each) for each in zip(cell_row, widths, right, strict=True)]
        text = _fitted(indent + _GAP.join(padded).rstrip())
        click.echo(click.style(text, dim=True) if heads and number == 0 else text)


def moment(value: datetime | None, zone: tzinfo = UTC) -> str:
    """Tell a time for people, to the minute, in a zone; a dash when there is none."""
    return f"{value.astimezone(zone):%Y-%m-%d %H:%M}" if value else "-"


def occasion(value: datetime, zone: tzinfo) -> str:
    """Tell a time to look forward to: ``Mon 2026-11-23 08:00 (Europe/Berlin)``."""
    return f"{value.astimezone(zone):%a %Y-%m-%d %H:%M} ({zone})"


def counted(number: int, one: str, many: str = "") -> str:
    """Tell a number of things: ``1 item``, ``2 items``."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def place(path: Path) -> str:
    """Tell where a file is, as short as possible from where people stand."""
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)


def note(text: str) -> None:
    """Say something on standard error that is no part of the result."""
    click.echo(text, err=True)


def width(text: str) -> int:
    """How many columns of a terminal a text takes."""
    return sum(_columns(character) for character in text)


def _columns(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in {"W", "F"} else 1


def clean(entry: object) -> str:
    """One line in which nothing that came from outside may steer the terminal."""
    return line(str(entry))


def _pad(text: str, columns: int, right: bool) -> str:  # noqa: FBT001 - private, called once
    space = " " * (columns - width(text))
    return space + text if right else text + space


def _fitted(text: str) -> str:
    room = shutil.get_terminal_size().columns if sys.stdout.isatty() else 0
    if not room or width(text) <= room:
        return text
    while width(text) >= room:
        text = text[:-1]
    return text.rstrip() + "…"
