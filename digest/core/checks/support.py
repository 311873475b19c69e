"""What mail programs can show, and how many readers use which.

The table below is our own short one, of what templates may be tempted to use, as far as it is known
in 2026. The whole data of Can I email may be given as a file instead.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

SHARES: Mapping[str, float] = {
    "apple-mail.ios": 34,
    "apple-mail.macos": 12,
    "gmail.desktop-webmail": 12,
    "gmail.android": 9,
    "gmail.ios": 9,
    "outlook.windows": 6,
    "outlook.outlook-com": 6,
    "outlook.ios": 2,
    "outlook.android": 2,
    "yahoo.desktop-webmail": 5,
    "samsung-email.android": 2,
    "thunderbird.macos": 1,
}
"""Readers in a hundred, by mail program: an example, to be replaced by the list's own."""

_GMAIL = ("gmail.desktop-webmail", "gmail.android", "gmail.ios")
_OUTLOOK = ("outlook.windows", "outlook.outlook-com", "outlook.ios", "outlook.android")
_WORD = ("outlook.windows",)
_YAHOO = ("yahoo.desktop-webmail",)

_NO: Mapping[str, tuple[str, ...]] = {
    "css-display-flex": (*_WORD, *_YAHOO),
    "css-display-grid": (*_GMAIL, *_WORD, *_YAHOO),
    "css-position": (*_GMAIL, *_OUTLOOK, *_YAHOO),
    "css-float": _WORD,
    "css-variables": (*_GMAIL, *_OUTLOOK, *_YAHOO),
    "css-background-image": _WORD,
    "css-opacity": _WORD,
    "css-transform": (*_GMAIL, *_WORD, *_YAHOO),
    "css-animation": (*_GMAIL, *_WORD, *_YAHOO),
    "css-filter": (*_GMAIL, *_OUTLOOK, *_YAHOO),
    "css-box-shadow": (*_WORD, *_GMAIL),
    "css-max-width": _WORD,
    "css-border-radius": _WORD,
    "css-color-scheme": (*_GMAIL, *_OUTLOOK, *_YAHOO),
    "css-at-import": (*_GMAIL, *_OUTLOOK, *_YAHOO),
    "css-at-font-face": (*_GMAIL, *_OUTLOOK, *_YAHOO),
    "css-at-media": _WORD,
    "css-at-media-prefers-color-scheme": (*_GMAIL, *_WORD, *_YAHOO),
    "css-pseudo-class-hover": (*_WORD, "gmail.ios", "gmail.android"),
    "css-pseudo-element-before": (*_GMAIL, *_WORD, *_YAHOO),
    "css-pseudo-element-after": (*_GMAIL, *_WORD, *_YAHOO),
    "html-anchor-links": ("gmail.ios",),
    "html-semantics": (*_WORD, *_YAHOO),
    "html-form": (*_GMAIL, *_OUTLOOK),
    "html-video": (*_GMAIL, *_OUTLOOK, *_YAHOO),
    "html-audio": (*_GMAIL, *_OUTLOOK, *_YAHOO),
    "html-svg": (*_GMAIL, *_OUTLOOK, *_YAHOO),
    "html-iframe": tuple(SHARES),
    "html-script": tuple(SHARES),
    "html-button": (*_GMAIL, *_OUTLOOK),
    "html-input": (*_GMAIL, *_OUTLOOK),
    "image-svg": (*_GMAIL, *_OUTLOOK, *_YAHOO),
    "image-webp": _WORD,
    "image-avif": (*_GMAIL, *_OUTLOOK, *_YAHOO),
    "image-base64": (*_GMAIL, "outlook.outlook-com"),
}

DEGRADES = frozenset(
    {
        "css-at-font-face", "css-at-media", "css-at-media-hover",
        "css-at-media-prefers-color-scheme", "css-border-radius", "css-box-shadow",
        "css-color-scheme", "css-important", "css-letter-spacing", "css-max-width", "css-opacity",
        "css-overflow", "css-pseudo-class-hover", "css-supported-color-schemes",
        "css-text-decoration", "html-anchor-links", "html-lang", "html-role", "html-style",
    }
)  # fmt: skip
"""What may be missing without harm: the letter is plainer then, and as good to read."""


@dataclass(frozen=True, slots=True)
class Support:
    """What is known.

    Attributes:
        unable: by feature, the mail programs that cannot show it.
        shares: readers by mail program, in any unit.
    """

    unable: Mapping[str, tuple[str, ...]]
    shares: Mapping[str, float] = field(default_factory=lambda: SHARES)

    def lost(self, feature: str) -> float:
        """The share of readers who do not see a feature, 0 to 1."""
        whole = sum(self.shares.values())
        found = sum(self.shares.get(client, 0) for client in self.unable.get(feature, ()))
        return found / whole if whole else 0.0

    def clients(self, feature: str) -> tuple[str, ...]:
        """Those of the readers' mail programs that do not show a feature."""
        return tuple(c for c in self.unable.get(feature, ()) if self.shares.get(c))


OURS = Support(_NO)
"""By our own table."""


def read_caniemail(text: str, shares: Mapping[str, float]) -> Support:
    """Read the data of Can I email; of each mail program the newest version counts.

    Raises:
        ValueError: it is something else.
    """
    try:
        known = {
            str(feature["slug"]): _unable(feature["stats"], shares)
            for feature in json.loads(text)["data"]
        }
    except (KeyError, TypeError, AttributeError, IndexError) as error:
        raise ValueError(f"it is not the data of Can I email: {error!r}") from error
    return Support(known, shares)


def _unable(stats: Mapping[str, Any], shares: Mapping[str, float]) -> tuple[str, ...]:
    found = []
    for client in shares:
        family, _, platform = client.partition(".")
        versions = list(stats.get(family, {}).get(platform, {}).values())
        if versions and str(versions[-1]).split()[0] == "n":
            found.append(client)
    return tuple(found)
