"""A note: a letter to one person that belongs to no edition.

"Please confirm", "here is your link", "a draft is ready". Few are sent, so each is written whole
and kept with its row until a server has it; then the row forgets address and words.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from digest.core import header
from digest.core.letter import Letter, opening
from digest.core.outbox import DeliveryState, Outcome, Receipt, next_try
from digest.core.quoted_printable import encode
from digest.core.refusal import is_our_fault
from digest.core.sender import Sender

GIVE_UP_AFTER = timedelta(days=2)
"""A link that comes later than that helps nobody."""


@dataclass(frozen=True, slots=True)
class NoteBody:
    """What a note says.

    Attributes:
        text: the same words as ``html``, as plain text.
        leave_url: takes the one-click POST of RFC 8058; empty where nobody is subscribed to
            anything, as before a confirmation.
    """

    subject: str
    text: str
    html: str
    leave_url: str = ""


@dataclass(frozen=True, slots=True)
class NewNote:
    """A note to be sent.

    Attributes:
        kind: such as ``confirm``; part of what names it.
        occasion: what it is about; of one kind there is one note an occasion, ever.
        address: whom it goes to.
    """

    kind: str
    occasion: str
    address: str
    body: NoteBody


@dataclass(frozen=True, slots=True)
class Note:
    """A note that a sender has claimed.

    Attributes:
        attempt: counts claims; only the attempt that was claimed may be settled (fencing).
    """

    id: int
    kind: str
    address: str
    body: NoteBody
    attempt: int
    created_at: datetime


@dataclass(frozen=True, slots=True)
class NoteSettlement:
    """What one attempt came to, and when a deferred note is due again."""

    note: int
    attempt: int
    state: DeliveryState
    reply: str = ""
    next_try: datetime | None = None


def letter_of(note: Note, sender: Sender, now: datetime) -> Letter:
    """Write the message.

    Raises:
        RenderError: the address or a link cannot stand in a message.
    """
    recipient = header.address_of(note.address)
    message_id = sender.message_id(f"note {note.kind}", note.id, 0)
    boundary = f"=_{message_id[1:33]}"
    fields = (
        f"To: <{recipient}>",
        header.date(int(now.timestamp())),
        f"Message-ID: {message_id}",
        header.named("From", sender.name, header.address_of(sender.address)),
        *_ways_out(sender, note.body.leave_url),
        "Auto-Submitted: auto-generated",
        f"Feedback-ID: notes:{note.kind}:note:{sender.feedback_name}",
        "MIME-Version: 1.0",
        header.unstructured("Subject", note.body.subject),
        f'Content-Type: multipart/alternative;\r\n boundary="{boundary}"',
    )
    content = (
        "\r\n".join(fields).encode()
        + b"\r\n"
        + opening(boundary, "plain")
        + encode(_ended(note.body.text))
        + opening(boundary, "html")
        + encode(_ended(note.body.html))
        + f"\r\n--{boundary}--\r\n".encode()
    )
    return Letter(note.id, sender.note_envelope(note.id), recipient, message_id, content)


def settlement(note: Note, receipt: Receipt, now: datetime) -> NoteSettlement:
    """Say what a receipt makes of an attempt.

    What is in doubt is sent again: a second "please confirm" with the same Message-ID harms
    nobody, one that never came keeps somebody out. What is refused because of *us* is tried
    again as well: the owner may mend it meanwhile.
    """
    state, again = DeliveryState(receipt.outcome.value), None
    ours = receipt.outcome is Outcome.REFUSED and is_our_fault(receipt.reply)
    if receipt.outcome in {Outcome.DEFERRED, Outcome.IN_DOUBT} or ours:
        again = next_try(note.attempt, now, give_up_after=GIVE_UP_AFTER, due=note.created_at)
        state = DeliveryState.DEFERRED if again else DeliveryState.REFUSED
    return NoteSettlement(note.id, note.attempt, state, receipt.reply, again)


def without_address(receipt: Receipt, address: str) -> Receipt:
    """Take the address out of a server's answer: who is forgotten must not stay in the ledger."""
    masked = header.masked(receipt.reply, address)
    return receipt if masked is receipt.reply else replace(receipt, reply=masked)


def _ways_out(sender: Sender, url: str) -> tuple[str, ...]:
    if not url:
        return ()
    return sender.ways_out(url), "List-Unsubscribe-Post: List-Unsubscribe=One-Click"


def _ended(text: str) -> str:
    return text if text.endswith("\n") else f"{text}\n"
