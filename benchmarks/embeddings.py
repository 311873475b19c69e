"""What a model of language adds to the filer: newsletters replayed without and with it.

Yardsticks: nowhere worse than without by more than 0.01, and better in the first 300 filings of
open_sustainable_tech. The packages of the extra ``embeddings`` are brought into an environment of
their own, which is thrown away afterwards. Texts take some ten milliseconds each, 21,000 in all.

    python benchmarks/embeddings.py [NAME …] [--until 2023-01-01]

Exits 1 when a yardstick is missed, skips when the data is absent.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Sequence
from pathlib import Path

from benchmarks import themes
from benchmarks.themes import Item, Newsletter, Score
from digest.core.filing.filer import LearningFiler

ROOT = Path(__file__).parents[1]
EXTRA = "embeddings"
NO_WORSE = 0.01
FIRST = 300
BETTER_EARLY = "open_sustainable_tech"


def accuracy(score: Score, first: int | None = None) -> float:
    """The share of the first choices that were the editor's."""
    part = score.right[:first]
    return part.count(True) / len(part)


def show(title: str, score: Score) -> None:
    """Print one line."""
    share, precision = score.filed()
    print(
        f"  {title:12} {accuracy(score):.3f}  {score.in_three / len(score.right):.3f}    "
        f"{share:.2f} @ {precision:.3f}           {accuracy(score, FIRST):.3f}",
        flush=True,
    )


def one(newsletter: Newsletter, until: str) -> bool:
    """Replay one newsletter twice."""
    from digest.embedders.minilm import MiniLm  # noqa: PLC0415 - only there with the extra

    found, issues = themes.read(newsletter, until)
    print(f"\n{newsletter.name}: {sum(map(len, issues)):,} items")
    print(f"               first  in three  filed by itself @ right  first {FIRST}")
    without = _replay(LearningFiler(found), issues)
    show("without", without)
    model = MiniLm()
    knowing = _replay(LearningFiler(found, embedder=model), issues)
    show(model.name.partition(" ")[0], knowing)
    gain, early = (accuracy(knowing, n) - accuracy(without, n) for n in (None, FIRST))
    return gain >= -NO_WORSE and (early > 0 or newsletter.name != BETTER_EARLY)


def _replay(filer: LearningFiler, issues: Sequence[list[Item]]) -> Score:
    return themes.replay(filer, issues)[0]


def in_an_environment() -> int:
    """Run this again where the extra is installed."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        python = f"{folder}/bin/python"
        packages = project["optional-dependencies"][EXTRA]
        subprocess.run([python, "-m", "pip", "install", "--quiet", *packages], check=True)
        there = {**os.environ, "PYTHONPATH": str(ROOT), "DIGEST_EXTRA": EXTRA}
        command = [python, __file__, *sys.argv[1:]]
        return subprocess.run(command, check=False, env=there).returncode


def main() -> int:
    """Replay what was asked for."""
    if not themes.DATA.is_dir():
        print(f"skipped: the folder {themes.DATA.name} is not here")
        return 0
    chosen, until = themes.asked(__doc__)
    if os.environ.get("DIGEST_EXTRA") != EXTRA:
        return in_an_environment()
    reached = [one(newsletter, until) for newsletter in chosen]
    return 0 if all(reached) else 1


if __name__ == "__main__":
    sys.exit(main())
