"""The colours of everything readers see."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.core.colour import contrast
from digest.renderers.palette import READABLE, palette

COLOURS = st.integers(0, 0xFFFFFF).map("#{:06x}".format)


def test_black_on_white_has_the_greatest_contrast() -> None:
    """The scale ends at 21, as WCAG defines it."""
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


@given(accent=COLOURS)
def test_text_can_be_read_whatever_the_accent(accent: str) -> None:
    """Every text colour has the contrast of WCAG AA on every surface it may stand on."""
    colours = palette(accent)
    for scheme in (colours.light, colours.dark):
        surfaces = (scheme.ground, scheme.sheet, scheme.tint, scheme.wash)
        for text in (scheme.ink, scheme.text, scheme.accent):
            assert min(contrast(text, surface) for surface in surfaces) >= 4.5
        for surface in (scheme.ground, scheme.sheet, scheme.tint):
            assert contrast(scheme.mute, surface) >= 4.5


def test_an_accent_that_can_be_read_stays_as_it_is() -> None:
    """A site's colour is changed only where it must be."""
    assert contrast("#1a4f8b", "#ffffff") > READABLE
    assert palette("#1a4f8b").light.accent == "#1a4f8b"


@pytest.mark.parametrize("accent", ["blue", "#fff", "#12345g", "red;} body{display:none"])
def test_anything_but_a_colour_is_refused(accent: str) -> None:
    """What goes into the CSS is a colour and nothing else."""
    with pytest.raises(ValueError, match="expected a colour"):
        palette(accent)
