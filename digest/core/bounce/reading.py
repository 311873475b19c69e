"""Read what came back: is it a bounce, whose, and for good?

Layers, the surest first: the machine-readable report (RFC 3464), the header X-Failed-Recipients,
the text, and the letter that is returned. Of 606 real bounces 44 in 100 have no machine-readable
report, and of those that have one some say *failed* where the status says that the mailbox is full
for now: so permanence is told from both.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from digest.core.bounce import people, signs
from digest.core.bounce.opened import Opened, field, fields, open_message
from digest.core.bounce.report import Evidence, Failure, Permanence, Report, Sort
from digest.core.bounce.status import permanence_of, status_in

_MOST_FAILURES = 100
_MOST_SAID = 500
_FIELD = re.compile(r"^[ >]*([A-Za-z-]+)[ \t]*:[ \t]*(.*(?:\n[ \t]+\S.*)*)", re.MULTILINE)
_GAP = re.compile(r"\n[ >\t]*\n")
_ACTIONS = frozenset({"failed", "failure", "delayed", "error", ""})
_ENVELOPES = ("x-original-to", "delivered-to", "envelope-to", "x-envelope-to", "to", "cc")
_SENDERS = ("return-path", "x-envelope-from", "errors-to", "x-original-sender")


def read(raw: bytes) -> Report:
    """Read a message of any size and any kind; only its first part is looked at."""
    opened = open_message(raw)
    sort, failures = _sorted(opened)
    subject = field(opened.head, "subject")[:_MOST_SAID]
    return Report(sort, failures[:_MOST_FAILURES], _evidence(opened), subject)


def _sorted(opened: Opened) -> tuple[Sort, tuple[Failure, ...]]:
    if signs.is_complaint(opened):
        return Sort.COMPLAINT, tuple(_complainers(opened))
    if signs.is_about_us(opened):
        return Sort.OTHER, ()
    if failures := tuple(_reported(opened)):
        return Sort.BOUNCE, failures
    if not signs.went_well(opened) and signs.is_auto_reply(opened):
        return Sort.AUTO_REPLY, ()
    if signs.went_well(opened) or not signs.is_bounce(opened):
        return Sort.OTHER, ()
    return Sort.BOUNCE, _told(opened)


def _reported(opened: Opened) -> Iterator[Failure]:
    """What the blocks of a machine-readable report say, also where they stand in plain text."""
    seen = set()
    for values in _records(f"{opened.status}\n\n{opened.text}"):
        failure = _failure(values)
        if failure and failure.address.lower() not in seen:
            seen.add(failure.address.lower())
            yield failure


def _records(text: str) -> Iterator[dict[str, str]]:
    """Give the fields about each recipient; some servers put no empty line between two."""
    for block in _GAP.split(text):
        if "-recipient" not in block.lower():
            continue
        values: dict[str, str] = {}
        for found in _FIELD.finditer(block):
            name = found[1].lower()
            if name in values and name.endswith("-recipient"):
                yield values
                values = {}
            values[name] = " ".join(found[2].split())
        yield values


def _failure(values: dict[str, str]) -> Failure | None:
    named = (values.get(f"{which}-recipient", "") for which in ("original", "final"))
    address = next(filter(None, map(_mailbox, named)), "")
    action = re.split(r"[\s(;]", values.get("action", "").lower())[0]
    if not address or action not in _ACTIONS or values.get("status", "").startswith("2"):
        return None
    said = values.get("diagnostic-code", "")
    status = status_in(values.get("status", ""))
    is_delay = action == "delayed"
    permanence = permanence_of(status, said)
    better = status_in(said)
    if is_delay:
        permanence = Permanence.TEMPORARY
    elif better and (not status or (status.endswith(".0.0") and better[0] == status[0])):
        status, permanence = better, permanence_of(better, said)
    return Failure(address, permanence, status, _smtp(said), is_delay)


def _mailbox(value: str) -> str:
    return people.first_address(value.partition(";")[2] or value)


def _smtp(said: str) -> str:
    return re.sub(r"^(?:smtp|x-[\w-]+)\s*;\s*", "", said, flags=re.IGNORECASE)[:_MOST_SAID]


def _told(opened: Opened) -> tuple[Failure, ...]:
    """What a message without such a report says."""
    return tuple(_judged(opened, address) for address in _addresses(opened)) or (
        _judged(opened, ""),
    )


def _addresses(opened: Opened) -> list[str]:
    if named := people.addresses(" ".join(fields(opened.head, "x-failed-recipients"))):
        return named
    ours = {
        address
        for name in ("to", "cc", "from", "sender", "reply-to", "delivered-to", "return-path")
        for address in people.addresses(" ".join(fields(opened.head, name)))
    }
    letters_own = ("from", "sender", "return-path", "reply-to", "errors-to")
    ours |= {a for name in letters_own for a in people.addresses(field(opened.returned, name))}
    sent_to = people.addresses(" ".join(fields(opened.returned, "to")))
    for way in (people.standing_alone, people.labelled):
        if found := way(opened.text, ours):
            return found
    found = people.mentioned(opened.text, ours)
    if both := [one for one in found if one.lower() in {to.lower() for to in sent_to}]:
        return both
    if found:
        return found
    return sent_to[:1]


def _judged(opened: Opened, address: str) -> Failure:
    text = _around(opened.text, address)
    status = status_in(text) or status_in(opened.text)
    permanence = permanence_of(status, text) or permanence_of("", opened.text)
    is_delay = signs.is_delay(opened)
    if is_delay:
        permanence = Permanence.TEMPORARY
    return Failure(address, permanence, status, " ".join(text.split())[:_MOST_SAID], is_delay)


def _around(text: str, address: str) -> str:
    """The paragraph that names an address, with the one behind it."""
    if not address or address not in text:
        return text[:4_000]
    start = text.rfind("\n\n", 0, text.index(address))
    end = text.find("\n\n", text.rindex(address))
    again = text.find("\n\n", end + 2) if end >= 0 else -1
    return text[max(start, 0) : again if again >= 0 else None]


def _complainers(opened: Opened) -> Iterator[Failure]:
    named = re.findall(
        r"(?im)^(?:original-rcpt-to|removal-recipient|original-recipient)[ \t]*:(.*)",
        opened.feedback,
    )
    for address in people.addresses(" ".join(named)):
        yield Failure(address)


def _evidence(opened: Opened) -> Evidence:
    to = [a for name in _ENVELOPES for a in people.addresses(" ".join(fields(opened.head, name)))]
    from_ = [a for name in _SENDERS for a in people.addresses(field(opened.returned, name))]
    told = re.findall(r"(?im)^(?:original-mail-from|original-envelope-id)[ \t]*:(.*)",
                      f"{opened.feedback}\n{opened.status}")  # fmt: skip
    from_ += people.addresses(" ".join(told))
    links = re.findall(r"<([^<>\s]+)>", " ".join(fields(opened.returned, "list-unsubscribe")))
    ids = [
        i
        for value in fields(opened.returned, "message-id")
        for i in re.findall(r"<[^<>\s]+>", value)
    ]
    return Evidence(tuple(dict.fromkeys([*to, *from_])), tuple(ids), tuple(links))
