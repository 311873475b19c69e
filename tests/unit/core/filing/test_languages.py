"""The filer beyond English: see ``benchmarks/languages.py`` for the figures."""

from __future__ import annotations

import pytest

from tests.languages import TITLES, accuracy, enciphered


@pytest.mark.parametrize("language", TITLES)
def test_it_files_in_languages_with_and_without_spaces(language: str) -> None:
    """Of four themes it finds most, far above chance and above whole words between spaces."""
    reached = accuracy(language)
    assert reached >= 0.65
    assert reached >= accuracy(language, enciphered) + 0.3
