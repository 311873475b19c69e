"""Names that letters carry."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.core.sender import Sender
from digest.errors import ConfigError

SENDER = Sender("Riverbank", "digest@example.org", "bounces@example.org", b"k" * 32)
numbers = st.integers(0, 2**63 - 1)


@given(delivery=numbers)
def test_a_bounce_names_its_delivery(delivery: int) -> None:
    """The envelope address gives the delivery back, also when a server changed its case."""
    assert SENDER.delivery_of(SENDER.envelope(delivery).upper()) == delivery


@given(delivery=numbers)
def test_the_local_part_has_at_most_64_characters(delivery: int) -> None:
    """RFC 5321 §4.5.3.1.1, with the longest bounce address that is allowed."""
    longest = replace(SENDER, bounce_address="b" * 30 + "@example.org")
    assert len(longest.envelope(delivery).partition("@")[0]) <= 64


@pytest.mark.parametrize(
    "envelope",
    ["", "bounces@example.org", "bounces+29@example.org", "bounces+29-0123456789abcdef@example.org",
     "bounces+-@example.org", "bounces+zz-0123456789abcdef@example.org"],
)  # fmt: skip
def test_a_forged_bounce_names_nothing(envelope: str) -> None:
    """Without the key no token can be made."""
    assert SENDER.delivery_of(envelope) is None


def test_another_key_makes_other_names() -> None:
    """What one site sent means nothing to another."""
    other = replace(SENDER, key=b"o" * 32)
    assert other.delivery_of(SENDER.envelope(41)) is None
    assert other.message_id("digest", 7, 5) != SENDER.message_id("digest", 7, 5)


def test_without_a_bounce_address_bounces_go_to_the_author() -> None:
    """The tokens need a mailbox that takes them; without one the envelope is the From line's."""
    assert replace(SENDER, bounce_address="").envelope(41) == "digest@example.org"


def test_a_bounce_address_without_room_is_a_fault_of_the_configuration() -> None:
    """The key is named, and how many characters there may be."""
    with pytest.raises(ConfigError, match=r"mail\.bounce_address: expected at most 30"):
        replace(SENDER, bounce_address="b" * 31 + "@example.org")


def test_names_keep_to_the_domain_of_the_author() -> None:
    """Message-IDs are in A-labels of the From line's domain."""
    sender = replace(SENDER, address="post@bücher.example")
    assert sender.message_id("digest", 7, 5).endswith("@xn--bcher-kva.example>")
