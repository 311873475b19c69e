"""A model as bytes and back, so that a process need not follow the whole journal when it starts.

What is packed is a convenience: without it the journal says the same again.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Sequence
from dataclasses import astuple
from datetime import date
from typing import Any

from digest.core.filing.example import Example
from digest.core.filing.gate import Decision
from digest.core.filing.knowledge import Count, Kind, Knowledge, Trust, Weight, knowledge, recalled
from digest.core.filing.lesson import Lesson
from digest.core.filing.meaning import Embedder
from digest.core.filing.mixture import Member
from digest.core.filing.model import Model
from digest.core.newsletter import Theme
from digest.core.resource import ResourceId

FORMAT = 1
"""Grows when features or members change: what was packed before is then learnt anew."""
_FAST = 1


def packed(model: Model) -> bytes:
    """Write all that a model knows."""
    learnt = knowledge(model.filer)
    keys = {id(decision): key for key, decision in model.judged.items()}
    plain = {
        "format": FORMAT,
        "themes": sorted(model.filer.numbers),
        "meaning": model.filer.members.embedder is not None,
        "number": model.number,
        "cursor": learnt.cursor,
        "counts": _nested((c.kind, c.theme, c.feature, c.amount) for c in learnt.counts),
        "weights": _nested((w.theme, w.feature, (w.weight, w.energy)) for w in learnt.weights),
        "trusts": [astuple(trust) for trust in learnt.trusts],
        "decisions": [(*astuple(d), keys.get(id(d), 0)) for d in learnt.decisions],
        "lessons": [
            (lesson.key, lesson.theme, lesson.day.toordinal(), astuple(lesson.example))
            for lesson in learnt.lessons
        ],
    }
    return zlib.compress(json.dumps(plain, separators=(",", ":")).encode(), _FAST)


def unpacked(
    themes: Sequence[Theme], data: bytes, embedder: Embedder | None = None
) -> Model | None:
    """The model again; ``None``: it was made of other themes, or by another version."""
    plain = json.loads(zlib.decompress(data))
    made_of = plain["format"], plain["themes"], plain["meaning"]
    if made_of != (FORMAT, sorted(theme.slug for theme in themes), embedder is not None):
        return None
    decisions = [(Decision(*row[:3]), ResourceId(row[3])) for row in plain["decisions"]]
    learnt = Knowledge(
        counts=tuple(_counts(plain["counts"])),
        weights=tuple(
            Weight(theme, feature, *pair)
            for theme, row in plain["weights"].items()
            for feature, pair in row.items()
        ),
        trusts=tuple(Trust(Member(row[0]), *row[1:]) for row in plain["trusts"]),
        decisions=tuple(decision for decision, _ in decisions),
        lessons=tuple(_lesson(*row) for row in plain["lessons"]),
        cursor=plain["cursor"],
    )
    model = Model(themes, recalled(themes, learnt, embedder=embedder))
    model.number = plain["number"]
    model.judged = {key: decision for decision, key in decisions if key}
    return model


def _nested(rows: Any) -> dict[str, Any]:
    """Rows as tables in tables: each kind, theme and feature is named once."""
    tables: dict[str, Any] = {}
    for *path, last, value in rows:
        table = tables
        for name in path:
            table = table.setdefault(name, {})
        table[last] = value
    return tables


def _counts(tables: dict[str, dict[str, dict[str, int]]]) -> Any:
    for kind, by_theme in tables.items():
        for theme, row in by_theme.items():
            for feature, amount in row.items():
                yield Count(Kind(kind), theme, feature, amount)


def _lesson(key: int, theme: str, day: int, example: list[Any]) -> Lesson:
    title, summary, url, tags, issuer, sources = example
    told = Example(title, summary, url, tuple(tags), issuer, tuple(sources))
    return Lesson(ResourceId(key), theme, told, date.fromordinal(day))
