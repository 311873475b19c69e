"""Kinds of source, page, mail transport …, found by their entry points and loaded when used."""

from __future__ import annotations

from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from digest.errors import ConfigError, Problem


@cache
def _kinds(group: str) -> dict[str, EntryPoint]:
    return {point.name: point for point in entry_points(group=f"digest.{group}")}


def kinds(group: str) -> tuple[str, ...]:
    """The names of all kinds of a group, such as ``collectors``, in order."""
    return tuple(sorted(_kinds(group)))


def load(group: str, kind: str) -> Any:
    """The class that implements a kind.

    Raises:
        ValueError: there is no such kind; the sentence lists those that are.
        ConfigError: its package is broken.
    """
    point = _kinds(group).get(kind)
    if point is None:
        known = ", ".join(kinds(group)) or "(none: is the package installed?)"
        raise ValueError(f'no kind "{kind}"; expected one of {known}')
    try:
        return point.load()
    except (ImportError, AttributeError) as error:
        expected = f"its package cannot be loaded: {error}"
        raise ConfigError(Problem(point.value, f"{group}.{kind}", expected)) from error
