"""What the house tests look at: the files of the project, read once."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROOMS = ("digest", "subscribers")
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Module:
    """A Python file of the product."""

    path: Path
    text: str
    tree: ast.Module

    @property
    def name(self) -> str:
        return self.path.relative_to(ROOT).as_posix()

    @property
    def lines(self) -> int:
        return len(self.text.splitlines())

    def functions(self) -> Iterator[Function]:
        for node in ast.walk(self.tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield node


def _module(path: Path) -> Module:
    text = path.read_text("utf-8")
    return Module(path, text, ast.parse(text))


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


@pytest.fixture(scope="session")
def modules() -> tuple[Module, ...]:
    """Every module of the product."""
    found = sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py"))
    return tuple(_module(path) for path in found)


@pytest.fixture(scope="session")
def test_modules() -> tuple[Module, ...]:
    """Every file of tests."""
    return tuple(_module(path) for path in sorted((ROOT / "tests").rglob("test_*.py")))


@pytest.fixture(scope="session")
def texts() -> dict[str, str]:
    """Every text file that is or would be committed, by its path."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return dict(filter(None, map(_text, listed.splitlines())))


def _text(name: str) -> tuple[str, str] | None:
    try:
        return name, (ROOT / name).read_text("utf-8")
    except (UnicodeDecodeError, FileNotFoundError):  # a picture, or deleted but not yet committed
        return None
