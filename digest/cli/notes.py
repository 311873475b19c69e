"""What became of letters to single people, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from digest.jobs.notes import NotesReport


def described_notes(report: NotesReport) -> str:
    """Say it in one line; empty when there was nothing to send."""
    said = (
        (report.accepted, "handed off"),
        (report.deferred, "to be tried again"),
        (report.refused, "refused"),
        (report.cancelled, "not sent"),
    )
    return ", ".join(f"{count} {what}" for count, what in said if count)
