"""Answers of mail servers, without whom they are about."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.core.note import without_address
from digest.core.outbox import Outcome, Receipt

ADDRESS = "Jane.Doe@example.net"


@pytest.mark.parametrize(
    "reply",
    [
        "550 5.1.1 <Jane.Doe@example.net>: Recipient address rejected",
        "550 no mailbox here by the name of jane.doe@EXAMPLE.net",
        "452 4.2.2 JANE.DOE@example.net is full; jane.doe@example.net",
    ],
)
def test_the_address_is_taken_out_of_an_answer(reply: str) -> None:
    """However the server writes it; the code and the rest stay."""
    kept = without_address(Receipt(Outcome.REFUSED, reply), ADDRESS)
    assert ADDRESS.lower() not in kept.reply.lower()
    assert kept.reply[:3] == reply[:3]
    assert kept.outcome is Outcome.REFUSED


@given(st.text(max_size=80))
def test_an_answer_about_nobody_stays_as_it_was(reply: str) -> None:
    """It is the same object, for there is one for each letter."""
    receipt = Receipt(Outcome.ACCEPTED, reply.replace("@", ""))
    assert without_address(receipt, ADDRESS) is receipt
