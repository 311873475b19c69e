"""Where the desk is, and what a browser keeps of it: paths, cookies, style sheet and script."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from http import HTTPStatus
from typing import Literal
from urllib.parse import urlsplit

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from digest.core.account import LONGEST
from digest.core.newsletter import Site
from digest.renderers.templating import Templates

SESSION = "digest_desk"
VISIT = "digest_visit"
"""Of a browser that has not signed in: what its forms are bound to."""
SAID = "digest_said"
TICKET = "digest_openid"
"""Of a browser that is at a provider of identities."""

_FILES: dict[str, tuple[str, str]] = {
    "desk.css": ("style/desk.css", "text/css; charset=utf-8"),
    "desk.js": ("editor/desk.js", "text/javascript; charset=utf-8"),
    "draft.css": ("style/draft.css", "text/css; charset=utf-8"),
    "draft.js": ("editor/draft.js", "text/javascript; charset=utf-8"),
}
_FOR_A_YEAR = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class Place:
    """The desk of one site.

    Attributes:
        root: path of the site's front page, ending in a slash.
        origin: of the site's public address.
        assets: addresses of style sheet and script, by their names.
    """

    root: str
    origin: str
    assets: dict[str, str]

    @property
    def desk(self) -> str:
        """Path of the desk, ending in a slash."""
        return f"{self.root}editor/"

    def remember(
        self, response: Response, name: str, value: str, request: Request, *, seconds: int
    ) -> None:
        """Give the browser a cookie that goes to the desk only, and to no script."""
        response.set_cookie(
            name,
            value,
            max_age=seconds,
            path=self.desk,
            secure=self._is_private(request),
            httponly=True,
            samesite=_SAME_SITE,
        )

    def forget(self, response: Response, name: str) -> None:
        """Take a cookie back."""
        response.delete_cookie(name, path=self.desk, httponly=True, samesite=_SAME_SITE)

    def is_own(self, request: Request) -> bool:
        """Whether a request says that it comes from a page of this site.

        Browsers tell the origin with every POST (Fetch standard, "append a request Origin
        header"), so one without is not believed.
        """
        told = request.headers.get("origin", "")
        return told in {self.origin, f"{request.url.scheme}://{request.headers.get('host', '')}"}

    def _is_private(self, request: Request) -> bool:
        """Whether a cookie may be marked for TLS only: the browser would send it back."""
        is_public = request.headers.get("host", "") == urlsplit(self.origin).netloc
        return request.url.scheme == "https" or (is_public and self.origin.startswith("https:"))


_SAME_SITE: Literal["lax"] = "lax"
"""Links in mails to editors lead in; nothing that is posted from elsewhere does."""

SESSION_SECONDS = int(LONGEST.total_seconds())


def place(site: Site, templates: Templates) -> Place:
    """Find out where the desk of a site is."""
    at = urlsplit(site.url)
    root = f"{at.path}/"
    assets = {name: f"{root}editor/static/{name}?v={_mark(templates, name)}" for name in _FILES}
    return Place(root, f"{at.scheme}://{at.netloc}", assets)


def static(templates: Templates) -> Route:
    """Give the route of style sheet and script; their addresses change with their content."""

    def show(request: Request) -> Response:
        name = request.path_params["name"]
        if name not in _FILES:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        headers = {"cache-control": _FOR_A_YEAR}
        return Response(_text(templates, name), media_type=_FILES[name][1], headers=headers)

    return Route("/editor/static/{name}", show, name="editor static")


def _text(templates: Templates, name: str) -> str:
    file = _FILES[name][0]
    # A script is no template: nothing in it may depend on values.
    return templates.render(file) if name.endswith(".css") else templates.source(file)[0]


def _mark(templates: Templates, name: str) -> str:
    return hashlib.sha256(_text(templates, name).encode()).hexdigest()[:8]
