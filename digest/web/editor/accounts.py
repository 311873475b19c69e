"""One's own account, and for admins everybody's."""

from __future__ import annotations

import re
from http import HTTPStatus

import segno
from markupsafe import Markup
from starlette.responses import Response

from digest.core import totp
from digest.core.account import Role
from digest.errors import UsageError
from digest.jobs.seats import new_secret
from digest.web.editor.place import SESSION, SESSION_SECONDS
from digest.web.editor.routing import Page
from digest.web.editor.visit import Visit

_SECRET = re.compile(r"[A-Z2-7]{32}")
_NOT_YOURS = "That is not your present password; nothing was changed."
_NO_CODE = (
    "That is not the code that your app shows for this secret now; nothing was changed. Check the"
    " clock of your phone."
)


def show_own(visit: Visit) -> Response:
    """Show one's own account."""
    return visit.page("account", wrong="")


def set_password(visit: Visit) -> Response:
    """Choose a password; every browser has to sign in anew, but for this one."""
    if not _is_present(visit):
        return visit.page("account", HTTPStatus.FORBIDDEN, wrong=_NOT_YOURS)
    if visit.form.raw("new") != visit.form.raw("again"):
        raise UsageError("the two new passwords are not the same; nothing was changed")
    visit.house.seats.password(visit.by, visit.form.raw("new"), visit.by)
    response = visit.go("account/", "Your password is set. Other browsers have to sign in again.")
    secret = visit.house.sign_in.anew(visit.account, "password")
    visit.place.remember(response, SESSION, secret, visit.request, seconds=SESSION_SECONDS)
    return response


def offer_codes(visit: Visit) -> Response:
    """Show a fresh secret for an app; it counts once a code proved that the app has it."""
    return _secret(visit, new_secret())


def turn_codes_on(visit: Visit) -> Response:
    """Ask for codes from now on, and show what stands in for a lost phone."""
    if not _SECRET.fullmatch(secret := visit.form.text("secret")):
        raise UsageError("that is no secret of this desk; open the page again")
    step = totp.accepted(secret, visit.form.text("code"), visit.house.clock.now(), 0)
    if step is None:
        return _secret(visit, secret, HTTPStatus.FORBIDDEN, wrong=_NO_CODE)
    return visit.page("recovery", codes=visit.house.seats.protect(visit.by, secret, step))


def turn_codes_off(visit: Visit) -> Response:
    """Ask for codes no more."""
    if not _is_present(visit):
        return visit.page("account", HTTPStatus.FORBIDDEN, wrong=_NOT_YOURS)
    visit.house.seats.unprotect(visit.by, visit.by)
    return visit.go("account/", "No codes are asked for any more.")


def show_all(visit: Visit) -> Response:
    """Show who sits at the desk."""
    return visit.page(
        "accounts", accounts=visit.house.seats.all(), roles=list(Role), link="", of=""
    )


def add(visit: Visit) -> Response:
    """Give somebody an account, and show the link that opens it."""
    role = _role(visit.form.text("role"))
    account = visit.house.seats.add(visit.form.text("name"), role, visit.by)
    return _with_link(visit, account.name)


def change_role(visit: Visit) -> Response:
    """Let somebody do more, or less."""
    name, role = visit.path("name"), _role(visit.form.text("role"))
    visit.house.seats.role(name, role, visit.by)
    return visit.go("accounts/", f"{name} is {role.value} now.")


def make_link(visit: Visit) -> Response:
    """Show a fresh link for somebody."""
    return _with_link(visit, visit.path("name"))


def sign_out(visit: Visit) -> Response:
    """End every session of somebody."""
    visit.house.seats.sign_out(visit.path("name"), visit.by)
    return visit.go("accounts/", f"{visit.path('name')} is signed out everywhere.")


def remove(visit: Visit) -> Response:
    """Take somebody's account away."""
    visit.house.seats.remove(visit.path("name"), visit.by)
    return visit.go("accounts/", f"{visit.path('name')} has no account any more.")


def _is_present(visit: Visit) -> bool:
    """Whether the present password was given, or there is none yet."""
    if not visit.account.password:
        return True
    return visit.house.seats.is_password(visit.account, visit.form.raw("present"))


def _secret(visit: Visit, secret: str, status: int = HTTPStatus.OK, *, wrong: str = "") -> Response:
    address = totp.address(secret, visit.by, visit.house.site.name)
    drawn = segno.make(address, micro=False).svg_inline(scale=5, border=3, svgclass="qr")
    picture = Markup(drawn)  # noqa: S704 - drawn here: squares, and nothing of what was typed
    spaced = " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
    return visit.page("codes", status, secret=secret, spaced=spaced, picture=picture, wrong=wrong)


def _with_link(visit: Visit, name: str) -> Response:
    link = f"{visit.house.site.url}/editor/link/{visit.house.seats.link(name, visit.by)}"
    accounts = visit.house.seats.all()
    return visit.page("accounts", accounts=accounts, roles=list(Role), link=link, of=name)


def _role(text: str) -> Role:
    try:
        return Role(text)
    except ValueError:
        raise UsageError(f'no role "{text}"; expected one of {", ".join(Role)}') from None


# The job keeps the record itself, since the command line does the same.
PAGES = (
    Page("account/", Role.VIEWER, show=show_own),
    Page("account/password", Role.VIEWER, act=set_password),
    Page("account/codes", Role.VIEWER, show=offer_codes, act=turn_codes_on),
    Page("account/codes/off", Role.VIEWER, act=turn_codes_off),
    Page("accounts/", Role.ADMIN, show=show_all, act=add),
    Page("accounts/{name}/role", Role.ADMIN, act=change_role),
    Page("accounts/{name}/link", Role.ADMIN, act=make_link),
    Page("accounts/{name}/sign-out", Role.ADMIN, act=sign_out),
    Page("accounts/{name}/remove", Role.ADMIN, act=remove),
)
