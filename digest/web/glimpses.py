"""What is previewed, for frames of the desk: on addresses that carry no session and end soon.

``/preview/<token>/<look>/letter.html`` and ``…/site/<path>``. The token says what may be seen
(:mod:`digest.web.capability`); the look is how: as it is, or as a reader in light or dark
sees it, and without pictures. No script runs there, nothing is sent from there, nothing is kept.
"""

from __future__ import annotations

import re
from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from digest.core.artifact import Artifact
from digest.errors import DigestError, StorageError
from digest.web.capability import Glimpse, opened
from digest.wiring import House

LOOKS = ("own", "light", "dark")
BARE = "-bare"
"""Behind a look: without pictures."""

_DARK = re.compile(rb"@media \(prefers-color-scheme: dark\)")
_BOTH = re.compile(rb'(color-scheme(?:s)?(?:" content="|: ?))light dark')
_POLICY = (
    "default-src 'none'; style-src 'self' 'unsafe-inline'; img-src {images}; form-action 'none'; "
    "base-uri 'none'; frame-ancestors 'self'; sandbox"
)
_HEADERS = {
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
    "x-robots-tag": "noindex",
    "cross-origin-resource-policy": "cross-origin",  # the frame has an origin of its own: none
}


def route(house: House) -> Route:
    """Give the route."""

    def show(request: Request) -> Response:
        params = request.path_params
        look, bare = params["look"].removesuffix(BARE), params["look"].endswith(BARE)
        glimpse = opened(house.store.key(), params["token"], house.clock.now())
        if glimpse is None or look not in LOOKS:
            raise HTTPException(HTTPStatus.NOT_FOUND, "This preview is over; load the page again.")
        try:
            found = _document(house, glimpse, params["path"])
        except StorageError:
            raise
        except DigestError as error:
            return PlainTextResponse(f"{error}\n", HTTPStatus.CONFLICT, _HEADERS | _policy(bare))
        body = as_seen(found.body, look)
        return Response(body, headers=_HEADERS | _policy(bare), media_type=found.media_type)

    return Route("/preview/{token}/{look}/{path:path}", show, name="preview")


def as_seen(body: bytes, look: str) -> bytes:
    """What a page or letter is for a reader who wants light or dark, whatever this browser wants.

    Only the conditions are changed that ask for it; ``own`` leaves every byte as it is.
    """
    if look not in {"light", "dark"}:
        return body
    body = _DARK.sub(b"@media all" if look == "dark" else b"@media not all", body)
    return _BOTH.sub(rb"\g<1>" + look.encode(), body)


def _policy(bare: bool) -> dict[str, str]:  # noqa: FBT001 - private, says what the look says
    images = "'none'" if bare else "'self' https: data:"
    return {"content-security-policy": _POLICY.format(images=images)}


def _document(house: House, glimpse: Glimpse, path: str) -> Artifact:
    with house.store.read() as work:
        record = work.editions.get(glimpse.edition)
        if record is None:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        edition = house.preview.edition(work, record)
        if path.startswith("site/"):
            site = house.preview.pages(work, edition, house.clock.now())
            found = (each for each in site if f"site/{each.path}" == path)
        else:
            persona = house.preview.seen_by(record.newsletter, glimpse.themes, glimpse.reader)
            letter = house.preview.letter(record, edition, house.clock.now(), persona)
            found = (each for each in letter if each.path == path)
        document = next(found, None)
    if document is None:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return document
