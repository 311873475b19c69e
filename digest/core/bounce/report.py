"""What a message that came back says, as values."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Sort(StrEnum):
    """What a message is."""

    BOUNCE = "bounce"
    """A letter could not be delivered, or not yet."""

    COMPLAINT = "complaint"
    """A reader called a letter spam; their provider says so (RFC 5965)."""

    AUTO_REPLY = "autoreply"
    """A program answers for somebody who is away; nothing is wrong with the address."""

    OTHER = "none"
    """None of these: mail from a person, spam, the report of a delivery that went well."""


class Permanence(StrEnum):
    """Whether trying again can help."""

    PERMANENT = "permanent"
    TEMPORARY = "temporary"


@dataclass(frozen=True, slots=True)
class Failure:
    """One address that mail did not reach.

    Attributes:
        address: as the message writes it; untrusted, and empty where it is not told.
        permanence: ``None`` where nothing tells.
        status: of RFC 3463, such as ``5.1.1``; empty where none is told.
        said: the words of the server that refused, in one line; untrusted.
        is_delay: the letter still waits in a queue, nobody gave up.
    """

    address: str
    permanence: Permanence | None = None
    status: str = ""
    said: str = ""
    is_delay: bool = False


@dataclass(frozen=True, slots=True)
class Evidence:
    """What names the letter that this is about; each is untrusted until its MAC is checked.

    Attributes:
        envelopes: addresses the message was sent to, and the returned letter was sent from.
        message_ids: of the returned letter.
        links: addresses of its List-Unsubscribe.
    """

    envelopes: tuple[str, ...] = ()
    message_ids: tuple[str, ...] = ()
    links: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """All that was read out of one message.

    Attributes:
        failures: of a complaint, who complained, as far as it is told.
        subject: of the message itself, in one line; untrusted.
        name: what the provider who reports it calls it; empty: it came as a message.
    """

    sort: Sort
    failures: tuple[Failure, ...] = ()
    evidence: Evidence = Evidence()
    subject: str = ""
    name: str = ""
