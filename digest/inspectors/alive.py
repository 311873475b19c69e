"""Go to each link, through the one door out, and see that somebody is there."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from itertools import groupby
from pathlib import Path
from threading import Lock
from urllib.parse import urlsplit

from digest.config import ChecksSettings
from digest.core.checks.finding import Finding
from digest.core.checks.links import fault, outward
from digest.core.checks.proof import Proof
from digest.errors import FetchError
from digest.ports import Web

_AT_ONCE = 16
"""Hosts; the links to one of them are gone to one after the other."""

_SILENT = 2
"""Links of a host that may fail in a row, perhaps in passing, until the rest is not gone to: a
host that is down costs the timeout of each."""

_MOST = 300
"""Links that are looked at in one letter."""

_KEPT = 15 * 60
"""Seconds for which an answer is taken for true, so that editors may look again and again."""

_MOST_KEPT = 5_000
_LATER = "look again later"


class AliveInspector:
    """Remembers for a while what it saw; safe to use from several threads."""

    title = "Links alive"
    why = "A page that is gone is the first thing readers complain about."

    def __init__(self, settings: ChecksSettings, web: Web, _root: Path) -> None:
        self._web = web
        self._timeout = settings.timeout.total_seconds()
        self._seen: dict[str, tuple[float, Finding | None]] = {}
        self._lock = Lock()

    def find(self, proof: Proof) -> Iterator[Finding]:
        """Look at the links that lead away; those that answer too late are told as such."""
        links = {url: where for url, where in outward(proof).items() if not fault(url)}
        chosen = dict(list(links.items())[:_MOST])
        pool = ThreadPoolExecutor(_AT_ONCE)
        try:
            asked = {pool.submit(self._visit, urls, chosen): urls for urls in _by_host(chosen)}
            wait(asked, self._timeout)
            yield from _told(asked, chosen)
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
        if len(links) > _MOST:
            what = f"only {_MOST} of {len(links)} links were looked at"
            yield Finding(what, mild=True)

    def _visit(self, urls: Sequence[str], where: Mapping[str, str]) -> list[Finding]:
        """Go to the links of one host."""
        found: list[Finding] = []
        silent = 0
        for number, url in enumerate(urls):
            if silent == _SILENT:
                return [*found, _given_up(url, where[url], len(urls) - number)]
            fault = self._look(url, where[url])
            silent = silent + 1 if fault and fault.fix == _LATER else 0
            found += [fault] if fault else []
        return found

    def _look(self, url: str, where: str) -> Finding | None:
        now = time.monotonic()
        with self._lock:
            when, known = self._seen.get(url, (-float(_KEPT), None))
        if now - when < _KEPT:
            return known
        found = self._asked(url, where)
        with self._lock:
            if len(self._seen) >= _MOST_KEPT:
                self._seen.clear()
            self._seen[url] = (now, found)
        return found

    def _asked(self, url: str, where: str) -> Finding | None:
        try:
            page = self._web.fetch(url, max_size=0)
        except FetchError as error:
            fix = "mend the address, or drop the item" if error.permanent else _LATER
            return Finding(str(error), where, fix, mild=not error.permanent)
        if page.permanent_url and page.permanent_url != url:
            what = f"it moved for good to {page.permanent_url[:200]}"
            return Finding(what, where, "nothing breaks; a shorter way is there", mild=True)
        return None


def _by_host(urls: Mapping[str, str]) -> list[tuple[str, ...]]:
    def host(url: str) -> str:
        return urlsplit(url).netloc.lower()

    return [tuple(group) for _, group in groupby(sorted(urls, key=host), host)]


def _given_up(url: str, where: str, links: int) -> Finding:
    them = "one more link" if links == 1 else f"{links} more links"
    what = f"{urlsplit(url).netloc[:200]} does not answer; {them} to it were not gone to"
    return Finding(what, where, _LATER, mild=True)


def _told(
    asked: Mapping[Future[list[Finding]], Sequence[str]], where: Mapping[str, str]
) -> Iterator[Finding]:
    for future, urls in asked.items():
        if not future.done() or future.cancelled():
            for url in urls:
                yield Finding(f"{url[:200]} did not answer in time", where[url], _LATER, mild=True)
        else:
            yield from future.result()
