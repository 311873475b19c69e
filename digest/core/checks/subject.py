"""Whether the subject can be read in an inbox."""

from __future__ import annotations

from collections.abc import Iterator

from digest.core.checks.finding import Check, Finding
from digest.core.checks.proof import Proof

LONGEST = 90
"""Characters of which a wide inbox shows most; a phone shows the first 40 or so."""

SHORTEST = 4
_LETTERS = 12
_MARKS = 2


def _find(proof: Proof) -> Iterator[Finding]:
    subject = proof.subject.strip()
    where, fix = "the subject", "give the edition a subject of its own"
    if len(subject) < SHORTEST:
        yield Finding("the subject says nothing", where, fix)
    if len(subject) > LONGEST:
        what = f"the subject has {len(subject)} characters; inboxes cut it off after {LONGEST}"
        yield Finding(what, where, "shorten it, what matters first")
    if len(subject) >= _LETTERS and subject.isupper():
        yield Finding("the subject is all in capitals", where, "write it as a sentence")
    if subject.count("!") + subject.count("$") > _MARKS:
        yield Finding("the subject shouts", where, "leave out most of the ! and $")


CHECK = Check(
    "subject",
    "Subject",
    "It decides whether the letter is opened, and some filters judge by it.",
    _find,
)
