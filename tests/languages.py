"""Small newsletters in languages that are inflected, joined, or written without spaces."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Callable
from datetime import date
from pathlib import Path

from digest.core.filing.example import Example
from digest.core.filing.filer import LearningFiler
from digest.core.filing.lesson import Lesson
from digest.core.newsletter import Theme
from digest.core.resource import ResourceId

_PATH = Path(__file__).with_suffix(".toml")
_DAY = date(2026, 1, 1)

TITLES: dict[str, dict[str, dict[str, list[str]]]] = tomllib.loads(_PATH.read_text("utf-8"))
"""By language and theme: ``keywords`` and ``titles``."""


def plain(text: str) -> str:
    """As it is written."""
    return text


def enciphered(text: str) -> str:
    """Each run without spaces as one meaningless word, always the same one."""
    return " ".join(
        "".join(chr(97 + byte % 26) for byte in hashlib.blake2b(word.encode()).digest()[:9])
        for word in text.lower().split()
    )


def accuracy(language: str, written: Callable[[str], str] = plain) -> float:
    """Each title is filed by what was learnt from those before it, the themes in turn."""
    table = TITLES[language]
    themes = [
        Theme(f"theme-{number}", "", "", tuple(map(written, table[name]["keywords"])))
        for number, name in enumerate(table)
    ]
    columns = (table[name]["titles"] for name in table)
    filer, right = LearningFiler(themes), 0
    filed = [pair for row in zip(*columns, strict=True) for pair in zip(themes, row, strict=True)]
    for number, (theme, title) in enumerate(filed):
        example = Example(written(title))
        ranking = filer.rank(example)
        right += ranking.best.theme == theme.slug
        filer.learn([Lesson(ResourceId(number), theme.slug, example, _DAY, ranking)])
    return right / len(filed)
