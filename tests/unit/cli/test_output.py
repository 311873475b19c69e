"""Tables and JSON."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from digest.cli import output
from digest.core.outbox import DeliveryState
from tests.builders import a_filed_resource


def test_columns_stand_under_each_other_whatever_the_script(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A wide character counts as two columns, a combining one as none."""
    output.table([("田中", "x"), ("Zoe\u0308", "x"), ("abcd", "x")])

    lines = capsys.readouterr().out.splitlines()
    assert [output.width(line) for line in lines] == [7, 7, 7]


def test_nothing_from_outside_steers_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    """Escape sequences and line breaks in a value are taken out."""
    output.table([("red \x1b[31m\r\nalert", "x")])

    assert capsys.readouterr().out == "red [31m alert  x\n"


def test_numbers_stand_to_the_right(capsys: pytest.CaptureFixture[str]) -> None:
    """Units stand under units."""
    output.table([(7, "x"), (1234, "x")])

    assert capsys.readouterr().out == "   7  x\n1234  x\n"


def test_values_become_what_json_has() -> None:
    """Values, states, times and tuples have one plain form each."""
    shown = output.plain(a_filed_resource())

    assert isinstance(shown, dict)
    assert shown["filing"]["theme"] == "theme-1"
    assert output.plain(datetime(2026, 11, 23, 8, tzinfo=UTC)) == "2026-11-23T08:00:00Z"
    assert output.plain({DeliveryState.DUE: (1, 2)}) == {"due": [1, 2]}


@pytest.mark.parametrize(("number", "said"), [(0, "0 items"), (1, "1 item"), (1200, "1,200 items")])
def test_things_are_counted_in_words(number: int, said: str) -> None:
    """One is singular."""
    assert output.counted(number, "item") == said
