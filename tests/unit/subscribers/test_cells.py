from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from subscribers.cells import clean, guard, unguard


@given(st.text("=+-@\t\r'ab,\"\n"))
def test_no_guarded_cell_is_a_formula(text: str) -> None:
    """A cell that leaves the house never begins with what makes a spreadsheet calculate."""
    assert guard(text)[:1] not in set("=+-@\t\r")


@given(st.text("=+-@\t\r'ab"))
def test_a_guarded_cell_comes_back_as_it_was(text: str) -> None:
    """Guarding loses nothing."""
    assert unguard(guard(text)) == text


@given(st.text())
def test_a_clean_text_is_one_short_visible_line(text: str) -> None:
    """Control characters, directions and lone surrogates are gone, and so are line ends."""
    found = clean(text)

    assert len(found) <= 200
    assert not set(found) & set("\r\n\0\u202e\u2066\u2028")
    found.encode()
    assert clean(found) == found
