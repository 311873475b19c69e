from __future__ import annotations

import gzip
import socket
import threading
import zlib
from collections.abc import Callable, Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from digest.collectors.fetching import Fetcher
from digest.collectors.page import Page
from digest.config import CollectSettings
from digest.errors import FetchError

pytestmark = pytest.mark.enable_socket
Answer = Callable[[BaseHTTPRequestHandler], None]


class Site:
    """A web site on loopback that answers each path as it is told, and counts connections."""

    def __init__(self) -> None:
        self.answers: dict[str, Answer] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.connections = 0
        site = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def setup(self) -> None:
                site.connections += 1
                super().setup()

            def do_GET(self) -> None:
                headers = {name.lower(): value for name, value in self.headers.items()}
                site.asked.append((self.path, headers))
                site.answers[self.path](self)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's name
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.port = self._server.server_port
        self.url = f"http://127.0.0.1:{self.port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def says(self, path: str, body: bytes = b"", status: int = 200, **headers: str) -> None:
        def answer(request: BaseHTTPRequestHandler) -> None:
            request.send_response(status)
            for name, value in headers.items():
                request.send_header(name.replace("_", "-"), value)
            request.send_header("Content-Length", str(len(body)))
            request.end_headers()
            request.wfile.write(body)

        self.answers[path] = answer

    def drips(self, path: str, stop: threading.Event) -> None:
        """One byte now and then, for ever: no time-out between two bytes ever ends it."""

        def answer(request: BaseHTTPRequestHandler) -> None:
            request.send_response(200)
            request.end_headers()
            request.close_connection = True
            try:
                while not stop.wait(0.05):
                    request.wfile.write(b".")
                    request.wfile.flush()
            except OSError:
                return

        self.answers[path] = answer


@pytest.fixture
def site() -> Iterator[Site]:
    site = Site()
    yield site
    site.close()


@pytest.fixture
def web(site: Site) -> Iterator[Fetcher]:
    settings = CollectSettings(allow_private=(f"127.0.0.1:{site.port}",), max_size=100_000)
    with Fetcher(settings) as web:
        yield web


def refused(web: Fetcher, url: str) -> FetchError:
    with pytest.raises(FetchError) as caught:
        web.fetch(url)
    return caught.value


def test_a_page_comes_with_what_its_headers_say(site: Site, web: Fetcher) -> None:
    """Type, charset, validators, the next page and how long to wait."""
    site.says(
        "/",
        b"<p>",
        Content_Type="Text/HTML; charset=ISO-8859-1",
        ETag='W/"1"',
        Last_Modified="Mon, 23 Nov 2026 07:30:00 GMT",
        Link='</p/2>; rel="next"',
        Cache_Control="max-age=60",
    )
    page = web.fetch(f"{site.url}/")
    assert (page.body, page.media_type, page.charset) == (b"<p>", "text/html", "iso-8859-1")
    assert (page.etag, page.last_modified) == ('W/"1"', "Mon, 23 Nov 2026 07:30:00 GMT")
    assert (page.next_url, page.wait) == ("/p/2", timedelta(seconds=60))


def test_we_say_who_we_are_and_keep_no_cookie(site: Site) -> None:
    """So that a site's owner can tell whom to write to."""
    site.says("/", Set_Cookie="a=b")
    settings = CollectSettings(user_agent="us/1 (us@example.org)", allow_private=("127.0.0.1",))
    with Fetcher(settings) as web:
        web.fetch(f"{site.url}/")
        web.fetch(f"{site.url}/")
    assert [headers["user-agent"] for _, headers in site.asked] == ["us/1 (us@example.org)"] * 2
    assert "cookie" not in site.asked[1][1]


def test_validators_are_sent_back_and_an_unchanged_page_has_no_body(
    site: Site, web: Fetcher
) -> None:
    """Byte for byte as they came."""
    site.says("/", status=304)
    page = web.fetch(f"{site.url}/", etag='W/"1"', last_modified="Mon")
    assert site.asked[0][1]["if-none-match"] == 'W/"1"'
    assert site.asked[0][1]["if-modified-since"] == "Mon"
    assert page.unchanged


@pytest.mark.parametrize(
    ("codes", "permanent"),
    [((301, 308), True), ((301, 302), False), ((307,), False), ((303,), False)],
)
def test_a_move_is_permanent_when_every_hop_is(
    site: Site, web: Fetcher, codes: tuple[int, ...], *, permanent: bool
) -> None:
    """Only then the new address may replace the old one, and its validators be kept."""
    for number, code in enumerate(codes):
        site.says(f"/{number}", status=code, Location=f"/{number + 1}")
    site.says(f"/{len(codes)}", b"here", ETag='"1"')
    page = web.fetch(f"{site.url}/0", etag='"0"')
    assert page.body == b"here"
    assert page.permanent_url == (page.url if permanent else "")
    assert page.etag == ('"1"' if permanent else "")
    assert "if-none-match" not in site.asked[-1][1]


def test_a_circle_of_redirects_ends(site: Site, web: Fetcher) -> None:
    """After five of them."""
    site.says("/", status=302, Location="/")
    assert "redirects more than 5 times" in str(refused(web, f"{site.url}/"))
    assert len(site.asked) == 6


@pytest.mark.parametrize("target", ["file:///etc/passwd", "gopher://x/", "javascript:x", "http://"])
def test_a_redirect_leads_to_the_web_only(site: Site, web: Fetcher, target: str) -> None:
    """Never to a file or another protocol."""
    site.says("/", status=302, Location=target)
    assert refused(web, f"{site.url}/").permanent


@pytest.mark.parametrize(
    ("status", "permanent"),
    [
        (400, True),
        (401, True),
        (403, True),
        (404, True),
        (408, False),
        (410, True),
        (425, False),
        (429, False),
        (500, False),
        (502, False),
        (503, False),
        (204, False),
        (206, False),
    ],
)
def test_a_refusal_says_whether_trying_again_can_help(
    site: Site, web: Fetcher, status: int, *, permanent: bool
) -> None:
    """And names address and code in a sentence, without what may be secret."""
    site.says("/page?key=secret", status=status)
    address = site.url.replace("//", "//user:word@")
    error = refused(web, f"{address}/page?key=secret")
    assert error.permanent is permanent
    assert f"{site.url}/page answered {status}" in str(error)
    assert not {"secret", "word"} & set(str(error).replace("@", ":").split(":"))


def test_a_refusal_says_when_to_come_back(site: Site, web: Fetcher) -> None:
    """Retry-After is for the next collection."""
    site.says("/", status=429, Retry_After="120")
    assert refused(web, f"{site.url}/").wait == timedelta(minutes=2)


@pytest.mark.parametrize("encoding", ["identity", "gzip", "deflate"])
def test_a_body_is_decompressed_up_to_the_limit(site: Site, web: Fetcher, encoding: str) -> None:
    """The limit counts what comes out, not what goes over the wire."""
    pack: dict[str, Callable[[bytes], bytes]] = {
        "identity": bytes,
        "gzip": gzip.compress,
        "deflate": zlib.compress,
    }
    site.says("/small", pack[encoding](b"x" * 100_000), Content_Encoding=encoding)
    site.says("/large", pack[encoding](b"x" * 100_001), Content_Encoding=encoding)
    assert len(web.fetch(f"{site.url}/small").body) == 100_000
    assert "larger than 100,000 bytes" in str(refused(web, f"{site.url}/large"))


def test_a_damaged_body_is_told(site: Site, web: Fetcher) -> None:
    """It may be whole another time."""
    site.says("/", b"this is no gzip", Content_Encoding="gzip")
    assert "damaged" in str(refused(web, f"{site.url}/"))


def test_a_server_that_drips_is_left_in_time(site: Site) -> None:
    """The whole fetch has one deadline."""
    stop = threading.Event()
    site.drips("/", stop)
    settings = CollectSettings(allow_private=("127.0.0.1",), timeout=timedelta(seconds=0.5))
    with Fetcher(settings) as web:
        error = refused(web, f"{site.url}/")
    stop.set()
    assert "did not answer in time" in str(error)
    assert not error.permanent


PRIVATE = (
    "127.0.0.1 localhost 0 0x7f.1 2130706433 127.1 [::1] [::] [::ffff:127.0.0.1] [::ffff:7f00:1]"
    " [::127.0.0.1] [64:ff9b::7f00:1] 169.254.169.254 10.0.0.1 192.168.1.1 100.64.0.1 [fd00::1]"
    " [fe80::1] 224.0.0.1 255.255.255.255"
)


@pytest.mark.parametrize("host", PRIVATE.split())
def test_no_private_address_is_reached_under_any_name(site: Site, host: str) -> None:
    """Not one connection is made."""
    with Fetcher(CollectSettings(timeout=timedelta(seconds=5))) as web:
        error = refused(web, f"http://{host}:{site.port}/")
    assert "private network" in str(error)
    assert error.permanent
    assert site.connections == 0


def test_no_redirect_leads_into_a_private_network(site: Site, web: Fetcher) -> None:
    """Each hop is vetted; that the first one was allowed helps the second one nothing."""
    site.says("/", status=302, Location=f"http://localhost:{site.port}/")
    assert "localhost is an address of a private network" in str(refused(web, f"{site.url}/"))


def test_a_name_that_turns_private_is_not_reached(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """DNS rebinding: what is judged is what is dialled, and the name is asked for once."""
    answers = iter(["127.0.0.1", "8.8.8.8"])

    def resolve(host: str, port: int, **_: object) -> list[tuple[object, ...]]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (next(answers), port))]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    with Fetcher(CollectSettings()) as web:
        error = refused(web, f"http://rebind.example.org:{site.port}/")
    assert "rebind.example.org is an address of a private network" in str(error)
    assert next(answers) == "8.8.8.8"
    assert site.connections == 0


def test_an_allowed_name_keeps_its_name(site: Site) -> None:
    """The connection goes to the address, the Host header names the host."""
    site.says("/", b"here")
    with Fetcher(CollectSettings(allow_private=(f"localhost:{site.port}",))) as web:
        page = web.fetch(f"http://localhost:{site.port}/")
    assert isinstance(page, Page)
    assert site.asked[0][1]["host"] == f"localhost:{site.port}"


@pytest.mark.parametrize(
    "url",
    ["file:///etc/passwd", "gopher://x/", "nonsense", "http://", "http://[::1", "", "http://a:b/"],
)
def test_what_is_no_web_address_is_refused(web: Fetcher, url: str) -> None:
    """For good."""
    assert refused(web, url).permanent


def test_a_closed_port_is_told(web: Fetcher, site: Site) -> None:
    """It may be open another time; the reason is in words, without numbers of the system."""
    site.close()
    error = refused(web, f"{site.url}/")
    assert str(error) == f"{site.url}/ cannot be reached: Connection refused"
    assert not error.permanent


def test_a_page_may_be_looked_at_without_its_body(site: Site, web: Fetcher) -> None:
    """Whether it is there is known from its head, however long it is; a refusal stays one."""
    site.says("/long", b"x" * 200_000)
    site.says("/gone", status=410)
    assert web.fetch(f"{site.url}/long", max_size=0).body == b""
    with pytest.raises(FetchError, match="gone for good"):
        web.fetch(f"{site.url}/gone", max_size=0)
