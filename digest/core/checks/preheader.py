"""Whether an inbox shows something of use behind the subject."""

from __future__ import annotations

from collections.abc import Iterator

from digest.core.checks.finding import Check, Finding
from digest.core.checks.markup import words
from digest.core.checks.proof import Proof

SHORTEST, LONGEST = 30, 160
"""Characters: with fewer the inbox goes on with whatever comes next in the letter; no inbox shows
more."""

_FIX = "write a preheader that says what else is in it"


def _find(proof: Proof) -> Iterator[Finding]:
    said, where = words(proof.preheader), "the preheader"
    if not said:
        yield Finding("there is no preheader", where, _FIX)
        return
    if len(said) < SHORTEST:
        yield Finding(f"the preheader has only {len(said)} characters", where, _FIX)
    if len(said) > LONGEST:
        what = f"the preheader has {len(said)} characters; no inbox shows more than {LONGEST}"
        yield Finding(what, where, "shorten it")
    if said.casefold() == proof.subject.strip().casefold():
        yield Finding("the preheader repeats the subject", where, _FIX)
    if said not in words(proof.markup.root.text_content()):
        yield Finding(
            "the preheader is not in the HTML part", "body.html", "put {{ preheader }} in"
        )


CHECK = Check(
    "preheader",
    "Preheader",
    "Inboxes show it behind the subject; without it they show whatever comes first.",
    _find,
)
