"""How the checks are called, without loading them."""

from __future__ import annotations

NAMES = (
    "unsubscribe",
    "headers",
    "placeholders",
    "feeds",
    "links",
    "text",
    "subject",
    "preheader",
    "images",
    "accessibility",
    "size",
    "clients",
)
"""Of the checks that need nothing but the letter, in the order in which they are told."""
