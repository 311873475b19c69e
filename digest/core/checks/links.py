"""Whether each link leads somewhere that readers can go."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_address
from urllib.parse import urlsplit

from digest.core.checks.finding import Check, Finding
from digest.core.checks.markup import line_of, name_of
from digest.core.checks.proof import Proof

_SCHEMES = frozenset({"http", "https", "mailto"})
_AT_HOME = (".local", ".localhost", ".internal", ".lan", ".home.arpa", ".test", ".invalid")
"""Names that no reader elsewhere can resolve (RFC 6761, RFC 6762, RFC 8375)."""


def outward(proof: Proof) -> dict[str, str]:
    """The links that lead away from our own site, each with where it stands."""
    found: dict[str, str] = {}
    for link in proof.markup.all("a"):
        url = (link.get("href") or "").strip()
        if url.lower().startswith(("http://", "https://")) and not _is_ours(url, proof.site):
            found.setdefault(url, proof.item_at(url) or line_of(link))
    return found


def fault(url: str) -> str:
    """What keeps readers from following an address; empty: nothing that can be seen."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").lower()
        _ = parts.port
    except ValueError:
        return "is no address"
    if parts.scheme.lower() not in _SCHEMES:
        return "is neither http nor https" if parts.scheme else "does not say where it starts from"
    if parts.scheme.lower() == "mailto":
        return "" if "@" in parts.path else "names nobody to write to"
    if any(sign.isspace() for sign in url):
        return "has a space in it"
    if not host:
        return "names no host"
    return "leads into a private network" if _is_private(host) else ""


def _is_private(host: str) -> bool:
    try:
        return not ip_address(host).is_global
    except ValueError:
        return "." not in host.rstrip(".") or host.rstrip(".").endswith(_AT_HOME)


def _is_ours(url: str, site: str) -> bool:
    return url == site or url.startswith(f"{site}/")


def _find(proof: Proof) -> Iterator[Finding]:
    places = {e.get("id") for e in proof.markup.all()} | {e.get("name") for e in proof.markup.all()}
    for link in proof.markup.all("a"):
        url = link.get("href")
        where = proof.item_at(url or "") or line_of(link)
        if not (url or "").strip():
            if url is not None or name_of(link):
                yield Finding("a link leads nowhere", where, "give it an address")
        elif url and url.startswith("#"):
            if url[1:] not in places:
                yield Finding(f"no place in the letter is named {url[1:]}", where, "mend the link")
        elif url and not _is_ours(url, proof.site) and (why := fault(url)):
            yield Finding(f"{url[:200]} {why}", where, "mend the address, or drop the item")


CHECK = Check(
    "links",
    "Links",
    "A link that leads nowhere, or only within our own network, is a dead end for readers.",
    _find,
)
