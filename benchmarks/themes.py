"""How well the filer learns: newsletters that people edited, replayed in time order.

Each issue (of lists: each month) is filed by what was learnt from those before it, then all the
editor's filings of that issue are learnt; within an issue the order is that of the identifiers.
Themes of fewer than 50 items and *Other* are left out; the configuration holds name, description
and keywords. Times are of the processor, for a thousand items.

    python benchmarks/themes.py [NAME …] [--until 2023-01-01]

Beside it, where scikit-learn is installed, its LinearSVC and complement naive Bayes on words,
pairs and host, fitted anew with every issue (after 800 items, with every 200). Exits 1 when a
yardstick of quality or memory is missed, skips when the data is absent.
"""

from __future__ import annotations

import argparse
import importlib
import json
import resource
import subprocess
import sys
import time
import tomllib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby, pairwise
from pathlib import Path
from typing import Any

from digest.core.filing.example import Example
from digest.core.filing.filer import LearningFiler
from digest.core.filing.lesson import Lesson
from digest.core.filing.model import Model
from digest.core.filing.packing import packed, unpacked
from digest.core.newsletter import Theme
from digest.core.resource import Facts, ResourceId
from digest.core.sorting import Sorter
from digest.core.theme import RuleFiler

DATA = Path(__file__).parents[2] / "shared/data/themes"
PACE = 50
OTHER = {"Other", "Miscellaneous"}
FEWEST = 50
EARLY = 500
REFIT, OFTEN = 200, 800
MOST_MEMORY, MOST_FILE, MOST_LEARN = 120.0, 0.7, 1.3


@dataclass(frozen=True)
class Newsletter:
    """A replay, and what it must reach: accuracy, right in three, filed by itself."""

    name: str
    since: str
    accuracy: float
    in_three: float
    automatic: float
    prototype: str


NEWSLETTERS = (
    Newsletter("emacs_news", "2022-01", 0.77, 0.90, 0.65, "0.769  0.902  0.68 @ 0.912"),
    Newsletter("this_week_in_rust", "2022-07", 0.735, 0.98, 0.45, "0.736  0.985  0.48 @ 0.915"),
    Newsletter("open_sustainable_tech", "", 0.70, 0.91, 0.28, "0.701  0.910  0.28 @ 0.918"),
)


@dataclass(frozen=True)
class Item:
    """One link as the editor filed it."""

    key: ResourceId
    issue: str
    theme: str
    day: date
    example: Example


@dataclass
class Score:
    """What came of the items so far."""

    right: list[bool] = field(default_factory=list)
    in_three: int = 0
    automatic: list[bool] = field(default_factory=list)

    def add(self, theme: str, ranked: Sequence[str], *, automatic: bool = False) -> None:
        """Count one item."""
        self.right.append(ranked[0] == theme)
        self.in_three += theme in ranked[:3]
        self.automatic.append(automatic)

    @property
    def accuracy(self) -> float:
        """The share whose first choice was the editor's."""
        return sum(self.right) / len(self.right)

    def filed(self, first: int | None = None) -> tuple[float, float]:
        """The share filed without asking, and of those the share that was right."""
        pairs = list(zip(self.automatic, self.right, strict=True))[:first]
        filed = [right for automatic, right in pairs if automatic]
        return len(filed) / len(pairs), sum(filed) / len(filed) if filed else 1.0


def read(newsletter: Newsletter, until: str) -> tuple[list[Theme], list[list[Item]]]:
    """The themes and the issues of a newsletter."""
    rows = [json.loads(row) for row in (DATA / f"{newsletter.name}.jsonl").open()]
    rows = [r for r in rows if newsletter.since <= r["added"] < until and r["theme"] not in OTHER]
    sizes = Counter(row["theme"] for row in rows)
    items = [_item(number, row) for number, row in enumerate(rows) if sizes[row["theme"]] >= FEWEST]
    tables = tomllib.loads((DATA / f"themes_{newsletter.name}.toml").read_text())["theme"]
    told = {table["name"]: table for table in tables}
    names = {item.theme for item in items}
    ordered = [name for name in told if name in names] + sorted(names - told.keys())
    themes = [
        Theme(
            name,
            name,
            told.get(name, {}).get("description", ""),
            tuple(told.get(name, {}).get("keywords", ())),
        )
        for name in ordered
    ]
    ids = {number: row["id"] for number, row in enumerate(rows)}
    items.sort(key=lambda item: (item.issue, ids[item.key]))
    return themes, [list(issue) for _, issue in groupby(items, key=lambda item: item.issue)]


def _item(number: int, row: dict[str, Any]) -> Item:
    added = row["added"]
    return Item(
        ResourceId(number),
        row.get("issue", added[:7]),
        row["theme"],
        date.fromisoformat(added),
        Example(row["title"], row["summary"], row["url"]),
    )


def replay(filer: LearningFiler, issues: Sequence[list[Item]]) -> tuple[Score, float, float]:
    """The score, and the seconds for filing and learning."""
    score, filing, learning = Score(), 0.0, 0.0
    for issue in issues:
        threshold = filer.threshold
        started = time.process_time()
        ranked = [filer.rank(item.example) for item in issue]
        filing += time.process_time() - started
        for item, ranking in zip(issue, ranked, strict=True):
            names = [share.theme for share in ranking.shares[:3]]
            sure = ranking.best.probability >= threshold
            score.add(item.theme, names, automatic=sure)
        lessons = [
            Lesson(item.key, item.theme, item.example, item.day, ranking)
            for item, ranking in zip(issue, ranked, strict=True)
        ]
        started = time.process_time()
        filer.learn(lessons)
        learning += time.process_time() - started
    return score, filing, learning


def paced(themes: list[Theme], issues: Sequence[list[Item]]) -> tuple[float, float]:
    """The seconds for filing and learning a thousand after a thousand, fifty at a time."""
    items = [item for issue in issues for item in issue]
    filer = LearningFiler(themes)
    for start in range(0, 1_000, PACE):
        replay(filer, [items[start : start + PACE]])
    parts = [items[start : start + PACE] for start in range(1_000, 2_000, PACE)]
    return replay(filer, parts)[1:]


def put_away(themes: list[Theme], filer: LearningFiler) -> tuple[float, float, int]:
    """The seconds to pack all that was learnt, to unpack it, and its octets."""
    started = time.process_time()
    kept = packed(Model(themes, filer))
    between = time.process_time()
    if unpacked(themes, kept) is None:
        raise AssertionError("what was just packed is not taken back")
    return between - started, time.process_time() - between, len(kept)


def with_reasons(themes: list[Theme], filer: LearningFiler, items: Sequence[Item]) -> float:
    """The seconds to file items as a site does: rules first, then with words and guesses."""
    sorter = Sorter(RuleFiler(themes, {}), filer)
    told = [
        Facts(str(item.key), item.example.url, item.example.title, summary=item.example.summary)
        for item in items
    ]
    started = time.process_time()
    for facts in told:
        sorter.file(facts)
    return time.process_time() - started


def at_the_desk(themes: list[Theme], issues: Sequence[list[Item]], most: int) -> tuple[float, ...]:
    """File and learn one item after the other: accuracy, and seconds of each."""
    filer, right, filing, learning = LearningFiler(themes), 0, 0.0, 0.0
    items = [item for issue in issues for item in issue][:most]
    for item in items:
        started = time.process_time()
        ranking = filer.rank(item.example)
        between = time.process_time()
        filer.learn([Lesson(item.key, item.theme, item.example, item.day, ranking)])
        filing, learning = filing + between - started, learning + time.process_time() - between
        right += ranking.best.theme == item.theme
    return right / len(items), filing / len(items), learning / len(items)


def scikit(issues: Sequence[list[Item]], module: str, name: str) -> Score | None:
    """The score of one of its models; none where it is not installed."""
    try:
        text = importlib.import_module("sklearn.feature_extraction.text")
        pipeline = importlib.import_module("sklearn.pipeline")
        make = getattr(importlib.import_module(module), name)
    except ImportError:
        return None
    score, texts, labels, model = Score(), list[str](), list[str](), None
    fitted = 0
    for issue in issues:
        fresh = [_text(item) for item in issue]
        if len(set(labels)) > 1 and (len(texts) < OFTEN or len(texts) - fitted >= REFIT):
            vectors = text.TfidfVectorizer(
                ngram_range=(1, 2), sublinear_tf=True, token_pattern=r"\S+"
            )
            model = pipeline.make_pipeline(vectors, make()).fit(texts, labels)
            fitted = len(texts)
        guesses = model.predict(fresh) if model else [""] * len(issue)
        for item, guess in zip(issue, guesses, strict=True):
            score.add(item.theme, [str(guess)])
        texts += fresh
        labels += [item.theme for item in issue]
    return score


def _text(item: Item) -> str:
    example = item.example
    words = "".join(
        c if c.isalnum() else " " for c in f"{example.title} {example.title} {example.summary}"
    )
    return f"{words.lower()} host:{example.url.split('/')[2:3]}"


def one(newsletter: Newsletter, until: str) -> bool:
    """Replay one newsletter and print what came out."""
    before = _memory()
    themes, issues = read(newsletter, until)
    count, held = sum(map(len, issues)), _memory()
    print(f"\n{newsletter.name}: {count:,} items, {len(themes)} themes, {len(issues)} issues")
    filer = LearningFiler(themes)
    score, filing, learning = replay(filer, issues)
    grown = _memory() - held
    share, precision = score.filed()
    in_three = score.in_three / count
    print("                       first  in three  filed by itself @ right")
    print(
        f"  the filer            {score.accuracy:.3f}  {in_three:.4f}"
        f"    {share:.2f} @ {precision:.3f}"
    )
    print(
        f"  yardstick            {newsletter.accuracy:.3f}  {newsletter.in_three:.3f}"
        f"     {newsletter.automatic:.2f} @ 0.900"
    )
    print(f"  the prototype        {newsletter.prototype}")
    early, correct = score.filed(EARLY)
    first = sum(score.right[:EARLY]) / len(score.right[:EARLY])
    print(f"  its first {EARLY}        {first:.3f}            {early:.2f} @ {correct:.3f}")
    print("  by items filed      ", " ".join(_growth(score)))
    packing, unpacking, octets = put_away(themes, filer)
    last = [item for issue in issues for item in issue][-1_000:]
    print(
        f"  the last {len(last):,} filed with reasons: {with_reasons(themes, filer, last):.2f} s; "
        f"all put away in {packing:.2f} s, taken out in {unpacking:.2f} s, {octets / 1e6:.1f} MB"
    )
    _yardsticks(issues)
    accuracy, each_filed, each_learnt = at_the_desk(themes, issues, 2_000)
    paced_filing, paced_learning = paced(themes, issues)
    print(
        f"  a thousand after a thousand, by {PACE}: file {paced_filing:.2f} s "
        f"(yardstick {MOST_FILE}), learn {paced_learning:.2f} s ({MOST_LEARN})"
    )
    print(
        f"  a thousand over the whole: {filing / count * 1000:.2f} and "
        f"{learning / count * 1000:.2f} s; one by one, the first 2,000: "
        f"{each_filed * 1000:.2f} and {each_learnt * 1000:.2f} s"
    )
    print(f"  corrected one by one, the first 2,000: {accuracy:.3f}")
    print(
        f"  memory: {grown:.0f} MB for what was learnt (yardstick {MOST_MEMORY:.0f}), "
        f"{held - before:.0f} MB for the data"
    )
    return (
        score.accuracy >= newsletter.accuracy
        and in_three >= newsletter.in_three
        and share >= newsletter.automatic
        and precision >= 0.9
        and grown <= MOST_MEMORY
    )


def _growth(score: Score) -> Iterator[str]:
    edges = [0, 30, 100, 300, 1_000, 3_000, len(score.right)]
    for start, end in pairwise(edges):
        if part := score.right[start:end]:
            yield f"{start:,}: {sum(part) / len(part):.2f}"


def _yardsticks(issues: Sequence[list[Item]]) -> None:
    for title, module, name in (
        ("LinearSVC", "sklearn.svm", "LinearSVC"),
        ("complement Bayes", "sklearn.naive_bayes", "ComplementNB"),
    ):
        score = scikit(issues, module, name)
        result = f"{score.accuracy:.3f}" if score else "skipped: scikit-learn is not installed"
        print(f"  {title:21}{result}")


def _memory() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def asked(what: str | None) -> tuple[list[Newsletter], str]:
    """The newsletters and the last day that the command line names."""
    options = argparse.ArgumentParser(description=(what or "").partition("\n")[0])
    options.add_argument("names", nargs="*")
    options.add_argument("--until", default="9999", help="leave out what is later")
    given = options.parse_args()
    return [n for n in NEWSLETTERS if not given.names or n.name in given.names], given.until


def main() -> int:
    """Replay each newsletter in a process of its own, whose peak of memory is its own."""
    chosen, until = asked(__doc__)
    if not DATA.is_dir():
        print(f"skipped: the folder {DATA.name} is not here")
        return 0
    if len(chosen) == 1:
        return 0 if one(chosen[0], until) else 1
    runs = [
        subprocess.run([sys.executable, __file__, n.name, "--until", until], check=False)
        for n in chosen
    ]
    return max(run.returncode for run in runs)


if __name__ == "__main__":
    sys.exit(main())
