"""What replies mean for a letter."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.core.outbox import Outcome
from digest.mailers.smtp_replies import Reply


@pytest.mark.parametrize(
    ("code", "outcome"),
    [
        (250, Outcome.ACCEPTED),
        (421, Outcome.DEFERRED),
        (451, Outcome.DEFERRED),
        (550, Outcome.REFUSED),
        (354, Outcome.IN_DOUBT),
        (-1, Outcome.IN_DOUBT),
        (120, Outcome.IN_DOUBT),
    ],
)
def test_the_answer_to_a_message(code: int, outcome: Outcome) -> None:
    """2xx is yes, 4xx is later, 5xx is never; anything else leaves a doubt."""
    assert Reply.read(code, b"words").at_the_dot().outcome is outcome


@given(code=st.integers(-1, 999))
def test_before_the_dot_nothing_is_in_doubt(code: int) -> None:
    """What the server says before it has the message is a clear no, for now or for ever."""
    outcome = Reply.read(code, b"words").before_the_dot().outcome
    assert outcome is (Outcome.REFUSED if 500 <= code < 600 else Outcome.DEFERRED)


@given(text=st.binary(max_size=2000))
def test_the_words_of_a_server_are_made_harmless(text: bytes) -> None:
    """They are kept and shown: one short line that can be printed."""
    shown = str(Reply.read(550, text))
    assert len(shown) <= 504
    assert not any(ord(character) < 32 for character in shown)
