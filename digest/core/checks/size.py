"""Whether Gmail shows all of it."""

from __future__ import annotations

from collections.abc import Iterator

from digest.core.checks.finding import Check, Finding
from digest.core.checks.proof import Proof

CLIPPED = 102_000
"""Bytes of HTML (UTF-8) from which Gmail cuts off the rest, the unsubscribe link included."""

_NEAR = 0.9
_NAMED = 3


def _find(proof: Proof) -> Iterator[Finding]:
    size = len(proof.html.encode("utf-8", "replace"))
    if size < CLIPPED * _NEAR:
        return
    largest = sorted(proof.shares, key=lambda share: -share[1])[:_NAMED]
    told = ", ".join(f"{title} {_kilobytes(share)}" for title, share in largest)
    what = "cuts it off" if size >= CLIPPED else "will soon cut it off"
    yield Finding(
        f"the HTML has {_kilobytes(size)}; Gmail {what} at {_kilobytes(CLIPPED)}",
        f"the largest themes: {told}" if told else "",
        "show fewer items of a theme (max_items_per_theme), or drop some",
        mild=size < CLIPPED,
    )


def _kilobytes(size: int) -> str:
    return f"{size / 1000:,.1f} KB"


CHECK = Check(
    "size",
    "Size for Gmail",
    "Gmail hides what comes after 102 KB, the link to unsubscribe among it.",
    _find,
)
