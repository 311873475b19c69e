"""Editors hear of a draft that waits for them."""

from __future__ import annotations

from dataclasses import replace

from digest.core.newsletter import Approval
from digest.jobs.notes import Post
from digest.jobs.telling import TellEditors
from digest.renderers.note import TemplateNoteRenderer
from digest.storage import Database
from tests.builders import MONDAY, a_newsletter
from tests.newsroom import Newsroom
from tests.proofing import TEMPLATES


def test_each_editor_is_written_to_once(store: Database) -> None:
    """With where to look and why it waits; a second reason is a second note."""
    plan = a_newsletter(approval=Approval.MANUAL, editors=("a@example.org", "b@example.org"))
    room = Newsroom(store, plan)
    post = Post(store, room.clock, str)
    tell = TellEditors(
        post, TemplateNoteRenderer(TEMPLATES), room.plans, "https://digest.example.org/editor/"
    )
    room.assemble = replace(room.assemble, release=replace(room.release, tell=tell))
    room.sources["library"].show(1)
    room.look()
    edition = room.make().edition
    record = room.record(edition)
    with store.begin() as work:
        tell(work, record, "")
        tell(work, record, "a check blocks it: a link leads nowhere")
    with store.begin() as work:
        notes = work.notes.claim("w", MONDAY, MONDAY, 10).notes
    assert sorted(note.address for note in notes) == 2 * ["a@example.org"] + 2 * ["b@example.org"]
    assert {note.body.subject for note in notes} == {"The Riverbank Weekly waits for you"}
    assert all(f"/editor/editions/{edition}/" in note.body.text for note in notes)
    assert sum("A check blocks it: a link leads nowhere" in note.body.html for note in notes) == 2
