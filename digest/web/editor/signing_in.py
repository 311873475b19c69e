"""Ways in and out: a password, a one-time link, and signing out."""

from __future__ import annotations

import re
from http import HTTPStatus

from starlette.responses import Response

from digest.core.account import Role
from digest.web.editor.place import SESSION, SESSION_SECONDS, VISIT
from digest.web.editor.routing import Page
from digest.web.editor.visit import Visit

_WRONG = (
    "That did not open the desk. Check the name, the password and, if you use an app for codes,"
    " the code."
)
TOO_OFTEN = "Too many attempts. Wait a quarter of an hour, or ask an admin for a one-time link."
_SPENT = "This link was used already or is too old. Ask for a new one, or sign in."
_NO_PASSWORDS = "Passwords open nothing here: sign in by the button."
_PATH = re.compile(r"(?:[a-z0-9_-]+/)*[a-z0-9_-]*(?:\?[\w=&%+.-]*)?", re.ASCII)
"""A page below the desk: nothing that could lead elsewhere."""


def show_form(visit: Visit) -> Response:
    """Ask for name and password."""
    if visit.visitor:
        return visit.go(next_page(visit.asked("next")))
    return form(visit, back=visit.asked("next"))


def sign_in(visit: Visit) -> Response:
    """Let somebody in who knows the password."""
    if not visit.house.passwords_open:
        return form(visit, HTTPStatus.FORBIDDEN, wrong=_NO_PASSWORDS)
    said = visit.form
    address = visit.request.client.host if visit.request.client else ""
    name, back = said.text("name"), said.text("next")
    answer = visit.house.sign_in.by_password(name, said.raw("password"), said.text("code"), address)
    if answer.wait:
        return form(visit, HTTPStatus.TOO_MANY_REQUESTS, wrong=TOO_OFTEN, name=name, back=back)
    if not answer.secret:
        return form(visit, HTTPStatus.FORBIDDEN, wrong=_WRONG, name=name, back=back)
    return let_in(visit, answer.secret, next_page(back))


def show_link(visit: Visit) -> Response:
    """Show a button: programs that open links in mails must not use it up."""
    account = visit.house.sign_in.invited(visit.path("token"))
    if account is None:
        return form(visit, HTTPStatus.NOT_FOUND, wrong=_SPENT)
    return visit.page("link", invited=account)


def use_link(visit: Visit) -> Response:
    """Let somebody in who has a link."""
    answer = visit.house.sign_in.by_link(visit.path("token"))
    if not answer.secret:
        return form(visit, HTTPStatus.NOT_FOUND, wrong=_SPENT)
    return let_in(visit, answer.secret, "")


def sign_out(visit: Visit) -> Response:
    """End this session."""
    assert visit.visitor
    visit.house.sign_in.out(visit.visitor)
    response = visit.go("sign-in", "You are signed out.")
    visit.place.forget(response, SESSION)
    return response


def let_in(visit: Visit, secret: str, path: str) -> Response:
    """Lead on, with a session."""
    response = visit.go(path)
    visit.place.remember(response, SESSION, secret, visit.request, seconds=SESSION_SECONDS)
    visit.place.forget(response, VISIT)
    return response


def form(
    visit: Visit,
    status: int = HTTPStatus.OK,
    *,
    wrong: str = "",
    name: str = "",
    back: str = "",
) -> Response:
    """Ask who it is."""
    ways = {"passwords": visit.house.passwords_open, "provider": visit.house.identities}
    return visit.page("sign-in", status, wrong=wrong, name=name, back=next_page(back), **ways)


def next_page(path: str) -> str:
    """A page of the desk to lead on to, and nothing else."""
    return path if _PATH.fullmatch(path) and not path.startswith(("sign-in", "openid")) else ""


PAGES = (
    Page("sign-in", None, show=show_form, act=sign_in),
    Page("link/{token}", None, show=show_link, act=use_link),
    Page("sign-out", Role.VIEWER, act=sign_out),
)
