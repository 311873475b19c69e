"""Whether something stands in the letter that was to be replaced by something else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from digest.core.checks.finding import Check, Finding
from digest.core.checks.markup import words
from digest.core.checks.proof import Proof

_LEFT = re.compile(
    r"\{\{.{0,80}?(?:\}\}|$)|\{%.{0,80}?(?:%\}|$)|%%[\w ]{1,40}%%|\*\|\w{1,40}\|\*|\$\{\w{1,40}\}"
    r"|\[(?:FIRST|LAST|FULL)?[ _-]?NAME\]|\[(?:INSERT|YOUR|TITLE|LINK|DATE)\b[^\]]{0,60}\]"
    r"|\b(?:TO[D]O|FIX[M]E|TBD|TK|X{3})\b|\blorem ipsum\b|\bdolor sit amet\b",
)
_LEFT_ANY_CASE = re.compile(r"\blorem ipsum\b|\bdolor sit amet\b", re.IGNORECASE)


def _find(proof: Proof) -> Iterator[Finding]:
    edition = proof.edition
    ours = (("the subject", proof.subject), ("the preheader", proof.preheader),
            ("the opening words", edition.letter))  # fmt: skip
    sources = words(" ".join(f"{e.title} {e.summary}" for e in edition.entries()))
    for where, text in ours:
        for found in _in(text, where):  # a subject is made of titles, unless an editor wrote it
            yield replace(found, mild=any(left in sources for left in _all(text)))
    for entry in proof.in_email:
        yield from _in(entry.note, f"the note at “{entry.title}”")
        for found in _in(f"{entry.title} {entry.summary}", f"“{entry.title}”"):
            yield Finding(found.what, found.where, "rewrite the title or the summary", mild=True)
    yield from _in_template(proof)


def _in_template(proof: Proof) -> Iterator[Finding]:
    """What no item, subject or letter holds is the template's own."""
    known = words(f"{proof.subject} {proof.preheader} {proof.edition.letter}")
    known += words(" ".join(f"{e.title} {e.summary} {e.note} {e.source} {e.issuer}"
                            f" {' '.join((*e.labels, *e.tags, *e.also_in, *e.also_at))}"
                            for e in proof.edition.entries()))  # fmt: skip
    for text, _ in proof.markup.visible:
        for left in _all(text):
            if left not in known and text not in known:
                yield Finding(f"“{left}” was left over", "the template", "mend the template")


def _in(text: str, where: str) -> Iterator[Finding]:
    for left in _all(text):
        yield Finding(f"“{left}” was left over", where, "replace it by what was meant")


def _all(text: str) -> Iterator[str]:
    for pattern in (_LEFT, _LEFT_ANY_CASE):
        if found := pattern.search(text):
            yield found[0]
            return


CHECK = Check(
    "placeholders",
    "Nothing left over",
    "Readers see at once that nobody looked.",
    _find,
)
