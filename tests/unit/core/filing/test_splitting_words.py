"""Cutting text into words."""

from hypothesis import given
from hypothesis import strategies as st

from digest.core.filing.tokens import humps, pieces, words


def test_joined_names_are_parted() -> None:
    """Hyphens and underscores part words, apostrophes do not."""
    assert words("org-mode, solar_panel: don't!") == ["org", "mode", "solar", "panel", "don't", "!"]


def test_numbers_keep_their_shape() -> None:
    """That it is a year or a version tells more than which one."""
    assert words("7 tips for 2025 and 0.5.1") == ["#", "tip", "for", "####", "and", "#.#"]


def test_plurals_are_their_singular() -> None:
    """The same word in both numbers is one feature, and short words stay."""
    assert words("batteries trees bus glass its") == ["battery", "tree", "bus", "glass", "its"]


def test_text_without_spaces_gives_pairs() -> None:
    """Chinese text becomes overlapping pairs of characters, beside Latin words."""
    assert words("供应链Rust") == ["供应", "应链", "rust"]


def test_thai_vowel_signs_stay_with_their_word() -> None:
    """Signs above and below letters do not cut a run of Thai."""
    assert words("แรงงาน")[0] == "แร"
    assert "".join(words("กิน")) == "กิิน"


def test_hindi_words_stay_whole() -> None:
    """Vowel signs are part of the word."""
    assert words("बाल श्रम") == ["बाल", "श्रम"]


def test_accents_are_composed() -> None:
    """However an accent is coded, the word is one."""
    assert words("travail force\u0301") == words("travail forc\u00e9")


def test_inflected_forms_share_pieces() -> None:
    """The forms of a Finnish word have a piece of their own in common."""
    assert {" kir", "kirj", "irja"} <= set(pieces("kirjassa")) & set(pieces("kirjasta"))


def test_syllables_are_pieces_of_their_own() -> None:
    """A Korean noun is found again with another particle."""
    assert {"노", "노동"} <= set(pieces("노동을")) & set(pieces("노동이"))


def test_camel_case_is_parted() -> None:
    """Names of programs tell what they are made of."""
    assert humps("NewPipe and HTTPServer") == ["new", "pipe", "http", "server"]


@given(st.text())
def test_any_text_can_be_cut(text: str) -> None:
    """No text breaks it, and no token is empty or holds a space."""
    assert all(word and not any(map(str.isspace, word)) for word in words(text))
    assert all(pieces(text))
