"""Connections that reach public addresses only, and that end in time.

The address is judged at the moment of dialling: a name is resolved once, the answers are vetted,
and the connection goes to a vetted one, while Host and SNI keep the name. A check before the
request would not do: the name may resolve differently a moment later (DNS rebinding), and each
redirect names another host.
"""

from __future__ import annotations

import socket
import time
from contextlib import contextmanager
from contextvars import ContextVar
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address
from queue import Empty, SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING

import httpcore2
import httpx2

from digest.errors import FetchError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from ssl import SSLContext

_UNICAST = IPv6Network("2000::/3")
# These lead into other networks or nowhere (RFC 3056, RFC 7526, RFC 9637), or are global by the
# older registry of some Pythons (RFC 6890). NAT64 (RFC 6052, RFC 8215) and IPv4-compatible
# addresses lie outside 2000::/3.
_REFUSED_4 = (IPv4Network("192.88.99.0/24"), IPv4Network("192.0.0.0/24"))
_REFUSED_6 = (IPv6Network("2002::/16"), IPv6Network("3fff::/20"))

_end: ContextVar[float] = ContextVar("_end", default=float("inf"))


def is_public(address: str) -> bool:
    """Tell whether an IP address is one of the open Internet (IANA special-purpose registries)."""
    ip = ip_address(address.partition("%")[0])
    if isinstance(ip, IPv6Address) and ip.ipv4_mapped:
        ip = ip.ipv4_mapped
    if not ip.is_global or ip.is_multicast or ip.is_reserved:
        return False
    if isinstance(ip, IPv6Address):
        return ip in _UNICAST and not any(ip in network for network in _REFUSED_6)
    return not any(ip in network for network in _REFUSED_4)


@contextmanager
def deadline(seconds: float) -> Iterator[None]:
    """End everything on the network that this thread does inside the block in so many seconds.

    A time-out counts from the last byte; a server that sends one byte now and then never meets
    it. This one does not start anew.
    """
    token = _end.set(time.monotonic() + seconds)
    try:
        yield
    finally:
        _end.reset(token)


def _left(timeout: float | None) -> float:
    left = _end.get() - time.monotonic()
    if left <= 0:
        raise httpcore2.ReadTimeout("the time is over")
    return left if timeout is None else min(left, timeout)


class VettedTransport(httpx2.HTTPTransport):
    """An HTTP transport whose connections come from :class:`VettingBackend`."""

    def __init__(self, allow_private: Collection[str], context: SSLContext) -> None:
        super().__init__(verify=context, trust_env=False)
        self._pool = httpcore2.ConnectionPool(
            ssl_context=context,
            network_backend=VettingBackend(allow_private),
            max_connections=20,
            max_keepalive_connections=5,
            keepalive_expiry=5,
        )


class VettingBackend(httpcore2.NetworkBackend):
    """Dials vetted addresses.

    Args:
        allow_private: ``host`` or ``host:port`` that may have any address.
    """

    def __init__(self, allow_private: Collection[str]) -> None:
        self._allowed = frozenset(name.lower() for name in allow_private)
        self._plain = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.NetworkStream:
        """Resolve, vet, and connect to the first address that answers.

        Raises:
            FetchError: the name leads to no public address.
        """
        failure: Exception | None = None
        for address in self._vetted(host, port, _left(timeout)):
            try:
                stream = self._plain.connect_tcp(
                    address, port, _left(timeout), local_address, socket_options
                )
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                failure = error
            else:
                return _TimedStream(stream)
        raise failure or httpcore2.ConnectError(f"{host} has no address")

    def _vetted(self, host: str, port: int, timeout: float) -> list[str]:
        addresses = _resolved(host, port, timeout)
        named = f"[{host}]" if ":" in host else host
        if self._allowed & {host, named, f"{named}:{port}"}:
            return addresses
        if public := [address for address in addresses if is_public(address)]:
            return public
        raise FetchError(
            f"{host} is an address of a private network ({', '.join(addresses)}), which is not"
            f' fetched; when this is meant, add "{named}:{port}" to allow_private in [collect]',
            permanent=True,
        )


class _TimedStream(httpcore2.NetworkStream):
    """A stream that keeps the deadline of the thread."""

    def __init__(self, stream: httpcore2.NetworkStream) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, _left(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore2.NetworkStream:
        return _TimedStream(self._stream.start_tls(ssl_context, server_hostname, _left(timeout)))

    def get_extra_info(self, info: str) -> object:
        return self._stream.get_extra_info(info)


def _resolved(host: str, port: int, timeout: float) -> list[str]:
    """Ask for the addresses of a name; the resolver knows no time-out, so a thread waits for it.

    The thread is a daemon: a resolver that never answers keeps no process alive.
    """
    answers: SimpleQueue[list[str] | OSError | UnicodeError] = SimpleQueue()

    def ask() -> None:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            answers.put(error)
        else:
            answers.put(list(dict.fromkeys(str(sockaddr[0]) for *_, sockaddr in found)))

    Thread(target=ask, daemon=True).start()
    try:
        answer = answers.get(timeout=timeout)
    except Empty:
        raise httpcore2.ConnectTimeout(f"the name {host} was not resolved in time") from None
    if isinstance(answer, Exception):
        raise httpcore2.ConnectError(f"the name {host} cannot be resolved: {answer}")
    return answer
