"""What a small command must not load."""

from __future__ import annotations

import subprocess
import sys

import pytest

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


def _loaded(statement: str) -> set[str]:
    script = f"import sys; {statement}; print(*{{name.partition('.')[0] for name in sys.modules}})"
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=60)
    return set(done.stdout.split())


@pytest.mark.parametrize("room", ["digest.cli.main", "digest.wiring", "digest.config"])
def test_a_small_command_loads_no_heavy_part(room: str) -> None:
    """Importing the command line loads neither database, web, feed nor CSS libraries."""
    assert _loaded(f"import {room}") & set(_HEAVY) == set()


def test_the_core_loads_no_library_of_the_edges() -> None:
    """The core as a whole loads nothing that speaks with the outside."""
    rooms = "import digest.core.composition, digest.core.outbox, digest.ports"

    assert _loaded(rooms) & {*_HEAVY, "click", "jinja2", "pydantic"} == set()
