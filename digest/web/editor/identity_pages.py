"""Sign in by another site that knows people: there, and back."""

from __future__ import annotations

import logging
from base64 import urlsafe_b64decode, urlsafe_b64encode
from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from digest.errors import IdentityError
from digest.ports import IdentityProvider
from digest.web.editor.place import TICKET
from digest.web.editor.routing import Page
from digest.web.editor.signing_in import TOO_OFTEN, form, let_in, next_page
from digest.web.editor.visit import Visit

_SECONDS = 600
"""For how long somebody may take at the other site."""

log = logging.getLogger(__name__)


def depart(visit: Visit) -> Response:
    """Send a browser to the provider; it keeps a ticket, and the page that was wanted."""
    provider, back = _provider(visit), next_page(visit.asked("next"))
    try:
        away = provider.depart()
    except IdentityError as error:
        return _refused(visit, provider, error, back)
    response = RedirectResponse(away.url, HTTPStatus.SEE_OTHER)
    kept = f"{away.ticket} {back}"
    ticket = urlsafe_b64encode(kept.encode()).decode()
    visit.place.remember(response, TICKET, ticket, visit.request, seconds=_SECONDS)
    return response


def arrive(visit: Visit) -> Response:
    """Let in who comes back with a proof."""
    provider = _provider(visit)
    ticket, back = _kept(visit)
    address = visit.request.client.host if visit.request.client else ""
    if not visit.house.sign_in.may_come(address):
        return form(visit, HTTPStatus.TOO_MANY_REQUESTS, wrong=TOO_OFTEN, back=back)
    try:
        identity = provider.arrive(ticket, dict(visit.request.query_params))
    except IdentityError as error:
        return _refused(visit, provider, error, back)
    settings = visit.house.settings.openid
    answer = visit.house.sign_in.by_identity(identity, settings.roles if settings else {})
    response = (
        let_in(visit, answer.secret, back)
        if answer.secret
        else form(visit, HTTPStatus.FORBIDDEN, wrong=answer.refused, back=back)
    )
    visit.place.forget(response, TICKET)
    return response


def _provider(visit: Visit) -> IdentityProvider:
    provider = visit.house.identities
    if provider is None:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return provider


def _kept(visit: Visit) -> tuple[str, str]:
    try:
        kept = urlsafe_b64decode(visit.request.cookies.get(TICKET, "")).decode()
    except ValueError:
        kept = ""
    ticket, _, back = kept.partition(" ")
    return ticket, next_page(back)


def _refused(visit: Visit, provider: IdentityProvider, error: IdentityError, back: str) -> Response:
    log.warning("sign-in by %s: %s", provider.title, error)
    wrong = f"Signing in by {provider.title} did not work: {error}."
    response = form(visit, HTTPStatus.FORBIDDEN, wrong=wrong, back=back)
    visit.place.forget(response, TICKET)
    return response


PAGES = (
    Page("openid", None, show=depart),
    Page("openid/callback", None, show=arrive),
)
