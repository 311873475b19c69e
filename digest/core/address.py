"""The identity of a web address, and the one safe form of it.

Two addresses with the same :func:`canonical` form are the same resource. Measured on 332 pairs
of addresses judged by hand: see ``benchmarks/url_identity.py``.
"""

from __future__ import annotations

import re
from urllib.parse import SplitResult, parse_qs, quote, unquote_to_bytes, urljoin, urlsplit

import idna

_LIMIT = 8_000
_SAFE = "!$&'()*+,;=:@/~-._?%"
_UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_HOST = re.compile(r"[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?|\[[0-9a-f:.]+\]")
_INDEX = re.compile(r"(?:/+(?:index|default)\.(?:html?|php|aspx?|jsp|cgi))?/*$", re.IGNORECASE)
_MIRROR = re.compile(r"^(?:www\d?|m|amp)\.(?=[^.]+\.)")
_ARXIV = re.compile(r"/(?:abs|pdf|html)/(.+?)(?:v\d+)?(?:\.pdf)?")
_STRAY_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_ESCAPE = re.compile(r"%[0-9A-Fa-f]{2}")

_TRACKING_PREFIXES = ("utm_", "mtm_", "pk_", "piwik_", "matomo_", "hsa_", "__hs", "guce_")
_TRACKING_NAMES = """
_branch_match_id _ga _gl _hsenc _hsmi _ke _openstat action_object_map action_ref_map
action_type_map at_campaign at_medium campaign_id cmpid cndid cvid dclid dm_i ef_id elqtrack
elqtrackid epik fb_action_ids fb_action_types fb_ref fb_source fbclid gad_source gbraid gclid
gclsrc gs_l guccounter hsctatracking icid igsh igshid li_fat_id mc_cid mc_eid mkt_tok
ml_subscriber ml_subscriber_hash msclkid ncid ns_campaign ns_mchannel ocid oly_anon_id
oly_enc_id playlistposition rb_clickid ref_src ref_url s_cid s_kwcid sc_campaign sc_channel
sc_cid spm srsltid trk trkcampaign ttclid twclid vero_conv vero_id wbraid wickedid wt_mc xtor
yclid
"""
_TRACKING = frozenset(_TRACKING_NAMES.split())
_TRACKING_PAIRS = frozenset({"source=rss", "source=feed", "ref=rss"})


def canonical(url: str) -> str:
    """Give the identity of a resource; never raises, and is its own canonical form.

    http is https; the host is lower-case ASCII without ``www.``, ``m.``, ``amp.`` and default
    port; the fragment (but ``#!…`` and ``#/…``, which are pages), tracking parameters, index
    files and the trailing slash are gone; the query is sorted, its value-less words are kept.

    Args:
        url: an absolute address; anything else comes back as it is, without outer space.
    """
    before, text = "", _printable(url)
    while text != before:
        before, text = text, _simpler(text)
    return text


def _simpler(text: str) -> str:
    try:
        parts = urlsplit(text)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            return text
        host, port = _mirrored(_ascii_host(parts.hostname)), parts.port
    except ValueError:
        return text
    path = _INDEX.sub("", _encoded(parts.path))
    host, path, query = _known_places(host, path, parts.query)
    query = _sorted_query(query)
    fragment = _encoded(parts.fragment) if parts.fragment[:1] in {"!", "/"} else ""
    where = host if port in {None, 80, 443} else f"{host}:{port}"
    return f"https://{where}{path}" + (query and f"?{query}") + (fragment and f"#{fragment}")


def untracked(url: str) -> str:
    """Give the address readers are sent to: as the source wrote it, but without its tracking.

    Those parameters tell a site where its visitors come from (``utm_source`` …), which is
    nobody's business; some sites put them behind ``#``.
    """
    place, _, fragment = url.partition("#")
    path, _, query = place.partition("?")
    kept, part = _own_words(query), _own_words(fragment)
    if (kept, part) == (query, fragment):
        return url
    return path + (kept and f"?{kept}") + (part and f"#{part}")


def absolute(url: str, base: str = "") -> str:
    """Give an address that mail, feeds and browsers read alike: absolute, http(s), pure ASCII.

    Args:
        url: what the source wrote: absolute, relative or ``//host/…``, perhaps with spaces.
        base: the address of the page it stood on.

    Raises:
        ValueError: a sentence about what is wrong with it.
    """
    text = _printable(url)
    if not text:
        raise ValueError("the link is empty")
    if len(text) > _LIMIT:
        raise ValueError(f"the link is longer than {_LIMIT} characters")
    try:
        parts = urlsplit(urljoin(base, text))
        return _rebuilt(parts)
    except ValueError as error:
        why = str(error).encode("ascii", "backslashreplace").decode()
        raise ValueError(f'the link "{_encoded(text[:200])}" cannot be used: {why}') from None


def _rebuilt(parts: SplitResult) -> str:
    if not parts.scheme:
        raise ValueError("it is relative, and nothing says to what")
    if parts.scheme not in {"http", "https"}:
        raise ValueError(f"{parts.scheme}: is not http or https")
    host = _ascii_host(parts.hostname or "")
    if not _HOST.fullmatch(host):
        raise ValueError("it names no valid host")
    # A user name before the host shows readers another place than they get to: it is dropped.
    where = host if parts.port is None else f"{host}:{parts.port}"
    query = f"?{_encoded(parts.query)}" if parts.query else ""
    fragment = f"#{_encoded(parts.fragment)}" if parts.fragment else ""
    return f"{parts.scheme}://{where}{_encoded(parts.path) or '/'}{query}{fragment}"


def _printable(url: str) -> str:
    """Drop what browsers drop (WHATWG URL §4.4) and what no encoding can carry."""
    text = re.sub(r"[\t\r\n]", "", url).strip("\x00\x20" + "".join(map(chr, range(0x20))))
    return text.encode("utf-8", "replace").decode().strip()


def _ascii_host(host: str) -> str:
    """Lower-case A-labels (UTS 46), without the root's dot; brackets for IPv6."""
    host = host.lower().rstrip(".")
    if ":" in host:
        return f"[{host}]"
    if not host.isascii():
        try:
            host = idna.encode(host, uts46=True).decode()
        except (idna.IDNAError, UnicodeError):
            raise ValueError("its host is not a valid name") from None
    return host


def _mirrored(host: str) -> str:
    while (shorter := _MIRROR.sub("", host)) != host:
        host = shorter
    return host


def _encoded(text: str) -> str:
    """Percent-encode what may not stand in an address, decode what need not be encoded."""
    text = _STRAY_PERCENT.sub("%25", quote(text, safe=_SAFE, errors="replace"))
    return _ESCAPE.sub(_plain, text)


def _plain(escape: re.Match[str]) -> str:
    byte = unquote_to_bytes(escape[0])
    return byte.decode() if byte[0] in _UNRESERVED else escape[0].upper()


def _sorted_query(query: str) -> str:
    return "&".join(sorted(_encoded(pair) for pair in query.split("&") if not _tracks(pair)))


def _own_words(query: str) -> str:
    return "&".join(pair for pair in query.split("&") if not (pair and _tracks(pair)))


def _tracks(pair: str) -> bool:
    name = pair.partition("=")[0].lower()
    return (
        not pair
        or name in _TRACKING
        or name.startswith(_TRACKING_PREFIXES)
        or pair.lower() in _TRACKING_PAIRS
    )


def _known_places(host: str, path: str, query: str) -> tuple[str, str, str]:
    """Hosts that show one thing under several addresses."""
    if host == "youtu.be" and path.strip("/"):
        return "youtube.com", "/watch", f"v={path.strip('/')}"
    if host == "youtube.com" and path == "/watch" and (video := parse_qs(query).get("v")):
        return host, path, f"v={_encoded(video[0])}"
    if host in {"arxiv.org", "export.arxiv.org"} and (paper := _ARXIV.fullmatch(path)):
        return "arxiv.org", f"/abs/{paper[1]}", query
    if host.endswith(".blogspot.com") and query == "m=1":
        return host, path, ""
    if host == "github.com" and path.endswith(".git"):
        return host, path.removesuffix(".git"), query
    return host, path, query
