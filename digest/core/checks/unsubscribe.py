"""Whether readers find the way out."""

from __future__ import annotations

from collections.abc import Iterator

from digest.core.checks.finding import Check, Finding
from digest.core.checks.markup import name_of
from digest.core.checks.proof import Proof

_FIX = "put {{ personal.unsubscribe_url }} into it"


def _find(proof: Proof) -> Iterator[Finding]:
    url = proof.unsubscribe_url
    if url not in proof.text.split():
        yield Finding("the text part has no link to unsubscribe", "body.txt", _FIX)
    ways = [link for link in proof.markup.all("a") if link.get("href") == url]
    if not ways:
        yield Finding("the HTML part has no link to unsubscribe", "body.html", _FIX)
    elif not any(name_of(link) for link in ways):
        yield Finding("the link to unsubscribe has no words", "body.html", "give it some")
    if f"<{url}>" not in str(proof.parsed["List-Unsubscribe"]):
        yield Finding("the letter has no List-Unsubscribe of its reader", "headers")
    if proof.parsed["List-Unsubscribe-Post"] != "List-Unsubscribe=One-Click":
        yield Finding("one click does not unsubscribe (RFC 8058)", "headers")


CHECK = Check(
    "unsubscribe",
    "Ways to unsubscribe",
    "Who cannot leave reports spam instead, and large receivers refuse letters without one click.",
    _find,
)
