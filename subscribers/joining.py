"""The pages for strangers: sign up, confirm, ask for a fresh link.

What they answer to a sign-up is the same whoever the address belongs to.
"""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from subscribers import preferences
from subscribers.answers import HEADERS, Answers
from subscribers.errors import (
    BadAddressError,
    BadTokenError,
    GoneError,
    PeopleError,
    ProofError,
    TooManyError,
)
from subscribers.forms import fields
from subscribers.requests import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from starlette.requests import Request as WebRequest

    from subscribers.desk import Desk
    from subscribers.forms import Fields
    from subscribers.model import Offer, Themes
    from subscribers.requests import Request
    from subscribers.tokens import Links

TRAP = "website"
"""A field that no person sees: who fills it in is a program, and gets the same answer."""

_WITH_SCRIPT = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
}
"""For the one page with a script, which proves work; every other page runs none."""

_PLACE = re.compile(r"/[a-z0-9/_-]{0,120}")
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8}){0,3}")
_HOUR = "3600"


def routes(desk: Desk, answers: Answers, offers: Sequence[Offer], links: Links) -> list[Route]:
    """Give ``/subscribe``, its script, ``/confirm/<token>`` and ``/preferences``."""
    pages = JoiningPages(desk, answers, offers, links)
    return [
        Route("/subscribe", pages.subscribe, methods=["GET", "POST"], name="subscribe"),
        Route("/subscribe/proof.js", pages.script, methods=["GET"], name="proof"),
        Route("/confirm/{token}", pages.confirm, methods=["GET", "POST"], name="confirm"),
        Route("/preferences", pages.link, methods=["GET", "POST"], name="link"),
    ]


class JoiningPages:
    """Makes the pages."""

    def __init__(self, desk: Desk, answers: Answers, offers: Sequence[Offer], links: Links) -> None:
        self._counter = desk.counter
        self._reception = desk.reception
        self._origins = desk.rules.origins
        self._answers = answers
        self._offers = tuple(offers)
        self._links = links

    async def subscribe(self, request: WebRequest) -> Response:
        """Show the form; take what it says."""
        if request.method != "POST":
            choices = preferences.shown(self._offers, ())
            return self._form(choices)
        said = await fields(request)
        answer = await run_in_threadpool(self._subscribe, said, _host(request), _plain(request))
        origin = request.headers.get("origin", "")
        if origin in self._origins:
            answer.headers["Access-Control-Allow-Origin"] = origin
        answer.headers["Vary"] = "Origin, Accept"
        return answer

    async def link(self, request: WebRequest) -> Response:
        """Show the form that sends a fresh link; send one."""
        if request.method != "POST":
            return self._answers.page("link", address="", problem="", challenge="")
        said = await fields(request)
        return await run_in_threadpool(self._link, said, _host(request))

    async def confirm(self, request: WebRequest) -> Response:
        """Show what a link confirms; do it when the button is pressed."""
        token = request.path_params["token"]
        act = self._confirm if request.method == "POST" else self._ask
        try:
            return await run_in_threadpool(act, token)
        except (BadTokenError, GoneError) as error:
            return self._answers.refusal(error)

    async def script(self, _request: WebRequest) -> Response:
        """Give the script that proves work."""
        text = self._answers.text("script/proof.js")
        return Response(
            text, media_type="text/javascript", headers={"Cache-Control": "public, max-age=3600"}
        )

    def _subscribe(self, said: Fields, host: str, plain: bool) -> Response:  # noqa: FBT001 - run in a thread
        choices = preferences.read(self._offers, said)
        form = dict(said)
        address = form.get("address", "").strip()
        wanted = {one.offer.newsletter: one.wanted for one in choices if one.follows}
        try:
            if not form.get(TRAP):
                self._counter.subscribe(
                    address,
                    wanted,
                    how=_where(form),
                    host=host,
                    name=form.get("name", ""),
                    language=_language(form),
                    proof=form.get("altcha", ""),
                )
        except TooManyError as error:
            return _told(error, plain) or self._too_many(error)
        except PeopleError as error:
            return _told(error, plain) or self._form(choices, address, error)
        return _told(None, plain) or self._thanks(address)

    def _form(
        self,
        choices: Sequence[preferences.Choice],
        address: str = "",
        error: PeopleError | None = None,
    ) -> Response:
        proves = isinstance(error, ProofError)
        return self._answers.page(
            "subscribe",
            _status(error),
            headers=_WITH_SCRIPT if proves else None,
            choices=choices,
            address=address,
            problem="" if proves or error is None else _sentence(error),
            challenge=self._counter.challenge() if proves else "",
        )

    def _thanks(self, address: str) -> Response:
        return self._answers.notice(
            "Please look into your mailbox",
            f"A letter is on its way to {address}. Open it and press its button: nothing is sent "
            "to you before.",
            "It has not come after ten minutes? Look into the folder for spam. One letter a day "
            "goes to each address.",
        )

    def _too_many(self, error: TooManyError) -> Response:
        answer = self._answers.refusal(error)
        answer.headers["Retry-After"] = _HOUR
        return answer

    def _link(self, said: Fields, host: str) -> Response:
        form = dict(said)
        address = form.get("address", "").strip()
        try:
            if not form.get(TRAP):
                self._counter.link(address, host=host, proof=form.get("altcha", ""))
        except TooManyError as error:
            return self._too_many(error)
        except (BadAddressError, ProofError) as error:
            proves = isinstance(error, ProofError)
            return self._answers.page(
                "link",
                _status(error),
                headers=_WITH_SCRIPT if proves else None,
                address=address,
                problem="" if proves else _sentence(error),
                challenge=self._counter.challenge() if proves else "",
            )
        return self._answers.notice(
            "Please look into your mailbox",
            f"If {address} gets letters from here, a link to its preferences is on its way.",
        )

    def _ask(self, token: str) -> Response:
        asked = self._reception.asked(token)
        if asked.confirmed_at:
            return self._done(asked.kind, "")
        return self._answers.page(
            "confirm", kind=asked.kind.value, address=asked.address, said=self._words(asked)
        )

    def _confirm(self, token: str) -> Response:
        asked = self._reception.asked(token)
        person = self._reception.confirm(token, said=self._words(asked))
        return self._done(asked.kind, self._links.preferences(person.handle))

    def _done(self, kind: Kind, preferences_url: str) -> Response:
        return self._answers.page("confirmed", kind=kind.value, preferences_url=preferences_url)

    def _words(self, asked: Request) -> str:
        """What is agreed to; it is kept as the record of consent, so it names nobody."""
        if asked.kind is Kind.ADDRESS:
            return "I want to get my letters at this address."
        titles = {offer.newsletter: offer for offer in self._offers}
        wanted = [
            _wanted(titles[slug], themes) for slug, themes in asked.wanted.items() if slug in titles
        ]
        return (
            f"I want to get {'; '.join(wanted)} by email. "
            "I can leave at any time by a link in each letter."
        )


def _wanted(offer: Offer, themes: Themes) -> str:
    if themes is None:
        return f"{offer.title} (all themes)"
    named = dict(offer.themes)
    return f"{offer.title} ({', '.join(named.get(theme, theme) for theme in themes)})"


def _told(error: PeopleError | None, plain: bool) -> Response | None:  # noqa: FBT001 - as above
    """The answer for a script, if a script asked."""
    if not plain:
        return None
    said = "A letter is on its way; please confirm by the button in it." if error is None else ""
    told = {"ok": error is None, "message": said or _sentence(error)}
    return JSONResponse(told, _status(error), HEADERS)


def _status(error: PeopleError | None) -> int:
    if error is None:
        return HTTPStatus.OK
    if isinstance(error, ProofError):
        return HTTPStatus.FORBIDDEN
    is_much = isinstance(error, TooManyError)
    return HTTPStatus.TOO_MANY_REQUESTS if is_much else HTTPStatus.UNPROCESSABLE_ENTITY


def _sentence(error: PeopleError | None) -> str:
    if isinstance(error, BadAddressError) and "is not an email address" in str(error):
        return "Please check the address: no mail can reach it as it is written."
    return str(error or "")


def _where(form: Mapping[str, str]) -> str:
    """Where the form stood, if that is a place of ours."""
    place = form.get("at", "")
    return f"form on {place}" if _PLACE.fullmatch(place) else "form"


def _language(form: Mapping[str, str]) -> str:
    language = form.get("language", "")
    return language if _LANGUAGE.fullmatch(language) else ""


def _host(request: WebRequest) -> str:
    return request.client.host if request.client else ""


def _plain(request: WebRequest) -> bool:
    return "application/json" in request.headers.get("accept", "")
