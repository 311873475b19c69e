"""The colours of everything readers see, fitted so that all text can be read.

One colour, the accent, is the site's; the rest are the house's neutrals. Whatever accent a site
names, it is darkened (or lightened, in the dark scheme) until its contrast reaches
:data:`READABLE` on every surface it may stand on.
"""

from __future__ import annotations

import colorsys
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from digest.core.colour import channels, contrast, luminance

if TYPE_CHECKING:
    from collections.abc import Iterator

READABLE = 4.6
"""Contrast that WCAG 2.2 (1.4.3, AA) asks of small text is 4.5; a little is left for rounding."""

DEFAULT_ACCENT = "#1a4f8b"

_HEX = re.compile(r"#[0-9a-fA-F]{6}")


@dataclass(frozen=True, slots=True)
class Scheme:
    """One set of colours, each ``#rrggbb``.

    Attributes:
        ground: around the sheet.
        sheet: what the text stands on.
        tint: a quiet surface within the sheet.
        wash: a smaller, stronger one, behind labels.
        ink: titles and rules.
        text: running text.
        mute: what may be overlooked: dates, counts, small print.
        hair: hairlines.
        accent: links and labels.
    """

    ground: str
    sheet: str
    tint: str
    wash: str
    ink: str
    text: str
    mute: str
    hair: str
    accent: str


@dataclass(frozen=True, slots=True)
class Palette:
    """The colours by day and by night."""

    light: Scheme
    dark: Scheme


_LIGHT = Scheme(
    ground="#eef0f1",
    sheet="#ffffff",
    tint="#f4f6f7",
    wash="#e8ecef",
    ink="#12161a",
    text="#30373d",
    mute="#5b646b",
    hair="#dce1e4",
    accent=DEFAULT_ACCENT,
)
_DARK = Scheme(
    ground="#0d1013",
    sheet="#15191d",
    tint="#1c2227",
    wash="#252c32",
    ink="#f3f5f6",
    text="#d0d6da",
    mute="#98a3ab",
    hair="#2d353b",
    accent=DEFAULT_ACCENT,
)


def palette(accent: str = "") -> Palette:
    """Fit the house's colours around one accent.

    Args:
        accent: ``#rrggbb``; empty means the house's own.

    Raises:
        ValueError: it is not of that form.
    """
    accent = accent or DEFAULT_ACCENT
    if not _HEX.fullmatch(accent):
        raise ValueError(f'expected a colour such as "{DEFAULT_ACCENT}", not "{accent}"')
    return Palette(_fitted(_LIGHT, accent, 0.06), _fitted(_DARK, accent, 0.14))


def _fitted(scheme: Scheme, accent: str, strength: float) -> Scheme:
    tint = _mixed(scheme.sheet, accent, strength)
    wash = _mixed(scheme.sheet, accent, strength * 1.8)
    surfaces = (scheme.ground, scheme.sheet, tint, wash)
    for candidate in _towards(accent, light=luminance(scheme.ink) > luminance(scheme.sheet)):
        if min(contrast(candidate, surface) for surface in surfaces) >= READABLE:
            break
    return replace(scheme, accent=candidate, tint=tint, wash=wash)


def _towards(accent: str, *, light: bool) -> Iterator[str]:
    """The accent, then its lighter or darker shades of the same hue."""
    hue, lightness, saturation = colorsys.rgb_to_hls(*(c / 255 for c in channels(accent)))
    for step in range(101):
        shade = lightness + ((1.0 if light else 0.0) - lightness) * step / 100
        yield _hex(colorsys.hls_to_rgb(hue, shade, saturation))


def _hex(channels: tuple[float, float, float]) -> str:
    return "#" + "".join(f"{round(channel * 255):02x}" for channel in channels)


def _mixed(one: str, other: str, share: float) -> str:
    pairs = zip(channels(one), channels(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)
