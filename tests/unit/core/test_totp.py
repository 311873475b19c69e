"""Codes of authenticator apps."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.core import totp

SECRET = totp.secret(b"12345678901234567890")
"""That of RFC 6238, appendix B."""


@pytest.mark.parametrize(
    ("seconds", "code"),
    [
        (59, "287082"),
        (1111111109, "081804"),
        (1111111111, "050471"),
        (1234567890, "005924"),
        (2000000000, "279037"),
        (20000000000, "353130"),
    ],
)
def test_the_examples_of_the_rfc(seconds: int, code: str) -> None:
    """The last six digits of the table in RFC 6238, appendix B."""
    moment = datetime.fromtimestamp(seconds, UTC)

    assert totp.code(SECRET, totp.step_of(moment)) == code


@given(st.integers(min_value=-3, max_value=3))
def test_a_clock_may_be_off_by_one_step(steps: int) -> None:
    """The code before and the code after are taken, others are not."""
    now = datetime(2026, 11, 23, 8, 0, 10, tzinfo=UTC)
    given_code = totp.code(SECRET, totp.step_of(now + timedelta(seconds=30 * steps)))

    assert (totp.accepted(SECRET, given_code, now, 0) is not None) == (abs(steps) <= 1)


def test_a_code_is_spent() -> None:
    """Neither the code used last nor an older one is taken again."""
    now = datetime(2026, 11, 23, 8, 0, 10, tzinfo=UTC)
    step = totp.step_of(now)

    assert totp.accepted(SECRET, totp.code(SECRET, step), now, step) is None
    assert totp.accepted(SECRET, totp.code(SECRET, step - 1), now, step) is None
    assert totp.accepted(SECRET, f" {totp.code(SECRET, step + 1)} ", now, step) == step + 1


@given(st.text())
def test_no_text_breaks_the_check(text: str) -> None:
    """Whatever is typed is a wrong code at worst."""
    now = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)

    assert totp.accepted(SECRET, text, now, 2**62) is None


def test_the_address_for_apps() -> None:
    """What the QR code holds, as apps read it."""
    assert totp.address("ABC", "mira@example.org", "River & Bank") == (
        "otpauth://totp/River%20%26%20Bank:mira%40example.org?secret=ABC&issuer=River%20%26%20Bank"
    )
