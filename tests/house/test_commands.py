"""The reference of the command line is what ``--help`` says."""

from __future__ import annotations

import runpy
from pathlib import Path


def test_the_reference_of_commands_is_current(root: Path) -> None:
    """Running docs/reference/make_commands.py would change nothing."""
    script = runpy.run_path(str(root / "docs/reference/make_commands.py"))

    assert (root / "docs/reference/commands.md").read_text("utf-8") == script["page"]()
