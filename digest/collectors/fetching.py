"""The one HTTP client: polite, bounded, and unable to reach private networks."""

from __future__ import annotations

import re
from contextlib import contextmanager
from datetime import UTC, datetime
from http import HTTPStatus
from http.cookiejar import CookieJar, DefaultCookiePolicy
from types import MappingProxyType
from typing import TYPE_CHECKING, Self

import httpx2

from digest.collectors.dialling import VettedTransport, deadline
from digest.collectors.freshness import wait
from digest.collectors.page import Page
from digest.errors import FetchError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import timedelta
    from types import TracebackType

    from digest.config import CollectSettings

REDIRECTS = 5
_USER_AGENT = "digest-publisher/0.1"
_PERMANENT_MOVES = frozenset({301, 308})
_MOVES = frozenset({301, 302, 303, 307, 308})
# Client errors that another time may mend: Request Timeout, Conflict, Too Early, Too Many Requests.
_PASSING = frozenset({408, 409, 425, 429})
_ERRNO = re.compile(r"\[Errno -?\d+\] ")
_ADVICE = {
    401: "it wants a password",
    403: "it refuses us",
    404: "nothing is there; check the address",
    410: "it is gone for good; remove the source",
    429: "we asked too often",
}


class Fetcher:
    """Gets pages; one for the whole process, from any thread.

    Every redirect is followed by hand, so that each hop is vetted, counted and told apart as
    permanent or passing. No cookie is kept, no proxy or password is read from the environment.
    """

    def __init__(self, settings: CollectSettings) -> None:
        self._settings = settings
        self._client = httpx2.Client(
            transport=VettedTransport(settings.allow_private, httpx2.create_ssl_context()),
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
            headers={"User-Agent": settings.user_agent or _USER_AGENT},
            timeout=settings.timeout.total_seconds(),
            trust_env=False,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close every connection."""
        self._client.close()

    def fetch(
        self,
        url: str,
        *,
        etag: str = "",
        last_modified: str = "",
        accept: str = "*/*",
        max_size: int | None = None,
    ) -> Page:
        """Get a page (see :class:`~digest.collectors.page.Fetches`).

        Raises:
            FetchError: with a sentence, and whether trying again can help.
        """
        known = {"If-None-Match": etag, "If-Modified-Since": last_modified}
        headers = {"Accept": accept} | {name: value for name, value in known.items() if value}
        limit = self._settings.max_size if max_size is None else max_size
        with _told(url), deadline(self._settings.timeout.total_seconds()):
            at, codes = httpx2.URL(url), list[int]()
            while len(codes) <= REDIRECTS:
                with self._client.stream("GET", at, headers=headers) as answer:
                    if answer.status_code not in _MOVES:
                        return _page(answer, limit, codes)
                    at = _target(at, answer)
                    codes.append(answer.status_code)
                headers = {"Accept": accept}
        raise FetchError(f"{shown(url)} redirects more than {REDIRECTS} times", permanent=True)

    def ask(
        self,
        url: str,
        fields: Mapping[str, str] | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        max_size: int,
    ) -> tuple[int, bytes]:
        """Ask a service that the site's owner trusts; no redirect is followed.

        Args:
            url: of the service.
            fields: posted as a form; ``None``: GET.
            headers: of the request.
            max_size: octets of an answer.

        Returns:
            Status and body, whatever they are.

        Raises:
            FetchError: it cannot be reached, or says too much.
        """
        method = "GET" if fields is None else "POST"
        with _told(url), deadline(self._settings.timeout.total_seconds()):
            sent = {"Accept": "application/json", **(headers or {})}
            with self._client.stream(method, url, data=fields, headers=sent) as answer:
                return answer.status_code, _body(answer, max_size)


def shown(url: str) -> str:
    """The address without what may be secret: user name, password, query."""
    return re.sub(r"[?#].*|(?<=//)[^/@]*@", "", url, flags=re.DOTALL)


def _target(at: httpx2.URL, answer: httpx2.Response) -> httpx2.URL:
    target = at.join(answer.headers.get("location", ""))
    if target.scheme not in {"http", "https"} or not target.host:
        raise FetchError(
            f"{shown(str(at))} redirects to {shown(str(target))}, which is not http or https",
            permanent=True,
        )
    return target


def _page(answer: httpx2.Response, limit: int, moves: list[int]) -> Page:
    headers = {name.lower(): value for name, value in answer.headers.items()}
    stay_away = wait(headers, datetime.now(UTC))
    unchanged = answer.status_code == HTTPStatus.NOT_MODIFIED
    if not unchanged and answer.status_code != HTTPStatus.OK:
        raise _refusal(answer, stay_away)
    for_good = _PERMANENT_MOVES.issuperset(moves)
    return Page(
        url=str(answer.url),
        body=b"" if unchanged or not limit else _body(answer, limit),
        unchanged=unchanged,
        media_type=headers.get("content-type", "").partition(";")[0].strip().lower(),
        charset=answer.charset_encoding or "",
        etag=headers.get("etag", "") if for_good else "",
        last_modified=headers.get("last-modified", "") if for_good else "",
        wait=stay_away,
        permanent_url=str(answer.url) if moves and for_good else "",
        next_url=answer.links.get("next", {}).get("url", ""),
        headers=MappingProxyType(headers),
    )


def _body(answer: httpx2.Response, limit: int) -> bytes:
    """Read at most ``limit`` decompressed bytes; httpx2 inflates in pieces of 1 MiB at most."""
    body = bytearray()
    for piece in answer.iter_bytes():
        body += piece
        if len(body) > limit:
            raise FetchError(
                f"{shown(str(answer.url))} is larger than {limit:,} bytes; when this is meant,"
                " raise max_size in [collect]",
                permanent=True,
            )
    return bytes(body)


def _refusal(answer: httpx2.Response, stay_away: timedelta | None) -> FetchError:
    code = answer.status_code
    phrase = f"{code} {answer.reason_phrase}".strip()
    advice = _ADVICE.get(code, "")
    return FetchError(
        f"{shown(str(answer.url))} answered {phrase}" + (advice and f": {advice}"),
        permanent=answer.is_client_error and code not in _PASSING,
        wait=stay_away,
    )


@contextmanager
def _told(url: str) -> Iterator[None]:
    """Turn the client's exceptions into sentences."""
    name = shown(url)
    try:
        yield
    except httpx2.TimeoutException:
        raise FetchError(f"{name} did not answer in time") from None
    except (httpx2.InvalidURL, httpx2.UnsupportedProtocol, UnicodeError) as error:
        raise FetchError(f"{name} is no address to fetch: {error}", permanent=True) from None
    except httpx2.DecodingError:
        raise FetchError(f"{name} sent a damaged compressed body") from None
    except httpx2.ProtocolError as error:
        raise FetchError(f"{name} does not speak HTTP as it should: {error}") from None
    except httpx2.TransportError as error:
        raise FetchError(f"{name} cannot be reached: {_ERRNO.sub('', str(error))}") from None
