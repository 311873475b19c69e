"""Stand-ins for what is outside, which keep the contracts of their ports."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from threading import Lock
from typing import Self

from digest.collectors.page import Page
from digest.core.artifact import Artifact
from digest.core.journal import REVOKED
from digest.core.letter import Letter
from digest.core.outbox import Outcome, Receipt
from digest.core.source import Bookmark, Harvest, Reject, Sighting
from digest.errors import FetchError, PublishError
from digest.ports import Call, Remains
from subscribers import Recipient


class FakeMailer:
    """A mail server that takes every letter, but for those it was told to answer otherwise.

    ``letters`` are those it took; ``answers`` go by envelope recipient.
    """

    def __init__(self, answers: Mapping[str, Receipt] | None = None) -> None:
        self.letters: list[Letter] = []
        self._answers = answers or {}

    def hand_off(
        self,
        letters: Iterable[Letter],
        at_dot: Callable[[Sequence[Letter]], Sequence[Letter]],
        stopping: Callable[[], bool] = bool,
    ) -> Iterator[tuple[Letter, Receipt]]:
        del stopping
        for letter in letters:
            for ours in at_dot([letter]):
                accepted = Receipt(Outcome.ACCEPTED, "250 2.0.0 ok")
                receipt = self._answers.get(ours.recipient, accepted)
                if receipt.outcome in {Outcome.ACCEPTED, Outcome.IN_DOUBT}:
                    self.letters.append(ours)
                yield ours, receipt


class FakePublisher:
    """A place for artifacts that keeps them in ``files``, by path."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self._turn = Lock()

    @contextmanager
    def turn(self) -> Iterator[None]:
        with self._turn:
            yield

    def holds(self, path: str) -> bool:
        return path in self.files

    def publish(self, artifacts: Iterable[Artifact]) -> list[str]:
        changed = []
        for artifact in artifacts:
            if {"", ".", ".."} & set(artifact.path.split("/")):
                raise PublishError(f"the path {artifact.path!r} leaves the place")
            if self.files.get(artifact.path) != artifact.body:
                self.files[artifact.path] = artifact.body
                changed.append(artifact.path)
        return changed


class FakeWeb:
    """The web as a table of addresses; what is not in it is answered with 404.

    ``asked`` tells, in order, which addresses were fetched with which validators.
    """

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, str]] = []
        self._pages: dict[str, Page | FetchError] = {}

    def shows(self, url: str, body: bytes | str, /, **page: object) -> Self:
        content = body.encode() if isinstance(body, str) else body
        self._pages[url] = replace(Page(url, content), **page)  # type: ignore[arg-type] # the caller names the fields
        return self

    def fails(self, url: str, *, permanent: bool = False) -> Self:
        self._pages[url] = FetchError(f"{url} is out of order", permanent=permanent)
        return self

    def close(self) -> None:
        """Nothing is held."""

    def fetch(
        self,
        url: str,
        *,
        etag: str = "",
        last_modified: str = "",
        accept: str = "*/*",
        max_size: int | None = None,
    ) -> Page:
        del accept, max_size
        self.asked.append((url, etag, last_modified))
        page = self._pages.get(url, FetchError(f"{url} answered 404", permanent=True))
        if isinstance(page, FetchError):
            raise page
        if etag and etag == page.etag:
            return replace(page, body=b"", unchanged=True)
        return page


class FakeCollector:
    """A source that shows what it is told to, one answer per collection, the last one for ever.

    ``FakeCollector().shows(one).fails(FetchError("down")).shows(one, two)``. Sightings come
    with the moment of the collection; ``asked`` are the bookmarks it was given.
    """

    def __init__(self) -> None:
        self.asked: list[Bookmark] = []
        self._answers: list[Harvest | Exception] = []

    def shows(self, *found: Sighting | Reject) -> Self:
        sightings = tuple(one for one in found if isinstance(one, Sighting))
        rejects = tuple(one for one in found if isinstance(one, Reject))
        cursor = Bookmark(cursor=f"{len(self._answers) + 1}")
        self._answers.append(Harvest(sightings, rejects, cursor))
        return self

    def stays_the_same(self) -> Self:
        cursor = Bookmark(cursor=f"{len(self._answers) + 1}")
        self._answers.append(Harvest(bookmark=cursor, unchanged=True))
        return self

    def fails(self, error: Exception) -> Self:
        self._answers.append(error)
        return self

    def collect(self, bookmark: Bookmark, now: datetime) -> Harvest:
        answer = self._answers[min(len(self.asked), len(self._answers) - 1)]
        self.asked.append(bookmark)
        if isinstance(answer, Exception):
            raise answer
        seen = tuple(replace(sighting, seen_at=now) for sighting in answer.sightings)
        return replace(answer, sightings=seen)


class TickingClock:
    """Time that passes a millisecond whenever somebody looks, and more when told to."""

    def __init__(self, start: datetime) -> None:
        self._now = start
        self._lock = Lock()

    def now(self) -> datetime:
        with self._lock:
            self._now += timedelta(milliseconds=1)
            return self._now

    def move(self, by: timedelta) -> None:
        with self._lock:
            self._now += by

    def move_to(self, moment: datetime) -> None:
        with self._lock:
            self._now = moment


class FakePeople:
    """Readers by newsletter, each with the themes they follow (``None``: all)."""

    def __init__(self, **readers: Sequence[tuple[str, ...] | None]) -> None:
        self._readers = readers

    def audience(self, newsletter: str) -> Iterator[Recipient]:
        for number, themes in enumerate(self._readers.get(newsletter, ()), 1):
            yield _reader(number, themes)

    def tally(self) -> dict[tuple[str, str], int]:
        return {(slug, "active"): len(readers) for slug, readers in self._readers.items()}

    def recipients(self, newsletter: str, numbers: Sequence[int]) -> dict[int, Recipient]:
        return {one.id: one for one in self.audience(newsletter) if one.id in numbers}


def _reader(number: int, themes: tuple[str, ...] | None) -> Recipient:
    since = datetime(2026, 1, 1, tzinfo=UTC)
    address = f"reader-{number}@example.org"
    return Recipient(number, address, "", themes, since, "en", number.to_bytes(8))


class DirectEngine:
    """Runs each call at once, in the thread that made it due, when its transaction is kept.

    ``calls`` tells all that came; one that has no job is left alone.
    """

    shared = False

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.jobs: dict[str, Callable[..., object]] = {}

    def register(self, name: str, job: Callable[..., object]) -> None:
        self.jobs[name] = job

    def every(self, interval: timedelta, name: str, job: Callable[[], object]) -> None:
        pass

    def start(self, lanes: Mapping[str, int]) -> None:
        pass

    def stop(self) -> None:
        pass

    def prepare(self, connection: object) -> None:
        pass

    def enlist(self, connection: object, calls: Sequence[Call]) -> None:
        pass

    def kept(self, calls: Sequence[Call]) -> None:
        for call in calls:
            self.calls.append(call)
            if job := self.jobs.get(call.job):
                job(**dict(call.arguments))


class FakeJournal:
    """A journal in memory; it loses its sender when ``dies`` is called."""

    def __init__(self, worker: str, place: FakeJournals) -> None:
        self.worker = worker
        self.lines: list[bytes] = []
        self.is_revoked = False
        self._place = place

    def append(self, lines: bytes) -> bool:
        self.lines += lines.splitlines(keepends=True)
        return not self.is_revoked

    def restart(self, lines: bytes) -> bool:
        self.lines = lines.splitlines(keepends=True)
        return not self.is_revoked

    def close(self, *, remove: bool) -> None:
        self.dies()
        if remove:
            del self._place.journals[self.worker]

    def dies(self) -> None:
        """End the sender as ``kill -9`` does."""
        self._place.living.discard(self.worker)


class FakeJournals:
    """The journals of one machine."""

    def __init__(self) -> None:
        self.journals: dict[str, FakeJournal] = {}
        self.living: set[str] = set()
        self._names = (f"sender-{number}" for number in count(1))

    def open(self) -> FakeJournal:
        journal = FakeJournal(next(self._names), self)
        self.journals[journal.worker] = journal
        self.living.add(journal.worker)
        return journal

    def here(self) -> Sequence[str]:
        return sorted(self.journals)

    @contextmanager
    def take(self, worker: str, *, is_over: bool) -> Iterator[Remains | None]:
        del is_over
        if worker in self.living or worker not in self.journals:
            yield None
            return
        yield Remains(worker, list(self.journals[worker].lines), is_whole=True, is_gone=True)
        self.journals.pop(worker, None)

    @contextmanager
    def revoke(self, worker: str) -> Iterator[Remains]:
        if worker not in self.journals:
            yield Remains(worker)
            return
        journal = self.journals[worker]
        journal.is_revoked = True
        journal.append(REVOKED)
        yield Remains(worker, list(journal.lines), is_whole=True, is_gone=True)


class WordlistEmbedder:
    """A model of language that knows some groups of words; the words of one mean the same."""

    name = "wordlist 1"

    def __init__(self, groups: Mapping[str, Sequence[str]]) -> None:
        self._groups = [frozenset(group) for group in groups.values()]

    def vector(self, text: str) -> tuple[int, ...]:
        words = re.findall(r"\w+", text.lower())
        return tuple(1 + 100 * sum(word in group for word in words) for group in self._groups)


class FakePasswords:
    """Hashes that take no time, and are worth nothing."""

    def __init__(self) -> None:
        self.checked: list[str] = []

    def hashed(self, password: str) -> str:
        return f"hash of {password}"

    def is_right(self, password: str, kept: str) -> bool:
        self.checked.append(kept)
        return bool(kept) and kept.removeprefix("weak ") == self.hashed(password)

    def is_weak(self, kept: str) -> bool:
        return kept.startswith("weak ")
