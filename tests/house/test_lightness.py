"""What a small command must not load."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]
_HEAVY = (
    "alembic",
    "apscheduler",
    "feedgen",
    "feedparser",
    "httpx2",
    "premailer",
    "sqlalchemy",
    "starlette",
    "uvicorn",
    "lxml",
    "babel",
)


def _modules(statement: str) -> set[str]:
    script = f"import sys; {statement}; print(*sys.modules)"
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=60)
    return set(done.stdout.split())


def _loaded(statement: str) -> set[str]:
    return {name.partition(".")[0] for name in _modules(statement)}


@pytest.mark.parametrize("room", ["digest.cli.main", "digest.wiring", "digest.config"])
def test_a_small_command_loads_no_heavy_part(room: str) -> None:
    """Importing the command line loads neither database, web, feed nor CSS libraries."""
    assert _loaded(f"import {room}") & set(_HEAVY) == set()


def test_the_core_loads_no_library_of_the_edges() -> None:
    """The core as a whole loads nothing that speaks with the outside."""
    rooms = "import digest.core.composition, digest.core.outbox, digest.ports"

    assert _loaded(rooms) & {*_HEAVY, "click", "jinja2", "pydantic"} == set()


@pytest.mark.parametrize("job", ["deliver", "send_notes"])
def test_a_sender_loads_nothing_that_files(job: str, tmp_path: Path) -> None:
    """What learns from editors, a hundred megabytes on a large site, is not for who sends."""
    shutil.copy(REPOSITORY / "config.toml", tmp_path)
    shutil.copytree(REPOSITORY / "examples", tmp_path / "examples")
    house = f"House(settings(Path({str(tmp_path / 'config.toml')!r})))"
    imports = "from pathlib import Path; from digest.wiring import House, settings"
    loaded = _modules(f"{imports}; {house}.{job}")
    assert "digest.storage" in loaded
    assert {name for name in loaded if name.startswith("digest.core.filing.")} <= {
        "digest.core.filing.example",
        "digest.core.filing.taught",
    }
