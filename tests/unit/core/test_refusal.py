"""Refusals: whose fault they are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.core.refusal import Refusal, is_our_fault, refusal

OURS = [
    "550 5.7.26 This mail has been blocked because the sender is unauthenticated.",
    "550 5.7.26 Unauthenticated email from example.org is refused by its DMARC policy",
    "550 5.7.25 The sending address has no PTR record, or it does not point back",
    "550 5.7.27 The SPF check did not pass for this sender",
    "550 5.7.29 This mail was not sent over a TLS connection",
    "550 5.7.30 The DKIM check did not pass for this sender",
    "550 5.7.23 SPF validation failed",
    "550 5.7.515 Access denied, the sending domain does not meet the required level",
    "550 5.7.509 Access denied, sending domain does not pass DMARC verification",
    "554 5.7.9 Message not accepted for policy reasons",
    "550 5.7.1 Refused under the DMARC policy of the domain",
    "550 5.7.1 Messages from this network were not sent: part of it is on our block list (S3150)",
    "550 5.7.606 Access denied, banned sending IP",
    "530 5.7.0 Authentication required",
    "550 SPF check failed",
    "MAIL FROM: 550 5.7.1 Sender address rejected: not owned by the user",
    "MAIL FROM: 553 5.1.8 Domain of sender address does not exist",
    "MAIL FROM: 550 no such user here",
    "MAIL FROM: 501 5.1.7 Bad sender address syntax",
]
THEIRS = [
    ("550 5.1.1 The account that you tried to reach does not exist", Refusal.ADDRESS),
    ("550-5.1.1 The account does not exist. Check for typing errors", Refusal.ADDRESS),
    ("554 5.1.2 no such domain", Refusal.ADDRESS),
    ("556 5.1.10 Recipient has a null MX", Refusal.ADDRESS),
    ("550 5.5.0 Requested action not taken: mailbox unavailable", Refusal.ADDRESS),
    ("550 5.4.1 Recipient address rejected: access denied", Refusal.ADDRESS),
    ("554 delivery error: this user doesn't have an account here", Refusal.ADDRESS),
    ("550 No such user", Refusal.ADDRESS),
    ("552 5.2.2 The recipient's inbox is out of storage space", Refusal.MAILBOX),
    ("550 5.2.1 The account is inactive", Refusal.MAILBOX),
    ("552 mailbox full", Refusal.MAILBOX),
    ("552 5.3.4 Message size exceeds the limit", Refusal.CONTENT),
    ("MAIL FROM: 552 Message size exceeds fixed limit", Refusal.CONTENT),
    ("MAIL FROM: 550 5.2.3 Message length exceeds the administrative limit", Refusal.MAILBOX),
    ("550 5.6.0 Message could not be read", Refusal.CONTENT),
    ("554 5.7.1 Message looks like spam", Refusal.CONTENT),
    ("550 5.7.1 Delivery not authorised", Refusal.POLICY),
    ("550 5.7.133 Sender not authenticated for group", Refusal.POLICY),
    ("554 Transaction failed", Refusal.OTHER),
    ("the connection broke", Refusal.OTHER),
    ("", Refusal.OTHER),
]


@pytest.mark.parametrize("reply", OURS)
def test_not_being_believed_is_our_fault(reply: str) -> None:
    """Whatever large receivers say of SPF, DKIM, DMARC, names, TLS and lists is about us."""
    assert is_our_fault(reply)


@pytest.mark.parametrize(("reply", "kind"), THEIRS)
def test_all_else_is_about_the_reader_or_the_letter(reply: str, kind: Refusal) -> None:
    """Each reply is of its class, and none of these pauses an edition."""
    assert (refusal(reply), is_our_fault(reply)) == (kind, False)


@pytest.mark.parametrize("reply", ["421 4.7.26 unauthenticated", "450 4.7.25 no PTR record"])
def test_what_is_tried_again_is_nobodys_fault_yet(reply: str) -> None:
    """A deferral is of the class, but may still pass."""
    assert refusal(reply) is Refusal.AUTHENTICATION
    assert not is_our_fault(reply)


@given(st.text())
def test_every_text_has_a_class(reply: str) -> None:
    """No reply, however odd, makes the judge stumble; what is no refusal is nobody's fault."""
    assert isinstance(refusal(reply), Refusal)
    assert isinstance(refusal(f"MAIL FROM: {reply}"), Refusal)
    assert not is_our_fault("250 " + reply)
