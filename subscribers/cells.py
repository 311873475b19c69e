"""Cells of CSV files that a spreadsheet may open."""

from __future__ import annotations

import re

_FORMULA = re.compile(r"'*[=+\-@\t\r]")
_GUARDED = re.compile(r"'+[=+\-@\t\r]")
_CONTROL = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]+"
)
_ADDRESS = re.compile(r"[^\s<>()\[\]\"',:;@]+@[^\s<>()\[\]\"',:;@]+")
_MAX = 200


def guard(cell: str) -> str:
    """Keep a spreadsheet from running a cell as a formula (OWASP: CSV injection)."""
    return f"'{cell}" if _FORMULA.match(cell) else cell


def unguard(cell: str) -> str:
    """Give back what was guarded."""
    return cell[1:] if cell[:1] == "'" and _GUARDED.match(cell) else cell


def unnamed(text: str) -> str:
    """Take every address out of what a server said: it is kept longer than the person is."""
    return _ADDRESS.sub("(the address)", text) if "@" in text else text


def clean(text: str) -> str:
    """One line of visible text of at most 200 characters, for names."""
    if len(text) <= _MAX and text.isprintable() and "  " not in text:
        return text.strip()
    return " ".join(_CONTROL.sub(" ", text).split())[:_MAX].rstrip()
