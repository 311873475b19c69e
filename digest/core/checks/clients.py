"""Whether the readers' mail programs show what the letter uses."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from digest.core.checks.css import features
from digest.core.checks.finding import Check, Finding
from digest.core.checks.proof import Proof
from digest.core.checks.support import DEGRADES, Support

_WORTH = 0.02
"""The share of readers below which a feature is not worth a word."""

_NAMED = 4


def check(support: Support) -> Check:
    """The check for what is known of mail programs."""
    return Check(
        "clients",
        "Mail programs",
        "What a mail program cannot show is missing or in the wrong place for all who use it.",
        partial(_find, support),
    )


def _find(support: Support, proof: Proof) -> Iterator[Finding]:
    used = features(proof.markup)
    lost = {f: support.lost(f) for f in used if f not in DEGRADES}
    for feature in sorted((f for f in lost if lost[f] >= _WORTH), key=lambda f: -lost[f]):
        clients = [client.replace(".", " on ") for client in support.clients(feature)]
        told = ", ".join(clients[:_NAMED]) + (", …" if len(clients) > _NAMED else "")
        yield Finding(
            f"{_shown(feature)} is not shown to {lost[feature]:.0%} of readers",
            f"used {used[feature]} times; missing in {told}",
            "use tables and plain properties instead",
        )


def _shown(feature: str) -> str:
    """The name of a feature as its author wrote it, nearly."""
    kind, _, name = feature.partition("-")
    return f"<{name}>" if kind == "html" else name.replace("pseudo-class-", ":")
