"""Whose letter a message is about, as far as it is proven.

Anybody can write to the address that bounces go to. So nothing is believed that no MAC of ours
stands behind: the envelope address of the delivery (VERP), the link that unsubscribes, or the name
of the letter, which is made of edition and subscriber.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Iterable, Iterator

from digest.core.bounce.report import Evidence
from digest.core.letter import KIND
from digest.core.sender import Sender

_LEAVE = re.compile(r"(?:re: *)?unsubscribe[ :]+(\S{1,200})", re.IGNORECASE)
_LINK = re.compile(r"/unsubscribe/([A-Za-z0-9_-]{32}\.[a-z0-9_-]{1,100})(?:$|[?#>])")
_MOST = 20


def deliveries(sender: Sender, recipients: Iterable[str], evidence: Evidence) -> Iterator[int]:
    """Numbers of deliveries that envelope addresses prove."""
    for address in [*recipients, *evidence.envelopes][:_MOST]:
        number = sender.delivery_of(address)
        if number is not None:
            yield number


def tokens(evidence: Evidence) -> tuple[str, ...]:
    """Tokens of links that unsubscribe; who made them is still to be checked."""
    found = (_LINK.search(link) for link in evidence.links[:_MOST])
    return tuple(match[1] for match in found if match)


def edition_of(
    sender: Sender, evidence: Evidence, subscriber: int, editions: Iterable[int]
) -> int | None:
    """The edition whose letter to a subscriber the returned one is; ``None``: it is not proven."""
    ids = [name.encode() for name in evidence.message_ids[:_MOST]]
    for edition in editions:
        ours = sender.message_id(KIND, edition, subscriber).encode()
        if any(hmac.compare_digest(ours, name) for name in ids):
            return edition
    return None


def leaving(subject: str) -> str:
    """The token in the subject of a mail that unsubscribes (RFC 2369); empty: it is none."""
    found = _LEAVE.fullmatch(subject.strip())
    return found[1] if found else ""
