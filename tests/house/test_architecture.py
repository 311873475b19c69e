"""The arrows of the house, and proof that the linter sees an arrow that points up."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

_LINT = (Path(sys.executable).parent / "lint-imports").as_posix()

_SINS = [
    ("digest/core/window.py", "import sqlalchemy", "The core and the ports touch nothing outside"),
    ("digest/core/source.py", "import digest.core.resource", "The core follows the flow"),
    ("digest/jobs/publish.py", "import digest.storage", "Arrows point down"),
    ("digest/storage/tables.py", "import digest.jobs.publish", "Arrows point down"),
    ("digest/config/options.py", "import digest.web", "Arrows point down"),
    ("digest/attic.py", '"""A room nobody declared."""', "Arrows point down"),
    ("digest/collectors/feed.py", "import digest.collectors.folder", "Kinds of collector are"),
    ("digest/mailers/smtp.py", "import digest.mailers.spool", "Kinds of mailer are independent"),
    ("digest/web/app.py", "import subscribers.store", "Subscribers through the front door"),
    ("subscribers/model.py", "import digest.errors", "Subscribers know nothing of digest"),
    ("digest/renderers/page.py", "import premailer", "premailer only in"),
    ("digest/renderers/email.py", "import feedgen.feed", "feedgen only in"),
    ("digest/web/app.py", "import apscheduler", "apscheduler only in"),
    ("digest/jobs/collect.py", "import httpx2", "The HTTP client only in"),
    ("subscribers/errors.py", "import subscribers.store", "No circles"),
]


def _lint(where: Path) -> subprocess.CompletedProcess[str]:
    command = [_LINT, "--no-logo", "--no-cache"]
    return subprocess.run(
        command, cwd=where, check=False, capture_output=True, text=True, timeout=60
    )


@pytest.fixture
def copy(root: Path, tmp_path: Path) -> Path:
    """The rooms and their contracts, apart from the real ones."""
    for room in ("digest", "subscribers"):
        shutil.copytree(root / room, tmp_path / room, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(root / "pyproject.toml", tmp_path)
    return tmp_path


def test_every_contract_is_kept(root: Path) -> None:
    """No import goes against an arrow of the house."""
    report = _lint(root)

    assert report.returncode == 0, report.stdout


@pytest.mark.parametrize(("file", "line", "contract"), _SINS)
def test_an_arrow_that_points_up_is_seen(copy: Path, file: str, line: str, contract: str) -> None:
    """A planted sin breaks the contract that forbids it."""
    with (copy / file).open("a", encoding="utf-8") as module:
        module.write(f"\n{line}\n")

    report = _lint(copy)

    assert report.returncode == 1
    assert any(
        row.startswith(contract) and row.endswith("BROKEN") for row in report.stdout.splitlines()
    )
