"""Examples and lessons, made by few words."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from digest.core.filing.example import Example
from digest.core.filing.lesson import Lesson
from digest.core.newsletter import Theme
from digest.core.resource import ResourceId

GARDEN = Theme("garden", "Garden", "Plants and soil", ("rose", "compost", "pruning", "seed"))
KITCHEN = Theme("kitchen", "Kitchen", "Cooking and baking", ("bread", "soup", "oven", "recipe"))
WORKSHOP = Theme("workshop", "Workshop", "Wood and tools", ("plane", "chisel", "joint", "oak"))

TITLES = {
    "garden": ["Roses in dry summers", "Compost without smell", "Pruning old apple trees"],
    "kitchen": ["Rye bread overnight", "A soup for winter", "What an oven should do"],
    "workshop": ["Sharpen a plane", "Dovetail joints by hand", "Oak or ash for a bench"],
}


@pytest.fixture
def themes() -> tuple[Theme, ...]:
    return GARDEN, KITCHEN, WORKSHOP


def a_lesson(number: int, theme: str, title: str = "", url: str = "") -> Lesson:
    """A filing of some title of the theme, at the theme's own site."""
    text = title or f"{TITLES[theme][number % 3]}, part {number}"
    where = url or f"https://{theme}.example.org/posts/{number}"
    return Lesson(
        ResourceId(number), theme, Example(text, "", where), date(2026, 1, 1 + number % 28)
    )


@pytest.fixture
def lesson() -> Callable[..., Lesson]:
    return a_lesson


@pytest.fixture
def lessons() -> list[Lesson]:
    """Sixty filings, twenty a theme, in turn."""
    slugs = list(TITLES)
    return [a_lesson(number, slugs[number % 3]) for number in range(60)]
