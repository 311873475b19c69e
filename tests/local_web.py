"""A web server on loopback that answers as badly as the worst of the web."""

from __future__ import annotations

import gzip
import threading
import time
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self

Answer = Callable[[BaseHTTPRequestHandler], None]


class LocalWeb:
    """Answers each path as it is told; what it was not told is 404.

    Attributes:
        answers: what each path answers; may be changed at any time.
        asked: the paths asked for, in order.
    """

    def __init__(self, answers: Mapping[str, Answer] | None = None) -> None:
        self.answers = dict(answers or {})
        self.asked: list[str] = []
        web = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                web.asked.append(self.path)
                web.answers.get(self.path, gives(b"nothing here", 404))(self)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's name
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.host = f"127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def url(self, path: str) -> str:
        return f"http://{self.host}{path}"


def gives(body: bytes, status: int = 200, **headers: str) -> Answer:
    """A whole answer."""

    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(status)
        for name, value in headers.items():
            request.send_header(name.replace("_", "-"), value)
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        _write(request, body)

    return answer


def moves(to: str) -> Answer:
    """Says that the page has moved."""
    return gives(b"", 301, Location=to)


def bomb(size: int) -> Answer:
    """A small answer that becomes large when it is unpacked."""
    return gives(gzip.compress(b"<rss>" + b" " * size), Content_Encoding="gzip")


def drips(seconds: float) -> Answer:
    """One byte now and then: no time-out between two bytes ends it."""

    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.end_headers()
        end = time.monotonic() + seconds
        while time.monotonic() < end and _write(request, b"."):
            time.sleep(0.05)

    return answer


def _write(request: BaseHTTPRequestHandler, data: bytes) -> bool:
    try:
        request.wfile.write(data)
        request.wfile.flush()
    except OSError:  # the other side has seen enough
        return False
    return True
