"""What mail programs can show, weighted by who uses them."""

from __future__ import annotations

import json

import pytest

from digest.core.checks.clients import check
from digest.core.checks.support import OURS, Support, read_caniemail
from tests.proofing import a_proof, html

FLEX = a_proof(html=html('<p style="display: flex">x'))
DATA = json.dumps(
    {
        "data": [
            {
                "slug": "css-display-flex",
                "stats": {"gmail": {"ios": {"2019-01": "n #1", "2026-01": "y"}},
                          "outlook": {"windows": {"2019": "y", "2026": "n"}}},
            }
        ]
    }
)  # fmt: skip


def test_who_reads_decides_what_is_worth_a_word() -> None:
    """A feature that no reader misses is no finding."""
    on_word = Support(OURS.unable, {"outlook.windows": 1, "apple-mail.ios": 3})
    on_phones = Support(OURS.unable, {"apple-mail.ios": 1})

    (found,) = check(on_word).find(FLEX)
    assert found.what == "display-flex is not shown to 25% of readers"
    assert found.where == "used 1 times; missing in outlook on windows"
    assert list(check(on_phones).find(FLEX)) == []


def test_the_data_of_can_i_email_may_take_the_place_of_ours() -> None:
    """Of each mail program the newest version counts."""
    support = read_caniemail(DATA, {"gmail.ios": 1, "outlook.windows": 1, "yahoo.ios": 2})

    assert support.clients("css-display-flex") == ("outlook.windows",)
    assert support.lost("css-display-flex") == 0.25


@pytest.mark.parametrize("text", ["[]", "{}", '{"data": 3}', '{"data": [{}]}', "no"])
def test_another_file_is_no_data(text: str) -> None:
    """A wrong path is told when it is read, not by findings that make no sense."""
    with pytest.raises(ValueError, match=r"."):
        read_caniemail(text, {"gmail.ios": 1})
