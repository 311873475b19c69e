"""The pages behind the links in letters: rendered on the server, no script, no cookie.

GET and HEAD show and change nothing, whoever opens the link: mail scanners do. POST acts.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Protocol

from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

from subscribers import preferences
from subscribers.errors import BadTokenError
from subscribers.forms import fields

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from starlette.requests import Request

    from subscribers.forms import Fields
    from subscribers.model import Offer
    from subscribers.preferences import Choice
    from subscribers.service import People

HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex",
}
"""On every answer: the address of the page is a key, so it must not be kept or passed on."""
_ONE_CLICK = "List-Unsubscribe"


class Render(Protocol):
    """Renders a template to HTML."""

    def __call__(self, template: str, /, **values: object) -> str:
        """Render; every value is escaped."""
        ...


def routes(people: People, render: Render, offers: Sequence[Offer]) -> list[Route]:
    """Give the routes ``/preferences/<token>`` and ``/unsubscribe/<token>``.

    ``render`` knows the templates ``page/preferences.html``, ``page/unsubscribe.html`` and
    ``page/notice.html``; ``offers`` are the newsletters readers may choose, in the order to
    show them.
    """
    pages = Pages(people, render, offers)
    return [
        _route("/preferences/{token}", pages.preferences, pages.save_preferences),
        _route("/unsubscribe/{token}", pages.unsubscribe, pages.leave),
    ]


def _route(
    path: str, show: Callable[[str], Response], act: Callable[[str, Fields], Response]
) -> Route:
    async def endpoint(request: Request) -> Response:
        token = request.path_params["token"]
        if request.method == "POST":
            return await run_in_threadpool(act, token, await fields(request))
        return await run_in_threadpool(show, token)

    return Route(path, endpoint, methods=["GET", "POST"], name=path.split("/")[1])


class Pages:
    """Makes the pages."""

    def __init__(self, people: People, render: Render, offers: Sequence[Offer]) -> None:
        self._readers = people.self_service
        self._render = render
        self._offers = tuple(offers)
        self._titles = {offer.newsletter: offer.title for offer in offers}

    def preferences(self, token: str) -> Response:
        """Show what is followed and what may be."""
        try:
            reader = self._readers.subscriber(token)
        except BadTokenError:
            return self._unknown()
        choices = preferences.shown(self._offers, reader.subscriptions)
        return self._form(reader.address, choices)

    def save_preferences(self, token: str, sent: Fields) -> Response:
        """Keep what the form says."""
        choices = preferences.read(self._offers, sent)
        wanted = {choice.offer.newsletter: choice.wanted for choice in choices if choice.follows}
        try:
            if any(choice.missing for choice in choices):
                return self._form(self._readers.subscriber(token).address, choices)
            self._readers.choose(token, wanted, self._titles, how="preferences page")
        except BadTokenError:
            return self._unknown()
        if wanted:
            return self._notice("Saved", "Your next letters hold what you chose.")
        return self._notice("Saved", "You follow no newsletter now and get no more letters.")

    def unsubscribe(self, token: str) -> Response:
        """Show a button; change nothing, whoever opens the link."""
        try:
            newsletter = self._readers.newsletter(token)
        except BadTokenError:
            return self._unknown()
        return self._leaving(newsletter, "ask")

    def leave(self, token: str, sent: Fields) -> Response:
        """Leave, whatever the body holds; come back where it asks for nothing but that.

        A mail program's one-click POST (RFC 8058 §3.1) gets a plain answer, a person a page.
        """
        names = {name for name, _ in sent}
        try:
            newsletter = self._readers.newsletter(token)
            if "undo" in names and _ONE_CLICK not in names:
                back = self._readers.undo(token, how="undo on the unsubscribe page")
                return self._leaving(newsletter, "back" if back else "too-late")
            by_person = "leave" in names
            how = "unsubscribe page" if by_person else "one-click unsubscribe"
            self._readers.leave(token, how=how)
        except BadTokenError:
            return self._unknown()
        return self._leaving(newsletter, "left") if by_person else _plain()

    def _form(self, address: str, choices: list[Choice]) -> Response:
        wrong = any(choice.missing for choice in choices)
        status = HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK
        html = self._render("page/preferences.html", address=address, choices=choices)
        return HTMLResponse(html, status, HEADERS)

    def _leaving(self, newsletter: str, step: str) -> Response:
        title = self._titles.get(newsletter, newsletter)
        html = self._render("page/unsubscribe.html", newsletter=title, step=step)
        return HTMLResponse(html, headers=HEADERS)

    def _notice(self, title: str, text: str, status: int = HTTPStatus.OK) -> Response:
        html = self._render("page/notice.html", title=title, paragraphs=[text])
        return HTMLResponse(html, status, HEADERS)

    def _unknown(self) -> Response:
        return self._notice("Not found", str(BadTokenError()), HTTPStatus.NOT_FOUND)


def _plain() -> Response:
    return PlainTextResponse("Unsubscribed.\n", headers=HEADERS)
