"""All checks that need nothing but the letter, in the order in which they are told."""

from __future__ import annotations

from digest.core.checks import (
    accessibility,
    clients,
    feeds,
    headers,
    images,
    links,
    placeholders,
    preheader,
    size,
    subject,
    text_part,
    unsubscribe,
)
from digest.core.checks.finding import Check
from digest.core.checks.support import OURS, Support


def checks(support: Support = OURS) -> tuple[Check, ...]:
    """All of them; ``support`` is what mail programs can do, and who reads with which."""
    return (
        unsubscribe.CHECK,
        headers.CHECK,
        placeholders.CHECK,
        feeds.CHECK,
        links.CHECK,
        text_part.CHECK,
        subject.CHECK,
        preheader.CHECK,
        images.CHECK,
        accessibility.CHECK,
        size.CHECK,
        clients.check(support),
    )
