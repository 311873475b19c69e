"""An edition as email: subject, preheader, HTML and text for any selection of themes."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from digest.core.artifact import PERSONAL, EmailBody, PersonalTokens
from digest.core.hygiene import line
from digest.errors import RenderError
from digest.renderers.inlined import InlinedTemplates
from digest.renderers.links import edition_links
from digest.renderers.parts import PartStore, joined

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jinja2 import Template

    from digest.core.edition import Edition
    from digest.core.newsletter import Newsletter, Site
    from digest.renderers.templating import Templates

CLIPPED = 102_000
"""Bytes of HTML (UTF-8) from which Gmail cuts off the rest, the unsubscribe link included."""

_EDITIONS = 4
_SELECTIONS = 256


@dataclass(slots=True)
class _Rendered:
    """What was rendered of one edition so far."""

    newsletter: Newsletter
    edition: Edition
    personal: PersonalTokens
    html: Template
    text: Template
    html_parts: PartStore = field(default_factory=dict)
    text_parts: PartStore = field(default_factory=dict)
    bodies: OrderedDict[frozenset[str], EmailBody] = field(default_factory=OrderedDict)


class TemplateEmailRenderer:
    """Renders ``email/<template>/{subject.txt,preheader.txt,body.txt,body.html}``.

    Safe to use from several threads.
    """

    def __init__(self, templates: Templates, site: Site) -> None:
        self._templates = templates
        self._site = site
        self._lock = threading.Lock()
        self._inlined = InlinedTemplates(templates)
        self._rendered: list[_Rendered] = []

    def body(
        self,
        newsletter: Newsletter,
        edition: Edition,
        themes: Iterable[str] | None,
        personal: PersonalTokens,
    ) -> EmailBody:
        """Render for a reader of these themes (``None``: all); the same object for the same ones.

        Raises:
            RenderError: the template is wrong, or lost a personal stand-in.
        """
        wanted = edition.themes if themes is None else edition.themes.intersection(themes)
        with self._lock:
            rendered = self._of(newsletter, edition, personal)
            if found := rendered.bodies.get(wanted):
                rendered.bodies.move_to_end(wanted)
                return found
            body = self._render(rendered, edition.only(wanted))
            rendered.bodies[wanted] = body
            if len(rendered.bodies) > _SELECTIONS:
                rendered.bodies.popitem(last=False)
        return body

    def _of(self, newsletter: Newsletter, edition: Edition, personal: PersonalTokens) -> _Rendered:
        """What is known of this very content; the least recently used of a few is forgotten."""
        html = self._inlined.template(f"email/{newsletter.template}/body.html")
        text = self._templates.template(f"email/{newsletter.template}/body.txt")
        for known in self._rendered:
            if (
                (known.edition is edition or known.edition == edition)
                and known.newsletter == newsletter
                and known.personal == personal
                and known.html is html
                and known.text is text
            ):
                self._rendered.remove(known)
                break
        else:
            known = _Rendered(newsletter, edition, personal, html, text)
        self._rendered = [known, *self._rendered[: _EDITIONS - 1]]
        return known

    def _render(self, rendered: _Rendered, edition: Edition) -> EmailBody:
        folder = f"email/{rendered.newsletter.template}"
        values: dict[str, object] = {
            "newsletter": rendered.newsletter,
            "edition": edition,
            "language": edition.language,
            "links": edition_links(self._site, rendered.newsletter, edition),
            "personal": rendered.personal,
        }
        values["subject"] = edition.subject or self._line(f"{folder}/subject.txt", values)
        values["preheader"] = edition.preheader or self._line(f"{folder}/preheader.txt", values)
        body = EmailBody(
            subject=line(str(values["subject"])),
            preheader=line(str(values["preheader"])),
            text=self._text(rendered, values),
            html=self._html(rendered, f"{folder}/body.html", values),
        )
        _complete(f"{folder}/body.txt", body.text, rendered.personal)
        _complete(f"{folder}/body.html", body.html, rendered.personal)
        return body

    def _line(self, name: str, values: dict[str, object]) -> str:
        return line(self._templates.render(name, **values))

    def _text(self, rendered: _Rendered, values: dict[str, object]) -> tuple[str, ...]:
        values = {**values, "parts": rendered.text_parts}
        return joined(self._templates.pieces(rendered.text, values))

    def _html(self, rendered: _Rendered, name: str, values: dict[str, object]) -> tuple[str, ...]:
        with_parts = {**values, "parts": rendered.html_parts}
        try:
            return joined(self._templates.pieces(rendered.html, with_parts))
        except RenderError:
            # The inlined source has other lines; the template as it was written fails at the
            # line its author knows.
            self._templates.render(name, **values)
            raise


def _complete(name: str, parts: tuple[str, ...], personal: PersonalTokens) -> None:
    """See that no stand-in was lost, the way out above all."""
    lost = [each for each in PERSONAL if not any(getattr(personal, each) in p for p in parts)]
    if lost:
        raise RenderError(
            f"template {name}: expected {{{{ personal.{lost[0]} }}}} in what it makes"
        )
