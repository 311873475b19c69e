"""Whether everybody can read it: with eyes or ears, by day (WCAG 2.2 AA, as far as it shows here).

What needs a browser, such as the colours by night, is asked of axe-core where it is installed.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

from lxml.html import HtmlElement

from digest.core.checks import legible
from digest.core.checks.finding import Check, Finding
from digest.core.checks.markup import line_of, name_of
from digest.core.checks.proof import Proof

_VAGUE = re.compile(
    r"(?:click )?here|(?:read |learn |see )?more|link|this(?: page)?", re.IGNORECASE
)
_LAYOUT = frozenset({"presentation", "none"})
_NAMED = 60


def _find(proof: Proof) -> Iterator[Finding]:
    yield from _language(proof)
    yield from _headings(proof)
    yield from _links(proof)
    yield from _tables(proof)
    for what, where in legible.faults(proof.markup):
        yield Finding(what, where, "choose colours further apart")


def _language(proof: Proof) -> Iterator[Finding]:
    root = proof.markup.root
    if not root.get("lang"):
        fix = 'write <html lang="{{ language }}">'
        yield Finding("the letter does not say its language", "body.html", fix)
    # Webmail takes the body out of its document, and the language with it.
    body = (e for e in proof.markup.all() if e.tag not in {"html", "head"})
    if not any(element.get("lang") for element in body):
        fix = 'put lang="{{ language }}" on the outermost element of the body as well'
        yield Finding("webmail will not know the language", "body.html", fix)
    if not any(name_of(title) for title in proof.markup.all("title")):
        yield Finding("the letter has no title", "body.html", "write a <title>")


def _headings(proof: Proof) -> Iterator[Finding]:
    before = 0
    for heading in proof.markup.all("h1", "h2", "h3", "h4", "h5", "h6"):
        level, said = int(str(heading.tag)[1]), name_of(heading)
        if not said:
            yield Finding("a heading has no words", line_of(heading), "drop it or fill it")
        if level > before + 1:
            what = f"a heading of level {level} follows one of level {before}"
            yield Finding(what, f"“{said[:_NAMED]}”", "leave out no level")
        before = level
    if not before:
        yield Finding("the letter has no heading", "body.html", "make its title an <h1>")


def _links(proof: Proof) -> Iterator[Finding]:
    targets: dict[str, set[str]] = defaultdict(set)
    for link in proof.markup.all("a"):
        said, url = name_of(link), link.get("href", "")
        if not url:
            continue
        targets[said.casefold()].add(url)
        if not said:
            yield Finding("a link has no words", line_of(link), "say where it leads")
        elif _VAGUE.fullmatch(said):
            what = f"a link says only “{said}”"
            yield Finding(what, line_of(link), "say where it leads; many read link by link")
    for said, urls in targets.items():
        if said and len(urls) > 1:
            what = f"{len(urls)} links say “{said[:_NAMED]}” and lead to different places"
            yield Finding(what, "", "tell them apart by their words", mild=True)


def _tables(proof: Proof) -> Iterator[Finding]:
    bare = [table for table in proof.markup.all("table") if not _is_clear(table)]
    if bare:
        what = f"{len(bare)} of the layout tables would be read aloud as tables"
        yield Finding(what, line_of(bare[0]), 'give them role="presentation"')


def _is_clear(table: HtmlElement) -> bool:
    return table.get("role") in _LAYOUT or any(True for _ in table.iter("th"))


CHECK = Check(
    "accessibility",
    "Accessibility",
    "One reader in six has an impairment; law asks it of public bodies.",
    _find,
)
