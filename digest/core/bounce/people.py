"""Find the addresses that a text says were not reached, however it says so."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator

_SIGN = r"[^\s<>()\[\],;:\"'|=\\]"
_ADDRESS = re.compile(
    rf"(?<![\w.]){_SIGN}{{1,64}}@[A-Za-z0-9\u0080-\uffff](?:[\w.-]{{0,252}}[\w])?"
)
_DAEMON = re.compile(
    r"(?:mailer-daemon|postmaster|mail-daemon|mdaemon|double-bounce|nobody|no-?reply|abuse)@",
    re.IGNORECASE,
)
_ALONE = re.compile(
    r"^[ \t]*(?:[-*\u2022o]+ +)?(?:[45]\d\d[ -](?:[45]\.\d+\.\d+ )?)?"
    r"[<(\"'\[]?(?:mailto:|rfc822; ?)?(\S{1,200}@[^\s<>()\[\],;:\"']+)[>)\"'\]]?"
    r"[.,;]?[ \t]*(?:$|:(?=\s|$)|\.\.\.| [(\[]|[ \t]+-[ \t]|,? because| on )",
    re.MULTILINE,
)
_LABEL = re.compile(
    r"\b(?:to|for|user|users|mailbox|account|address(?:es)?|recipients?|addressee)"
    r"(?: is| was| of)?[ \t]*[:=]*[ \t\n]*(?:rfc822;)?[ \t]*[<(\"'\[]*"
    r"(\S{1,200}?@[^\s<>()\[\],;:\"']+)",
    re.IGNORECASE,
)


def addresses(text: str) -> list[str]:
    """All addresses of a text, in order, each once."""
    return list(dict.fromkeys(_trimmed(found) for found in _ADDRESS.findall(text)))


def first_address(text: str) -> str:
    """The first address of a text; empty: there is none."""
    found = _ADDRESS.search(text)
    return _trimmed(found[0]) if found else ""


def standing_alone(text: str, but: Collection[str] = ()) -> list[str]:
    """Addresses at the start of a line with nothing else, or with a reason behind a colon."""
    return _good(_ALONE.findall(text), but)


def labelled(text: str, but: Collection[str] = ()) -> list[str]:
    """Addresses behind a word such as *recipient* or *delivery to*."""
    return _good(_LABEL.findall(text), but)


def mentioned(text: str, but: Collection[str] = ()) -> list[str]:
    """Addresses anywhere."""
    return _good(_ADDRESS.findall(text), but)


def _good(found: Iterable[str], but: Collection[str]) -> list[str]:
    return list(dict.fromkeys(_kept(found, {one.lower() for one in but})))


def _kept(found: Iterable[str], but: Collection[str]) -> Iterator[str]:
    for text in found:
        address = first_address(text)
        if address and address.lower() not in but and not _DAEMON.match(address):
            yield address


def _trimmed(address: str) -> str:
    return address.strip(".-_`*").removeprefix("rfc822;")
