"""Where the marks of a chart stand, so that a template only has to draw them.

A chart is an inline SVG without style, script or text of its own size; its numbers stand in a
table beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from digest.core.outbox import DeliveryState
from digest.jobs.week import Outcome

BAR, GAP, HEIGHT = 10, 4, 40
"""Of the small bars, in units of the drawing."""
COLUMN, SPACE, TALL = 32, 16, 160
"""Of the columns of editions."""
_LEAST = 2
"""What is more than nothing can be seen."""

LAYERS = (
    ("accepted", "accepted", (DeliveryState.ACCEPTED,)),
    (
        "waiting",
        "still to go",
        (DeliveryState.DUE, DeliveryState.CLAIMED, DeliveryState.AT_DOT, DeliveryState.DEFERRED),
    ),
    ("doubt", "in doubt or held", (DeliveryState.IN_DOUBT, DeliveryState.HELD)),
    ("refused", "refused", (DeliveryState.REFUSED,)),
    ("cancelled", "cancelled", (DeliveryState.CANCELLED,)),
)
"""What a column is made of, from the bottom up: name of its class, words, states."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A rectangle.

    Attributes:
        kind: name of its class.
        value: the number it stands for.
    """

    x: float
    y: float
    width: float
    height: float
    kind: str
    value: int


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawing of some size."""

    width: float
    height: float
    marks: tuple[Mark, ...]


def bars(values: Sequence[int], highest: int) -> Chart:
    """Draw one bar a value, on the scale of all charts that are compared.

    Args:
        values: none below 0.
        highest: the value whose bar is as high as the chart.
    """
    marks = tuple(
        _standing(number * (BAR + GAP), BAR, value, highest, HEIGHT)
        for number, value in enumerate(values)
    )
    return Chart(max(1, len(values)) * (BAR + GAP) - GAP, HEIGHT, marks)


def stacks(outcomes: Sequence[Outcome]) -> Chart:
    """Draw one column an edition, each state a layer."""
    highest = max((outcome.audience for outcome in outcomes), default=0)
    marks = []
    for number, outcome in enumerate(outcomes):
        floor = float(TALL)
        for kind, _, states in LAYERS:
            value = outcome.count(states)
            height = _height(value, highest, TALL)
            floor -= height
            if value:
                x = number * (COLUMN + SPACE)
                marks.append(Mark(x, max(0.0, floor), COLUMN, height, kind, value))
    return Chart(max(1, len(outcomes)) * (COLUMN + SPACE) - SPACE, TALL, tuple(marks))


def _standing(x: float, width: float, value: int, highest: int, room: float) -> Mark:
    height = _height(value, highest, room)
    return Mark(x, room - height, width, height, "some" if value else "none", value)


def _height(value: int, highest: int, room: float) -> float:
    if not value or highest <= 0:
        return 0.0
    return round(max(_LEAST, value / highest * room), 2)
