"""Whether pictures can be seen, and the letter be understood without them."""

from __future__ import annotations

from collections.abc import Iterator

from lxml.html import HtmlElement

from digest.core.checks.finding import Check, Finding
from digest.core.checks.markup import declarations, line_of
from digest.core.checks.proof import Proof


def _find(proof: Proof) -> Iterator[Finding]:
    for picture in proof.markup.all("img"):
        where = line_of(picture)
        yield from _source(picture.get("src", "").strip(), where)
        if picture.get("alt") is None:
            fix = 'say what it shows with alt="…", or alt="" if it only decorates'
            yield Finding("a picture has no alt text", where, fix)
        if not _is_sized(picture):
            fix = "give it width and height, so that nothing jumps when it comes"
            yield Finding("a picture does not say how large it is", where, fix)


def _source(url: str, where: str) -> Iterator[Finding]:
    if url.startswith("data:"):
        fix = "put it on the web and link to it over https"
        yield Finding("a picture is inside the letter as data:, which Gmail drops", where, fix)
    elif not url.startswith("https://"):
        what = f"a picture does not come over https: {url[:100] or '(no address)'}"
        yield Finding(what, where, "give an absolute address that begins with https://")


def _is_sized(picture: HtmlElement) -> bool:
    style = declarations(picture.get("style"))
    return all(picture.get(side) or style.get(side) for side in ("width", "height"))


CHECK = Check(
    "images",
    "Pictures",
    "Many mail programs show pictures late or never; readers who do not see hear the alt text.",
    _find,
)
