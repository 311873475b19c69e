"""How pages of this house answer: never kept, never passed on."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Protocol

from starlette.responses import HTMLResponse, Response

from subscribers.errors import BadTokenError, GoneError, TooManyError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from subscribers.errors import PeopleError

HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex",
}
"""On every answer: the address of the page is a key, so it must not be kept or passed on."""

_STATUS = {
    BadTokenError: HTTPStatus.NOT_FOUND,
    GoneError: HTTPStatus.GONE,
    TooManyError: HTTPStatus.TOO_MANY_REQUESTS,
}


class Render(Protocol):
    """Renders a template to HTML."""

    def __call__(self, template: str, /, **values: object) -> str:
        """Render; every value is escaped."""
        ...


class Answers:
    """Makes answers of templates."""

    def __init__(self, render: Render) -> None:
        self._render = render

    def page(
        self,
        template: str,
        /,
        status: int = HTTPStatus.OK,
        headers: Mapping[str, str] | None = None,
        **values: object,
    ) -> Response:
        """Answer with a page."""
        html = self._render(f"page/{template}.html", **values)
        return HTMLResponse(html, status, {**HEADERS, **(headers or {})})

    def text(self, template: str) -> str:
        """Give a text that is no page."""
        return self._render(template)

    def notice(
        self,
        title: str,
        *paragraphs: str,
        status: int = HTTPStatus.OK,
        may_return: bool = False,
    ) -> Response:
        """Answer with a short word.

        Args:
            title: the word.
            paragraphs: more of it.
            status: of the answer.
            may_return: a link leads back to the form, which has the same address.
        """
        return self.page(
            "notice", status, title=title, paragraphs=paragraphs, may_return=may_return
        )

    def refusal(self, error: PeopleError) -> Response:
        """Answer with why not."""
        status = _STATUS.get(type(error), HTTPStatus.UNPROCESSABLE_ENTITY)
        title = "Not found" if status is HTTPStatus.NOT_FOUND else "Not now"
        return self.notice(title, str(error), status=status)
