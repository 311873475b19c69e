"""How well the hint on alike titles tells what is the same.

Yardstick: precision >= 0.95. Newsletters file some links more than once, often under another
title: the first title of each such link is compared with the last titles of all of them, so the
right partner is known. Beside it how often the hint speaks within one issue, where the editor
kept both. Exits 1 when the yardstick is missed, skips when the data is absent.
"""

from __future__ import annotations

import json
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from digest.core.address import canonical
from digest.core.likeness import ALIKE, alike

DATA = Path(__file__).parents[2] / "shared/data/themes"
NEWSLETTERS = ("emacs_news", "this_week_in_rust")
LEVELS = (0.85, 0.90, ALIKE, 0.95)


def twice(rows: list[dict[str, str]]) -> Iterator[tuple[str, str]]:
    """The first and the last title of each link that was filed more than once."""
    titles = defaultdict[str, list[str]](list)
    for row in rows:
        titles[canonical(row["url"])].append(row["title"])
    return ((filed[0], filed[-1]) for filed in titles.values() if len(filed) > 1)


def hints(pairs: list[tuple[str, str]], level: float) -> Iterator[bool]:
    """Whether each hint on a first and a last title is on one link."""
    titles = [first for first, _ in pairs] + [last for _, last in pairs]
    for hint in alike(titles, level):
        if hint.one < len(pairs) <= hint.other:
            yield hint.one == hint.other - len(pairs)


def alarms(rows: list[dict[str, str]]) -> tuple[float, float]:
    """Hints in single issues, for a thousand items; and milliseconds for an issue."""
    issues = defaultdict[str, dict[str, str]](dict)
    for row in rows:
        issues[row["issue"]][canonical(row["url"])] = row["title"]
    started = time.process_time()
    hints = sum(len(alike(list(issue.values()))) for issue in issues.values())
    return hints / len(rows) * 1000, (time.process_time() - started) / len(issues) * 1000


def main() -> int:
    """Print the figures."""
    if not DATA.is_dir():
        print(f"skipped: the folder {DATA.name} is not here")
        return 0
    files = [[json.loads(row) for row in (DATA / f"{n}.jsonl").open()] for n in NEWSLETTERS]
    pairs = [pair for rows in files for pair in twice(rows)]
    reached = 0.0
    print(f"{len(pairs)} links filed twice; alike at   precision  recall")
    for level in LEVELS:
        hinted = list(hints(pairs, level))
        precision, recall = sum(hinted) / len(hinted), sum(hinted) / len(pairs)
        print(f"                                 {level:.2f}  {precision:.3f}      {recall:.3f}")
        reached = precision if level == ALIKE else reached
    for name, rows in zip(NEWSLETTERS, files, strict=True):
        spoken, spent = alarms(rows)
        print(f"{name}: {spoken:.1f} hints for 1,000 items of one issue, {spent:.1f} ms an issue")
    print(f"precision {reached:.3f} at {ALIKE} (yardstick 0.95)")
    return 0 if reached >= 0.95 else 1


if __name__ == "__main__":
    sys.exit(main())
