"""Jinja, set up once for everything readers see, and the only door to it.

A template is looked for in the site's own folder, then in the installed package, then in the
repository; the first one found is used, so a site replaces any single file by one of its own.
"""

from __future__ import annotations

import hashlib
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import (
    BaseLoader,
    Environment,
    FileSystemLoader,
    StrictUndefined,
    Template,
    TemplateError,
    TemplateNotFound,
    TemplateSyntaxError,
)
from markupsafe import Markup

from digest.core.hygiene import cut, line, printable
from digest.errors import RenderError
from digest.renderers import wording
from digest.renderers.palette import palette
from digest.renderers.parts import PartTag

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from digest.core.newsletter import Site

_PACKAGE = Path(__file__).parent.parent
STYLESHEET = "style/site.css"


class Templates:
    """The templates of one site.

    Attributes:
        folders: where templates are looked for, the first one first.
    """

    def __init__(self, folders: tuple[Path, ...], site: Site) -> None:
        self.folders = folders
        self._jinja = _environment(FileSystemLoader(folders))
        try:
            colours = palette(site.accent)
        except ValueError as error:
            raise RenderError(f"the accent of the site cannot be used: {error}") from None
        self._jinja.globals.update(site=site, palette=colours)
        style = hashlib.sha256(self.render(STYLESHEET).encode()).hexdigest()[:8]
        # The address changes with the content, so that browsers may keep it for a year.
        self._jinja.globals["stylesheet"] = f"{STYLESHEET}?v={style}"

    def render(self, name: str, /, **values: object) -> str:
        """Render a template.

        Raises:
            RenderError: it is missing or wrong; the message names template and line.
        """
        return "".join(self.pieces(self.template(name), values))

    def pieces(self, template: Template, values: dict[str, object]) -> Iterator[str]:
        """Render piece by piece, so that parts come out as the objects they are.

        Raises:
            RenderError: as :meth:`render`.
        """
        try:
            yield from template.generate(values)
        except RenderError:
            raise
        except Exception as error:
            # Whatever a template's expression raised is the template's fault; the traceback
            # knows the line.
            raise self.fault(error, template.name or "") from error

    def template(self, name: str) -> Template:
        """Find and compile a template, again only when its file changed.

        Raises:
            RenderError: it is missing or has a syntax error.
        """
        try:
            return self._jinja.get_template(name)
        except TemplateError as error:
            raise self.fault(error, name) from error

    def compiled(self, source: str, name: str) -> Template:
        """Compile a source that was made from the template ``name``."""
        try:
            template = self._jinja.from_string(source)
        except TemplateError as error:
            raise self.fault(error, name) from error
        template.name = name
        return template

    def source(self, name: str) -> tuple[str, Callable[[], bool]]:
        """Read a template's source, and a question whether it is still the newest.

        Raises:
            RenderError: it is missing.
        """
        loader = self._jinja.loader
        assert isinstance(loader, BaseLoader)
        try:
            text, _, fresh = loader.get_source(self._jinja, name)
        except TemplateNotFound as error:
            raise self.fault(error, name) from error
        return text, fresh or (lambda: True)

    def fault(self, error: Exception, name: str) -> RenderError:
        """Say where a template is wrong."""
        if isinstance(error, TemplateNotFound):
            places = ", ".join(map(str, self.folders))
            return RenderError(f"there is no template {error.name}; looked in {places}")
        if isinstance(error, TemplateSyntaxError):
            where = error.name or name
            return RenderError(f"template {where}, line {error.lineno}: {error.message}")
        file, number = _place(error)
        return RenderError(
            f"template {self._named(file) or name}, line {number}: {line(str(error))}"
        )

    def _named(self, file: str) -> str:
        """What a template's file is called by other templates."""
        path = Path(file)
        inside = (path.relative_to(f) for f in self.folders if path.is_relative_to(f))
        return next((found.as_posix() for found in inside), "")


def environment(root: Path | None, site: Site) -> Templates:
    """Set up the templates of a site.

    Args:
        root: folder of ``config.toml``; its ``templates/`` comes first.
        site: who publishes; every template knows it as ``site``.
    """
    places = (_PACKAGE / "templates", _PACKAGE.parent / "templates")
    own = (root / "templates",) if root else ()
    return Templates(tuple(dict.fromkeys((*own, *places))), site)


def _environment(loader: BaseLoader) -> Environment:
    jinja = Environment(
        loader=loader,
        autoescape=_escaped,  # noqa: S701 - all but plain text
        undefined=StrictUndefined,
        finalize=_clean,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        extensions=[PartTag],
    )
    jinja.filters.update(
        away=wording.away,
        cut=cut,
        day=wording.day,
        direction=wording.direction,
        excerpt=wording.excerpt,
        dotted=wording.dotted,
        host=wording.host,
        line=line,
        listed=wording.listed,
        markdown=_late("markdown"),
        markdown_text=_late("markdown_text"),
        occasion=wording.occasion,
        paragraphs=wording.paragraphs,
        published=wording.published_date,
        safe_url=wording.safe_url,
        wrapped=wording.wrapped,
    )
    return jinja


def _late(name: str) -> Callable[[str], str]:
    """A filter whose library is loaded by the first letter that needs it."""

    def filtered(text: str) -> str:
        made: str = getattr(import_module("digest.renderers.markdown"), name)(text)
        return made

    return filtered


def _escaped(name: str | None) -> bool:
    """Escape in everything but plain text and CSS; a source without a name is HTML here.

    Jinja's own choice escapes neither sources without a name nor names that end otherwise.
    """
    return name is None or not name.endswith((".txt", ".css"))


def _clean(value: object) -> object:
    """Let no value bring a character that XML or mail cannot carry."""
    if not isinstance(value, str) or value.isprintable():
        return value
    if isinstance(value, Markup):
        return Markup(printable(value))  # noqa: S704 - it was markup, and only lost characters
    return printable(value)


def _place(error: Exception) -> tuple[str, int]:
    """File and line of the template that raised: the last frame that Jinja wrote."""
    found, trace = ("", 0), error.__traceback__
    while trace:
        if "__jinja_exception__" in trace.tb_frame.f_globals:
            found = trace.tb_frame.f_code.co_filename, trace.tb_lineno
        trace = trace.tb_next
    return found
