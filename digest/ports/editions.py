"""Editions: windows, drafts, decisions, and what was frozen."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from digest.core.catalogue import Issue
from digest.core.decision import Decision
from digest.core.edition import Edition, EditionId, EditionState, FiledResource, Heading
from digest.core.reach import Reach
from digest.core.reason import Reason
from digest.core.resource import ResourceId
from digest.core.signature import Signature


@dataclass(frozen=True, slots=True)
class EditionRecord:
    """An edition as it is kept.

    Attributes:
        slot: the moment of the schedule it stands for; unique per newsletter.
        cutoff: it takes what was first seen before this.
        edition: frozen content; ``None`` while a draft or skipped.
        reason: why it was skipped or cancelled.
        tag: its ``tag:`` URI; empty before approval.
        paused_at: since when none of its letters is claimed; ``None``: it is not paused.
        paused: why it is.
        release_at: when a draft is approved by itself; ``None``: it waits for people.
        waits: why a draft waits for people, when that is out of the ordinary.
        hold_until: how long an approved one is held back.
        reach: its audience, as it was frozen; ``None`` before that.
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
    paused_at: datetime | None = None
    paused: str = ""
    release_at: datetime | None = None
    waits: str = ""
    hold_until: datetime | None = None
    reach: Reach | None = None


class EditionStore(Protocol):
    """Windows, drafts, decisions, editions."""

    def register(self, newsletter: str, now: datetime) -> datetime:
        """When the newsletter was first known (now, at the first call)."""
        ...

    def registered(self, newsletter: str) -> datetime | None:
        """The same, but it only looks; ``None``: not known yet."""
        ...

    def lock(self, newsletter: str) -> None:
        """Hold the newsletter until the transaction ends, so that one process composes it."""
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

    def outline(self, edition: EditionId) -> EditionRecord | None:
        """By number of the row, without the content (``edition`` is ``None``)."""
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

    def tally(self) -> dict[EditionState, int]:
        """How many editions are in each state, all states named."""
        ...

    def issues(
        self, newsletter: str, limit: int | None = None, *, slugs: Collection[str] | None = None
    ) -> Sequence[Issue]:
        """Published editions, newest first; of these slugs, or all.

        Those are the approved and the sent ones, and the cancelled ones of which somebody may
        have a letter, since its links must lead somewhere.
        """
        ...

    def headings(self, newsletter: str) -> Sequence[Heading]:
        """The same, all of them, without their content."""
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
        """Append an editor's decision.

        A draft that somebody works on is not approved by itself any more.
        """
        ...

    def decisions(self, edition: EditionId) -> Sequence[Decision]:
        """All decisions on a draft, in the order they were made."""
        ...

    def schedule(self, edition: EditionId, moment: datetime | None, why: str = "") -> None:
        """Say when a draft is approved by itself; ``None``: it waits for people, and why."""
        ...

    def releasable(self, now: datetime) -> Sequence[EditionId]:
        """Drafts and held approvals whose time has come, the longest due first."""
        ...

    def sign(self, edition: EditionId, signature: Signature) -> None:
        """Append somebody's word for a draft."""
        ...

    def signatures(self, edition: EditionId) -> Sequence[Signature]:
        """All words for a draft since it was last taken back, in the order they were given."""
        ...

    def let_out(self, edition: EditionId, reach: Reach) -> None:
        """Let an approved edition out, if it was held back, and keep its audience."""
        ...

    def take_back(self, edition: EditionId, why: str) -> None:
        """Make a held approval a draft again, as if nobody had signed; what it was is kept."""
        ...

    def withdrawn(self, edition: EditionId) -> Edition | None:
        """What a draft was when its approval was taken back."""
        ...

    def approve(
        self,
        edition: EditionId,
        frozen: Edition,
        *,
        by: str,
        now: datetime,
        tag: str,
        hold_until: datetime | None = None,
    ) -> str:
        """Freeze: keep the content with its hash, and answer with the hash.

        With ``hold_until`` it is not out before :meth:`let_out`.

        Raises:
            ConflictError: it is no draft any more, or its number or slug is taken.
        """
        ...

    def pause(self, edition: EditionId, why: str, now: datetime) -> None:
        """Let no letter of an edition that is out be claimed.

        One that is paused already keeps its reason.
        """
        ...

    def resume(self, edition: EditionId) -> None:
        """Let its letters be claimed again."""
        ...

    def close(self, edition: EditionId, state: EditionState, reason: str = "") -> None:
        """Set a final state."""
        ...
