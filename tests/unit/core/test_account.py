"""Roles, names, passwords and sessions of the editors' desk."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.core.account import (
    IDLE,
    LONGEST,
    Account,
    Role,
    Session,
    checked_name,
    checked_password,
)
from tests.builders import MONDAY


def test_each_role_may_what_those_before_it_may() -> None:
    """Viewer < editor < publisher < admin."""
    may = [[one.may(other) for other in Role] for one in Role]

    assert may == [[column <= row for column in range(4)] for row in range(4)]


@pytest.mark.parametrize("text", ["", " ", "a b", "../x", "-x", "x-", "ä", "x" * 65, "a\nb"])
def test_what_is_no_name(text: str) -> None:
    """Names are plain, so that they read the same everywhere."""
    with pytest.raises(ValueError, match="expected a name"):
        checked_name(text)


def test_a_name_is_folded() -> None:
    """Upper case makes no other account."""
    assert checked_name(" Mira@Example.org ") == "mira@example.org"


@pytest.mark.parametrize("text", ["short", "a" * 20, "mira-mira-mira"[:14], "x" * 1001])
def test_what_is_no_password(text: str) -> None:
    """Too short, too long, one letter again and again, or the name."""
    with pytest.raises(ValueError, match="expected a password"):
        checked_password(text, "mira-mira-mira"[:14])


def test_a_session_is_over_when_idle_or_old() -> None:
    """Use prolongs it, but not for ever."""
    session = Session("x", "mira", MONDAY, MONDAY + LONGEST - timedelta(hours=1), "link")

    assert not session.is_over(MONDAY + LONGEST - timedelta(seconds=1))
    assert session.is_over(MONDAY + LONGEST)
    assert Session("x", "mira", MONDAY, MONDAY, "link").is_over(MONDAY + IDLE)


@given(st.text(min_size=12))
def test_an_account_shows_no_secret(secret: str) -> None:
    """Whatever logs or prints an account tells no hash."""
    account = Account("mira", Role.EDITOR, MONDAY, f"h{secret}", f"t{secret}", 1, (f"r{secret}",))

    assert "recovery" not in repr(account)
    assert "password" not in repr(account)
