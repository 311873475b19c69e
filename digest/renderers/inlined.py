"""HTML letters as templates with their CSS inlined, made anew only when a file of one changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from digest.renderers.flattening import Flat, flatten
from digest.renderers.inlining import inlined

if TYPE_CHECKING:
    from jinja2 import Template

    from digest.renderers.templating import Templates


class _Letter(NamedTuple):
    """An HTML template ready to render, and what it was made from."""

    flat: Flat
    template: Template


class InlinedTemplates:
    """Keeps them by name; guard it where several threads ask."""

    def __init__(self, templates: Templates) -> None:
        self._templates = templates
        self._letters: dict[str, _Letter] = {}

    def template(self, name: str) -> Template:
        """Give the template, flattened to one file and inlined.

        Raises:
            RenderError: it is missing or wrong.
        """
        known = self._letters.get(name)
        if known and all(fresh() for fresh in known.flat.fresh):
            return known.template
        flat = flatten(name, self._templates.source)
        template = self._templates.compiled(inlined(flat.text, name), name)
        self._letters[name] = _Letter(flat, template)
        return template
