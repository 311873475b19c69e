"""Letters to single people: subject, text and HTML from the templates of their kind."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from digest.core.hygiene import line
from digest.core.note import NoteBody
from digest.renderers.inlined import InlinedTemplates

if TYPE_CHECKING:
    from digest.renderers.templating import Templates


class TemplateNoteRenderer:
    """Renders ``email/<kind>/{subject.txt,body.txt,body.html}``; safe to use from any thread."""

    def __init__(self, templates: Templates) -> None:
        self._templates = templates
        self._inlined = InlinedTemplates(templates)
        self._lock = threading.Lock()

    def body(self, kind: str, language: str, /, **values: object) -> NoteBody:
        """Render; see :class:`digest.ports.NoteRenderer`."""
        folder = f"email/{kind}"
        known = {"leave_url": "", **values, "language": language}
        subject = line(self._templates.render(f"{folder}/subject.txt", **known))
        known["subject"] = subject
        with self._lock:
            html = self._inlined.template(f"{folder}/body.html")
        return NoteBody(
            subject=subject,
            text=self._templates.render(f"{folder}/body.txt", **known),
            html="".join(self._templates.pieces(html, known)),
            leave_url=str(known["leave_url"]),
        )
