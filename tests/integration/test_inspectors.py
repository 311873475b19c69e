"""Checks that need another program, with the real one."""

from __future__ import annotations

from pathlib import Path

from digest.config import ChecksSettings
from digest.inspectors.axe import AxeInspector
from tests.fakes import FakeWeb
from tests.proofing import a_proof, html


def test_a_browser_finds_what_rules_on_paper_do_not_see() -> None:
    """Our own letter has no violation; colours that vanish by night have one."""
    night = "<style>@media (prefers-color-scheme: dark) { p { color: #eee } }</style>"
    inspector = AxeInspector(ChecksSettings(), FakeWeb(), Path())

    assert list(inspector.find(a_proof())) == []
    (found,) = inspector.find(a_proof(html=html("<p>Hello", night)))
    assert found.what.endswith("(color-contrast)")
    assert found.where.startswith("640 px, dark: ")
