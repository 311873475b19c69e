"""Stands before every page of the desk: who are you, may you, and do you mean it."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from digest.core.account import Role
from digest.errors import ConflictError, DigestError, StorageError
from digest.web.editor import csrf
from digest.web.editor.forms import Form, posted
from digest.web.editor.place import SESSION, VISIT, Place
from digest.web.editor.routing import Page
from digest.web.editor.visit import Visit
from digest.wiring import House

HEADERS = {
    # Style sheet and script are files of this site; nothing inline, nothing from elsewhere.
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "connect-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "cache-control": "no-store",
    # With no-referrer browsers would send "Origin: null" with our own forms.
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "x-robots-tag": "noindex",
}

_VISIT_SECONDS = 24 * 3600
_REFUSED = "This did not come from a page of the desk; nothing was done. Open the page again."
_SIGNED_OUT = (
    "You are not signed in any more; nothing was done. Sign in in another window, come back here,"
    " and send it again."
)


class DeskRoute(Route):
    """A route that knows its page."""

    def __init__(self, page: Page, guard: Guard) -> None:
        async def endpoint(request: Request) -> Response:
            return await guard.answer(page, request)

        super().__init__(f"/editor/{page.path}", endpoint, methods=page.methods)
        self.page = page


@dataclass(frozen=True, slots=True)
class Guard:
    """Lets visits through to their pages."""

    house: House
    place: Place

    async def answer(self, page: Page, request: Request) -> Response:
        """Answer a request, whatever it is."""
        acts = request.method == "POST"
        if acts and not self.place.is_own(request):
            return self._with_headers(
                Response(_REFUSED, HTTPStatus.FORBIDDEN, media_type="text/plain")
            )
        form = await posted(request) if acts else Form()
        response = await run_in_threadpool(self._respond, page, request, form)
        return self._with_headers(response)

    def _respond(self, page: Page, request: Request, form: Form) -> Response:
        cookie = request.cookies.get(SESSION) or request.cookies.get(VISIT) or ""
        fresh = "" if cookie else secrets.token_urlsafe()
        visit = self._visit(request, form, cookie or fresh)
        response = self._refusal(page, visit) or self._answer(page, visit)
        if fresh and not visit.visitor:
            self.place.remember(response, VISIT, fresh, request, seconds=_VISIT_SECONDS)
        return response

    def _visit(self, request: Request, form: Form, cookie: str) -> Visit:
        secret = request.cookies.get(SESSION, "")
        visitor = self.house.sign_in.who(secret) if secret else None
        token = csrf.token(self.house.store.key(), cookie)
        return Visit(request, self.house, self.place, visitor, form, token)

    def _refusal(self, page: Page, visit: Visit) -> Response | None:
        """Why a visit goes no further."""
        acts = visit.request.method == "POST"
        if page.role and not visit.visitor:
            return _problem(visit, HTTPStatus.UNAUTHORIZED, _SIGNED_OUT) if acts else _in(visit)
        if acts and not csrf.is_right(visit.token, _given(visit)):
            return _problem(visit, HTTPStatus.FORBIDDEN, _REFUSED)
        if page.role and not visit.may(page.role):
            return _problem(visit, HTTPStatus.FORBIDDEN, _beyond(page.role))
        return None

    def _answer(self, page: Page, visit: Visit) -> Response:
        endpoint = page.act if visit.request.method == "POST" else page.show
        assert endpoint, "the route lets no other method through"
        try:
            response = endpoint(visit)
        except HTTPException as error:
            return _problem(visit, error.status_code, error.detail)
        except StorageError:
            raise  # the application has its own answer: try again in a minute
        except ConflictError as error:
            return _problem(visit, HTTPStatus.CONFLICT, _sentence(error))
        except DigestError as error:
            return _problem(visit, HTTPStatus.UNPROCESSABLE_ENTITY, _sentence(error))
        if page.act is endpoint and page.deed and response.status_code < HTTPStatus.BAD_REQUEST:
            about = visit.path(page.about) if page.about else ""
            self.house.seats.note(visit.by, page.deed, about)
        return response

    @staticmethod
    def _with_headers(response: Response) -> Response:
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        return response


def _given(visit: Visit) -> str:
    return visit.form.raw(csrf.FIELD) or visit.request.headers.get(csrf.HEADER, "")


def _in(visit: Visit) -> Response:
    """Lead to where people sign in, and from there back."""
    back = visit.request.url.path.removeprefix("/editor/")
    if visit.request.url.query:
        back += f"?{visit.request.url.query}"
    where = f"{visit.place.desk}sign-in"
    return RedirectResponse(f"{where}?next={quote(back)}" if back else where, HTTPStatus.SEE_OTHER)


def _problem(visit: Visit, status: int, sentence: str) -> Response:
    return visit.page("problem", status, heading=HTTPStatus(status).phrase, sentence=sentence)


def _beyond(role: Role) -> str:
    return f"This asks for the role of {role.value}; an admin can give it to you."


def _sentence(error: DigestError) -> str:
    text = str(error)
    return text[:1].upper() + text[1:]
