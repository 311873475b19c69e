"""The jobs that an engine runs, by name: what each is given, where it waits, what it excludes."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from digest.core.edition import EditionId
from digest.ports import Argument, Call

SOURCES: Final = "sources"
"""Collecting."""
EDITIONS: Final = "editions"
"""Composing; a queue of its own, so that it waits for no slow source but those under way."""
PAGES: Final = "pages"
"""Publishing: where the published folder is."""
LETTERS: Final = "letters"
"""Handing off: where the mail server is near."""

NOTES: Final = "notes"
"""Letters to single people; a queue of its own, so that none waits until an edition is out."""

LANES: Final = {SOURCES: 4, EDITIONS: 1, PAGES: 1, LETTERS: 1, NOTES: 1}
"""How many jobs at a time one process runs of each queue: of letters one, since more threads give
no more processor; of editions and pages one, since they exclude each other anyway."""


def collect(source: str) -> Call:
    """Collect a source, if it is due by then."""
    return _call("collect", SOURCES, source=source)


def compose(newsletter: str, slot: datetime) -> Call:
    """Make the edition of a slot.

    One at a time in the whole house: each first collects what is due, and one that came second
    would find the sources taken but not yet read.
    """
    return _call("compose", EDITIONS, EDITIONS, newsletter=newsletter, slot=slot.isoformat())


def release(edition: EditionId) -> Call:
    """Let an edition out that goes by itself, if its time has come."""
    return _call("release", EDITIONS, edition=edition)


def publish() -> Call:
    """Bring pages and feeds up to date.

    One at a time in the whole house: what was rendered first must not be written last.
    """
    return _call("publish", PAGES, PAGES)


def send(edition: EditionId) -> Call:
    """Put the pages of an edition in place, then have its letters handed off."""
    return _call("send", PAGES, PAGES, edition=edition)


def deliver(edition: EditionId, shard: int) -> Call:
    """Hand off what is due of an edition, beside the same with other numbers.

    The number names no part of the readers: each claims what is still due.
    """
    return _call("deliver", LETTERS, edition=edition, shard=shard)


def notes() -> Call:
    """Write to single people who wait for a letter, and hand it off."""
    return _call("notes", NOTES, NOTES)


def _call(job: str, queue: str, lock: str = "", /, **arguments: Argument) -> Call:
    call = Call(job, tuple(arguments.items()), queue, lock)
    return call if lock else Call(job, call.arguments, queue, call.key)
