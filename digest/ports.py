"""What the rooms ask of each other: one Protocol per kind of outside thing.

Every implementation is found by its entry point (``digest.collectors`` …) or chosen in
``wiring.py``; nobody else names a concrete one. Each Protocol has one contract suite under
``tests/contract`` that every implementation and its fake passes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from digest.core.artifact import Artifact, EmailBody, PersonalTokens
from digest.core.catalogue import Catalogue, Issue
from digest.core.decision import Decision
from digest.core.edition import Edition, EditionId, EditionState, FiledResource, Filing
from digest.core.letter import Letter
from digest.core.newsletter import Newsletter
from digest.core.outbox import Delivery, DeliveryState, Receipt
from digest.core.reason import Reason
from digest.core.resource import Facts, Resource, ResourceId
from digest.core.source import Bookmark, Harvest, Health, Reject, Sighting


class Clock(Protocol):
    """The time."""

    def now(self) -> datetime:
        """The present moment, in UTC and aware."""
        ...


class Collector(Protocol):
    """Looks at one source."""

    def collect(self, bookmark: Bookmark, now: datetime) -> Harvest:
        """Bring what the source shows now.

        Items that cannot be used come back as rejects; they never spoil the others.

        Raises:
            FetchError: the source did not answer, or not with what was asked.
            ParseError: the answer as a whole cannot be read.
        """
        ...


class Filer(Protocol):
    """Puts a resource under a theme, with a reason; *other* when unsure."""

    def file(self, facts: Facts) -> Filing:
        """Answer for one resource; the same answer for the same facts."""
        ...


class Renderer(Protocol):
    """Makes documents for the public out of the catalogue."""

    def render(self, catalogue: Catalogue) -> Iterable[Artifact]:
        """Make each document of this kind, byte for byte the same for the same catalogue.

        Raises:
            RenderError: a template is wrong.
        """
        ...


class EmailRenderer(Protocol):
    """Makes the email of an edition."""

    def body(
        self,
        newsletter: Newsletter,
        edition: Edition,
        themes: Iterable[str] | None,
        personal: PersonalTokens,
    ) -> EmailBody:
        """Render for a reader of these themes (``None``: all).

        Raises:
            RenderError: the template is wrong, or lost a personal stand-in.
        """
        ...


class Publisher(Protocol):
    """Puts artifacts where readers fetch them."""

    def publish(self, artifacts: Iterable[Artifact]) -> Sequence[str]:
        """Put each artifact in place, whole or not at all.

        Returns:
            The paths whose bytes changed.

        Raises:
            PublishError: a place cannot be written; what was there before still is.
        """
        ...


class Mailer(Protocol):
    """Hands letters to a mail server, or to what stands in for one."""

    def hand_off(
        self, letters: Iterable[Letter], at_dot: Callable[[Sequence[Letter]], Sequence[Letter]]
    ) -> Iterator[tuple[Letter, Receipt]]:
        """Hand over each letter and tell at once what became of it.

        Letters are taken and ``at_dot`` is called in the thread that iterates.

        Args:
            letters: taken one by one, so that no more than a few are in memory.
            at_dot: called just before a server can take letters, with as many as wait for it
                at that moment, one per connection at most; answers with those that may be
                handed over. The others (another worker has them) yield nothing. When it is
                called, the receipt of the letter before on the same connection was yielded.

        Raises:
            DeliveryError: the server cannot be reached or refuses the session; letters for
                which nothing was yielded and ``at_dot`` was not called were not taken.
        """
        ...


class Engine(Protocol):
    """Runs jobs at their times; holds no truth: that is in rows."""

    def every(self, interval: timedelta, name: str, job: Callable[[], object]) -> None:
        """Run a job again and again; never two runs of the same job at once."""
        ...

    def start(self) -> None:
        """Begin to run jobs in the background."""
        ...

    def stop(self) -> None:
        """Stop starting jobs, and wait for those under way."""
        ...


@dataclass(frozen=True, slots=True)
class SourceRecord:
    """What is known of a source beyond its configuration.

    Attributes:
        last_ok: when it was last read well.
        failures: how many collections failed in a row.
        error: what the last one said; empty when well.
        due: when to look again.
    """

    name: str
    bookmark: Bookmark
    health: Health = Health.NEW
    first_collected: datetime | None = None
    last_tried: datetime | None = None
    last_ok: datetime | None = None
    failures: int = 0
    error: str = ""
    due: datetime | None = None


@dataclass(frozen=True, slots=True)
class EditionRecord:
    """An edition as it is kept.

    Attributes:
        slot: the moment of the schedule it stands for; unique per newsletter.
        cutoff: it takes what was first seen before this.
        edition: frozen content; ``None`` while a draft or skipped.
        reason: why it was skipped or cancelled.
        tag: its ``tag:`` URI; empty before approval.
    """

    id: EditionId
    newsletter: str
    slot: datetime
    cutoff: datetime
    state: EditionState
    number: int = 0
    slug: str = ""
    edition: Edition | None = None
    content_hash: str = ""
    approved_at: datetime | None = None
    approved_by: str = ""
    reason: str = ""
    tag: str = ""


class SourceStore(Protocol):
    """Sources, their sightings and their health."""

    def record(self, name: str) -> SourceRecord:
        """What is known; a fresh record for a source never seen."""
        ...

    def records(self) -> Sequence[SourceRecord]:
        """All sources ever collected, by name."""
        ...

    def claim(self, name: str, now: datetime, until: datetime) -> bool:
        """Take the turn to collect a due source, so that two processes do not both do it.

        True: it was due (or never collected) and its ``due`` is now ``until``.
        """
        ...

    def save(self, record: SourceRecord) -> None:
        """Keep a record."""
        ...

    def add_sighting(self, sighting: Sighting, resource: ResourceId) -> bool:
        """Keep a sighting; False when the newest one of the same key says the same.

        When it was seen, and its ``raw`` fields, are not compared.
        """
        ...

    def last_sighting(self, source: str, key: str) -> tuple[Sighting, ResourceId] | None:
        """The newest sighting of a source's item, and its resource."""
        ...

    def sightings_of(self, resource: ResourceId) -> Sequence[Sighting]:
        """The newest sighting per source and key, the one first seen first."""
        ...

    def add_reject(self, reject: Reject, now: datetime) -> bool:
        """Keep a rejected item; False when the same is already kept."""
        ...

    def rejects(self, source: str | None = None) -> Sequence[tuple[Reject, datetime]]:
        """Rejected items with when they first came, newest first."""
        ...


class ResourceStore(Protocol):
    """Resources and their filings."""

    def find(self, canonical: str) -> Resource | None:
        """By canonical address."""
        ...

    def get(self, resource: ResourceId) -> FiledResource | None:
        """By number, with its present filing."""
        ...

    def add(
        self, facts: Facts, *, tag: str, now: datetime, backlog: bool, filing: Filing
    ) -> Resource:
        """Keep a new resource.

        Raises:
            ConflictError: another process added the same canonical address; the transaction
                goes on.
        """
        ...

    def change(self, resource: ResourceId, facts: Facts, now: datetime) -> None:
        """Keep what the sightings now say together."""
        ...

    def hide(self, resource: ResourceId, *, hidden: bool) -> None:
        """Take a resource out of everything to come, or bring it back."""
        ...

    def file(self, resource: ResourceId, filing: Filing, now: datetime) -> None:
        """Add a filing; the newest one counts, the history stays."""
        ...

    def filings(self, resource: ResourceId) -> Sequence[tuple[Filing, datetime]]:
        """The history, newest first."""
        ...

    def newest(
        self, limit: int, *, theme: str | None = None, text: str = ""
    ) -> Sequence[FiledResource]:
        """The newest resources that are not hidden, backlog included, newest first.

        Ordered by publication where it is known, else by first sight. ``text`` filters by a
        part of the title.
        """
        ...


class EditionStore(Protocol):
    """Windows, drafts, decisions, editions."""

    def register(self, newsletter: str, now: datetime) -> datetime:
        """When the newsletter was first known (now, at the first call)."""
        ...

    def lock(self, newsletter: str) -> None:
        """Hold the newsletter until the transaction ends, so that one process composes it."""
        ...

    def last_slot(self, newsletter: str) -> datetime | None:
        """The slot of the newest edition of any state."""
        ...

    def add(
        self,
        newsletter: str,
        slot: datetime,
        cutoff: datetime,
        state: EditionState,
        *,
        reason: str = "",
    ) -> EditionRecord:
        """Open an edition for a slot.

        Raises:
            ConflictError: the slot has one; the transaction goes on.
        """
        ...

    def get(self, edition: EditionId) -> EditionRecord | None:
        """By number of the row."""
        ...

    def find(self, newsletter: str, slug: str) -> EditionRecord | None:
        """By the last part of its address, such as ``2026-11-23``."""
        ...

    def last_number(self, newsletter: str) -> int:
        """The number of the newest approved edition; 0 when there is none."""
        ...

    def records(
        self,
        newsletter: str | None = None,
        *,
        states: Sequence[EditionState] = (),
        limit: int | None = None,
    ) -> Sequence[EditionRecord]:
        """Editions, the newest slot first; without their content (``edition`` is ``None``)."""
        ...

    def issues(self, newsletter: str, limit: int | None = None) -> Sequence[Issue]:
        """Published editions (approved or sent), newest first."""
        ...

    def candidates(self, newsletter: str, cutoff: datetime) -> Sequence[FiledResource]:
        """What no edition of this newsletter has taken, first seen before the cut-off.

        Neither hidden nor backlog; by first sight.
        """
        ...

    def take(self, edition: EditionId, taken: Sequence[tuple[ResourceId, Reason | None]]) -> None:
        """Bind resources to an edition; with a reason: looked at, but left out for ever.

        Raises:
            ConflictError: another edition of the newsletter has one of them.
        """
        ...

    def taken(self, edition: EditionId) -> Sequence[tuple[FiledResource, Reason | None]]:
        """What an edition holds or left out."""
        ...

    def release(self, edition: EditionId) -> None:
        """Give back everything an edition took, for the next one."""
        ...

    def reconsider(self, resource: ResourceId, rule: str) -> None:
        """Forget that editions left a resource out by a rule, so that the next one looks again."""
        ...

    def where(self, resource: ResourceId) -> Sequence[tuple[EditionRecord, Reason | None]]:
        """The editions that took a resource, and why it was left out where it was."""
        ...

    def decide(self, edition: EditionId, decision: Decision) -> None:
        """Append an editor's decision."""
        ...

    def decisions(self, edition: EditionId) -> Sequence[Decision]:
        """All decisions on a draft, in the order they were made."""
        ...

    def approve(
        self, edition: EditionId, frozen: Edition, *, by: str, now: datetime, tag: str
    ) -> str:
        """Freeze: keep the content with its hash, and answer with the hash.

        Raises:
            ConflictError: it is no draft any more, or its number or slug is taken.
        """
        ...

    def close(self, edition: EditionId, state: EditionState, reason: str = "") -> None:
        """Set a final state."""
        ...


@dataclass(frozen=True, slots=True)
class Claim:
    """A batch of deliveries that one worker may send until its lease ends."""

    worker: str
    deliveries: tuple[Delivery, ...]
    lease_until: datetime


class DeliveryStore(Protocol):
    """The ledger."""

    def enqueue(
        self, edition: EditionId, audience: Iterable[tuple[int, tuple[str, ...]]], now: datetime
    ) -> int:
        """Add one due row per (subscriber, themes); rows that exist stay as they are.

        Returns:
            How many were added.
        """
        ...

    def claim(
        self, edition: EditionId, worker: str, now: datetime, lease_until: datetime, limit: int
    ) -> Claim:
        """Take up to ``limit`` due rows, or deferred ones whose time has come.

        First attempts go before later ones; equal themes come together. An edition that is not
        out (cancelled while it was being sent) gives nothing.
        """
        ...

    def mark_at_dot(self, delivery: Delivery, worker: str, now: datetime) -> bool:
        """Say durably that the server may have the letter from now on.

        False: the claim is no longer ours, or its lease is over.
        """
        ...

    def settle(
        self,
        delivery: Delivery,
        worker: str,
        receipt: Receipt,
        now: datetime,
        next_try: datetime | None,
    ) -> bool:
        """Keep the receipt; False when the claim is no longer ours.

        A deferral without ``next_try`` is kept as refused (given up). A row that became in doubt
        while its worker waited for the answer is settled too.
        """
        ...

    def cancel(self, deliveries: Sequence[Delivery], why: str, now: datetime) -> None:
        """Drop claimed rows whose subscriber has left meanwhile."""
        ...

    def cancel_open(self, edition: EditionId, why: str, now: datetime) -> int:
        """Cancel every row of an edition that is due or deferred; answers how many."""
        ...

    def recover(
        self, now: datetime, is_alive: Callable[[str], bool] | None = None
    ) -> tuple[int, int]:
        """Free the rows of dead workers: claimed become due, at the dot become in doubt.

        Dead is whose lease is over, or of whom ``is_alive`` says no.

        Returns:
            How many (became due, became in doubt).
        """
        ...

    def resolve(self, edition: EditionId, to: DeliveryState, now: datetime) -> int:
        """Settle all doubts of an edition: ``due`` (send again), ``accepted`` or ``refused``."""
        ...

    def counts(self, edition: EditionId) -> dict[DeliveryState, int]:
        """How many rows are in each state, all states named."""
        ...

    def list(
        self, edition: EditionId, state: DeliveryState | None = None, limit: int | None = None
    ) -> Iterator[Delivery]:
        """Rows, by number."""
        ...

    def find(self, edition: EditionId, subscriber: int) -> Delivery | None:
        """The row of one person; ``None``: they were not in the audience."""
        ...

    def open_editions(self, now: datetime) -> Sequence[EditionId]:
        """Editions that are out (approved or sent) and have rows to send now."""
        ...


class Work(Protocol):
    """One transaction: all of it is kept, or nothing."""

    @property
    def sources(self) -> SourceStore:
        """Sources, their sightings and their health."""
        ...

    @property
    def resources(self) -> ResourceStore:
        """Resources and their filings."""
        ...

    @property
    def editions(self) -> EditionStore:
        """Windows, drafts, decisions, editions."""
        ...

    @property
    def deliveries(self) -> DeliveryStore:
        """The ledger."""
        ...


class Store(Protocol):
    """The database."""

    def begin(self) -> AbstractContextManager[Work]:
        """Open a transaction for writing; kept when the block ends well.

        Raises:
            StorageError: locked for too long, out of reach, full.
        """
        ...

    def read(self) -> AbstractContextManager[Work]:
        """Open a transaction that must not write."""
        ...

    def key(self) -> bytes:
        """The site's secret key, 32 bytes, made at the first call and kept."""
        ...
