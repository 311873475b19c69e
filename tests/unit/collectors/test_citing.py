from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.collectors.citing import Citation, cited


@pytest.mark.parametrize(
    ("text", "citation"),
    [
        ("Weirs - Ford Institute, March 2022", Citation("Weirs", "Ford Institute", "March 2022")),
        ("Weirs -Ford Institute, 2022", Citation("Weirs", "Ford Institute", "2022")),
        (
            "Weirs \u2013 Ford, Mill & Co, 14 March 2022",
            Citation("Weirs", "Ford, Mill & Co", "14 March 2022"),
        ),
        ("Flood-proof homes - Ford, 2022", Citation("Flood-proof homes", "Ford", "2022")),
        ("No citation at all", Citation()),
    ],
)
def test_a_citation_is_taken_apart(text: str, citation: Citation) -> None:
    """Title, issuer and date, whatever dash parts them; commas belong to the issuer."""
    assert cited(text, "") == citation


def test_a_known_title_may_hold_the_dash_itself() -> None:
    """Only the dash after it parts title from issuer."""
    title = "Weirs - and how to leave them"
    assert cited(f"{title} - Ford, 2022", title) == Citation(title, "Ford", "2022")


@given(st.text(), st.text())
def test_any_line_is_a_citation_or_none(text: str, title: str) -> None:
    """No line makes it fail."""
    assert isinstance(cited(text, title), Citation)
