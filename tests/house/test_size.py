"""The size of files and functions."""

from __future__ import annotations

from collections.abc import Iterable

from tests.house.conftest import Module


def _share(values: Iterable[int], part: float) -> int:
    ordered = sorted(values)
    return ordered[int(part * (len(ordered) - 1))]


def _sizes(modules: Iterable[Module]) -> list[int]:
    return [module.lines for module in modules if module.lines]


def test_no_file_is_longer_than_400_lines(modules: tuple[Module, ...]) -> None:
    """No module has more than 400 lines."""
    assert {module.name: module.lines for module in modules if module.lines > 400} == {}


def test_half_of_all_files_have_at_most_100_lines(modules: tuple[Module, ...]) -> None:
    """The median module has at most 100 lines; empty ones do not count."""
    assert _share(_sizes(modules), 0.5) <= 100


def test_nine_in_ten_files_have_at_most_250_lines(modules: tuple[Module, ...]) -> None:
    """Nine in ten modules have at most 250 lines; empty ones do not count."""
    assert _share(_sizes(modules), 0.9) <= 250


def test_nine_in_ten_functions_have_at_most_25_lines(modules: tuple[Module, ...]) -> None:
    """Nine in ten functions have at most 25 lines, signature and docstring included."""
    lengths = [
        (function.end_lineno or 0) - function.lineno + 1
        for module in modules
        for function in module.functions()
    ]

    assert _share(lengths, 0.9) <= 25
