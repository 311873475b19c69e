"""What a page of the desk is given, and how it answers."""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from http import HTTPStatus

from markupsafe import Markup
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from digest.core.account import Account, Role
from digest.jobs.sign_in import Visitor
from digest.web.editor.csrf import FIELD
from digest.web.editor.forms import Form
from digest.web.editor.navigation import NAVIGATION
from digest.web.editor.place import SAID, Place
from digest.wiring import House

_NUMBER = re.compile(r"[0-9]{1,18}")
"""What a column of 64 bits can hold."""
_LONGEST_WORD = 500
_SAID_FOR = 60
"""Seconds within which the page after an act is opened."""


@dataclass(frozen=True)
class Visit:
    """One request to the desk, by somebody who may make it.

    Attributes:
        visitor: who is signed in; ``None`` on the pages that lead in.
        form: what was posted; empty for GET.
        token: for the forms of the answer, against requests forged by other sites.
    """

    request: Request
    house: House
    place: Place
    visitor: Visitor | None
    form: Form
    token: str

    @property
    def account(self) -> Account:
        """Who is signed in; only on pages that ask for a role."""
        assert self.visitor, "this page asks for no role"
        return self.visitor.account

    @property
    def by(self) -> str:
        """The name under which acts are noted."""
        return self.account.name

    def path(self, name: str) -> str:
        """A part of the address that the route names."""
        return str(self.request.path_params[name])

    def number(self, name: str) -> int:
        """A part of the address that is a number.

        Raises:
            HTTPException: 404, it is none.
        """
        if not _NUMBER.fullmatch(text := self.path(name)):
            raise HTTPException(HTTPStatus.NOT_FOUND)
        return int(text)

    def asked(self, name: str, default: str = "") -> str:
        """A value after the question mark of the address."""
        return self.request.query_params.get(name, default)

    def may(self, role: str) -> bool:
        """Whether who is signed in may do what asks for a role."""
        return bool(self.visitor and self.visitor.account.role.may(Role(role)))

    def page(self, template: str, status: int = HTTPStatus.OK, /, **values: object) -> HTMLResponse:
        """Answer with a page made of ``templates/editor/<template>.html``.

        Raises:
            RenderError: the template is wrong.
        """
        text = self.house.templates.render(f"editor/{template}.html", **self._known, **values)
        response = HTMLResponse(text, status)
        if self._said:
            self.place.forget(response, SAID)
        return response

    def go(self, path: str, said: str = "") -> Response:
        """Lead on to another page of the desk after an act.

        Args:
            path: below the desk, such as ``sources/``.
            said: what was done, as a sentence that the next page shows once.
        """
        response = RedirectResponse(self.place.desk + path, HTTPStatus.SEE_OTHER)
        if said:
            word = urlsafe_b64encode(said[:_LONGEST_WORD].encode()).decode()
            self.place.remember(response, SAID, word, self.request, seconds=_SAID_FOR)
        return response

    @cached_property
    def _known(self) -> Mapping[str, object]:
        """What every template knows."""
        return {
            "root": self.place.root,
            "desk": self.place.desk,
            "assets": self.place.assets,
            "here": self.request.url.path.removeprefix("/editor/"),
            "navigation": [each for each in NAVIGATION if self.may(each.role)],
            "account": self.visitor.account if self.visitor else None,
            "may": self.may,
            "token": self.token,
            "csrf": self._field,
            "said": self._said,
            "now": self.house.clock.now(),
            "zone": self.house.site.timezone,
        }

    def _field(self) -> Markup:
        """The hidden field that every form of the desk has: ``{{ csrf() }}``."""
        return Markup('<input type="hidden" name="{}" value="{}">').format(FIELD, self.token)

    @cached_property
    def _said(self) -> str:
        try:
            return urlsafe_b64decode(self.request.cookies.get(SAID, "")).decode()
        except ValueError:
            return ""
