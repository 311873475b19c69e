"""A model as bytes and back, so that a process need not follow the whole journal when it starts.

What is packed is a convenience: without it the journal says the same again. The configuration's
words are not in it; they are planted anew, as the configuration has them by then.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from digest.core.filing.columns import ColumnReader, ColumnWriter
from digest.core.filing.example import Example
from digest.core.filing.filer import LearningFiler
from digest.core.filing.gate import Decision
from digest.core.filing.lesson import Lesson, Shelf
from digest.core.filing.meaning import Embedder
from digest.core.filing.model import Model
from digest.core.newsletter import Theme
from digest.core.resource import ResourceId

FORMAT = 2
"""Grows when features, members or columns change: what was packed before is then learnt anew."""


def packed(model: Model) -> bytes:
    """Write all that a model knows."""
    filer, out = model.filer, ColumnWriter()
    keys = {id(decision): key for key, decision in model.judged.items()}
    filer.members.write(out)
    plain = {
        "format": FORMAT,
        "themes": [theme.slug for theme in filer.themes],
        "embedder": _name(filer.members.embedder),
        "number": model.number,
        "cursor": filer.shelf.cursor,
        "latest": filer.latest.toordinal(),
        "trusts": filer.mixture.trusts,
        "energies": filer.mixture.energies,
        "decisions": [
            (one.confidence, one.right, one.automatic, keys.get(id(one), 0))
            for one in filer.decisions
        ],
        "lessons": [_told(lesson) for lesson in filer.shelf.lessons],
    }
    return out.written(plain)


def unpacked(
    themes: Sequence[Theme], data: bytes, embedder: Embedder | None = None
) -> Model | None:
    """The model again; ``None``: other themes, another embedder or another version made it.

    Its answers, and what it makes of what comes next, are those of the model that was packed.
    """
    try:
        kept = ColumnReader(data)
        plain = kept.plain
        made_of = plain["format"], sorted(plain["themes"]), plain["embedder"]
    except (ValueError, KeyError):
        return None
    if made_of != (FORMAT, sorted(theme.slug for theme in themes), _name(embedder)):
        return None
    filer = LearningFiler(themes, embedder=embedder)
    filer.members.read(kept, [filer.numbers[slug] for slug in plain["themes"]])
    filer.mixture.trusts, filer.mixture.energies = plain["trusts"], plain["energies"]
    filer.shelf = Shelf([_lesson(*row) for row in plain["lessons"]], plain["cursor"])
    filer.latest = date.fromordinal(plain["latest"])
    decisions = [(Decision(*row), ResourceId(key)) for *row, key in plain["decisions"]]
    filer.decisions = [decision for decision, _ in decisions]
    model = Model(themes, filer)
    model.number = plain["number"]
    model.judged = {key: decision for decision, key in decisions if key}
    return model


def _name(embedder: Embedder | None) -> str:
    return embedder.name if embedder else ""


def _told(lesson: Lesson) -> tuple[Any, ...]:
    one = lesson.example
    told = one.title, one.summary, one.url, one.tags, one.issuer, one.sources
    return lesson.key, lesson.theme, lesson.day.toordinal(), *told


def _lesson(key: int, theme: str, day: int, *told: Any) -> Lesson:
    title, summary, url, tags, issuer, sources = told
    example = Example(title, summary, url, tuple(tags), issuer, tuple(sources))
    return Lesson(ResourceId(key), theme, example, date.fromordinal(day))
