"""Letters to single people for tests."""

from __future__ import annotations

from digest.core.note import NewNote, NoteBody
from digest.core.sender import Sender
from digest.jobs.notes import SendNotes
from digest.ports import Clock, Mailer, Store


def a_body(**over: str) -> NoteBody:
    fields = {
        "subject": "Please confirm",
        "text": "Confirm: https://digest.example.org/confirm/x\n",
        "html": '<p><a href="https://digest.example.org/confirm/x">Confirm</a></p>\n',
    }
    return NoteBody(**{**fields, **over})


def a_note(number: int = 1, **over: object) -> NewNote:
    fields: dict[str, object] = {
        "kind": "confirm",
        "occasion": f"request {number}",
        "address": f"reader{number}@example.net",
        "body": a_body(),
    }
    return NewNote(**{**fields, **over})  # type: ignore[arg-type] # the caller names the fields


def a_sending(store: Store, clock: Clock, mailer: Mailer, **over: object) -> SendNotes:
    fields: dict[str, object] = {
        "sender": Sender("Riverbank", "digest@example.org", "bounces@example.org", b"k" * 32),
        "gate": OpenGate(),
    }
    return SendNotes(store, clock, mailer, **{**fields, **over})  # type: ignore[arg-type] # the caller names the fields


class OpenGate:
    """Lets every letter out, but for those to some addresses."""

    def __init__(self, *closed: str) -> None:
        self._closed = closed

    def may_be_mailed(self, address: str) -> bool:
        return address not in self._closed
