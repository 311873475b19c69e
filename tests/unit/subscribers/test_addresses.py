from __future__ import annotations

import pytest
from email_validator import EmailNotValidError, validate_email
from hypothesis import given
from hypothesis import strategies as st

from subscribers.addresses import address_hash, normalise
from subscribers.errors import BadAddressError

_KEY = b"k" * 32


@pytest.mark.parametrize(
    ("given_text", "expected"),
    [
        ("Jane.Doe@EXAMPLE.Org", "Jane.Doe@example.org"),
        (" jane@example.org\n", "jane@example.org"),
        ("jane@xn--mnchen-3ya.example", "jane@münchen.example"),
        ("jane@MÜNCHEN.example", "jane@münchen.example"),
        ("jürg@example.org", "jürg@example.org"),
        ("o'neil+news@example.org", "o'neil+news@example.org"),
    ],
)
def test_an_address_has_one_spelling(given_text: str, expected: str) -> None:
    """Blanks go, the domain is lower case and Unicode, the local part keeps its case."""
    assert normalise(given_text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "jane",
        "jane@",
        "@example.org",
        "jane@localhost",
        "a@b@example.org",
        "jane@example.org>\r\nRCPT TO:<eve@example.org",
        "Jane <jane@example.org>",
        "jane@example.org, eve@example.org",
        "alice@example.org)bob@example.com",
        "ja\x00ne@example.org",
        "ja\udc80ne@example.org",
        "jane@exa\udc80mple.org",
        "jane.@example.org",
        ".jane@example.org",
        f"{'j' * 65}@example.org",
        f"jane@{'a' * 60}.{'b' * 60}.{'c' * 60}.{'d' * 60}.example.org",
    ],
)
def test_what_is_no_address_is_refused_in_a_sentence(text: str) -> None:
    """Anything that is not exactly one address that mail can reach is refused."""
    with pytest.raises(BadAddressError, match="is not an email address"):
        normalise(text)


@given(
    local=st.text("abcXYZ019_'+-.", min_size=1, max_size=70),
    domain=st.sampled_from(
        ["example.org", "EXAMPLE.org", "a-.org", "xn--zz.org", "b.example.test"]
    ),
)
def test_the_quick_way_judges_as_the_library_does(local: str, domain: str) -> None:
    """For ordinary local parts the remembered verdict on the domain changes no answer."""
    text = f"{local}@{domain}"
    try:
        slow = validate_email(text, check_deliverability=False, test_environment=True, strict=True)
    except EmailNotValidError:
        with pytest.raises(BadAddressError):
            normalise(text)
    else:
        assert normalise(text) == slow.normalized


def test_letter_case_does_not_make_another_person() -> None:
    """Addresses that differ in letter case only have the same hash."""
    assert address_hash(_KEY, "Jane@example.org") == address_hash(_KEY, "jANE@example.org")


def test_a_hash_needs_the_key() -> None:
    """The same address has another hash under another key."""
    assert address_hash(_KEY, "jane@example.org") != address_hash(b"x" * 32, "jane@example.org")
