"""Whether who reads the text part gets the same as who reads the HTML part."""

from __future__ import annotations

from collections.abc import Iterator

from digest.core.checks.finding import Check, Finding
from digest.core.checks.links import outward
from digest.core.checks.markup import words
from digest.core.checks.proof import Proof

_FIX = "put it into body.txt as well"


def _find(proof: Proof) -> Iterator[Finding]:
    text = words(proof.text).casefold()
    if not text:
        yield Finding("the text part is empty", "body.txt", "write one")
        return
    there = set(proof.text.split())
    for url, where in outward(proof).items():
        if url not in there:
            yield Finding(f"the text part lacks the link {url[:200]}", where, _FIX)
    for entry in proof.in_email:
        title = words(entry.title).casefold()
        if title and title not in text:
            yield Finding("the text part lacks an item", f"“{entry.title}”", _FIX)


CHECK = Check(
    "text",
    "Text part",
    "It is what watches, terminals and some screen readers show, and filters compare both parts.",
    _find,
)
