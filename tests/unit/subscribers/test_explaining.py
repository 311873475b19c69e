from __future__ import annotations

import pytest

from subscribers import People
from tests.unit.subscribers.conftest import Clock


def _sentences(people: People, themes: tuple[str, ...] = ("law", "finance")) -> list[str]:
    return list(people.explain("jane@example.org", "weekly", themes))


def test_a_follower_of_all_themes_is_in(people: People) -> None:
    """Who follows everything gets every theme, and the sentences say since when and how."""
    people.add("jane@example.org", {"weekly": None}, how="paper form")

    assert _sentences(people) == [
        "Follows weekly since 2026-11-23 (paper form).",
        "Follows all themes.",
        "In: gets the themes law, finance.",
    ]


def test_a_follower_of_other_themes_is_out(people: People) -> None:
    """Who follows none of the edition's themes gets no letter."""
    people.add("jane@example.org", {"weekly": ("tax",)}, how="paper form")

    assert _sentences(people)[1:] == [
        "Follows the themes tax.",
        "Out: the edition holds the themes law, finance, none of which they follow.",
    ]


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        ("left", "Has left, on 2026-11-23 (list)."),
        ("paused", "Has paused, on 2026-11-23 (list)."),
        ("pending", "Has not confirmed the subscription yet, on 2026-11-23 (list)."),
    ],
)
def test_a_state_that_keeps_out_is_told(people: People, state: str, sentence: str) -> None:
    """Who left, paused or never confirmed gets no letter, with day and reason."""
    people.read_csv(
        ["email,state\n", f"jane@example.org,{state}\n"], newsletter="weekly", how="list"
    )

    assert _sentences(people) == [sentence, "Out: gets no letter."]


def test_a_suppressed_address_is_out(people: People, clock: Clock) -> None:
    """A suppression is told first and beats everything else."""
    people.add("jane@example.org", {"weekly": None}, how="paper form")
    clock.pass_by(days=1)
    people.suppress("jane@example.org", "hard bounce", how="550 5.1.1")

    sentences = _sentences(people)
    told = "The address must not be mailed since 2026-11-24: hard bounce (550 5.1.1)."
    assert sentences[0] == told
    assert sentences[-1] == "Out: gets no letter."


def test_a_follower_of_other_newsletters_is_out(people: People) -> None:
    """Who never subscribed to this newsletter is told so."""
    people.add("jane@example.org", {"monthly": None}, how="paper form")

    assert _sentences(people) == ["Never subscribed to weekly.", "Out: gets no letter."]
