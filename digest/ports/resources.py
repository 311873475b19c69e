"""Resources: what files them, and where they are kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from digest.core.edition import FiledResource, Filing
from digest.core.resource import Facts, Resource, ResourceId


class Filer(Protocol):
    """Puts a resource under a theme, with a reason; *other* when unsure."""

    def refresh(self) -> None:
        """Learn what editors said meanwhile, in this process or another.

        Asked before some resources are filed, and never within a transaction.

        Raises:
            StorageError: the database is out of reach.
        """
        ...

    def file(self, facts: Facts) -> Filing:
        """Answer for one resource; the same answer for the same facts until it is refreshed."""
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

    def admit(self, resource: ResourceId) -> None:
        """Let a resource that was known but kept out (backlog) enter editions."""
        ...

    def lock(self, resource: ResourceId) -> None:
        """Let nobody else file a resource until this transaction ends."""
        ...

    def file(self, resource: ResourceId, filing: Filing, now: datetime) -> None:
        """Add a filing; the newest one counts, the history stays."""
        ...

    def filings(self, resource: ResourceId) -> Sequence[tuple[Filing, datetime]]:
        """The history, newest first."""
        ...

    def to_file(self, limit: int | None = None) -> Sequence[FiledResource]:
        """Those that nothing could place and no editor has yet, the last seen first.

        Neither hidden nor backlog.
        """
        ...

    def count_to_file(self) -> int:
        """How many there are of those."""
        ...

    def decided(self) -> Sequence[FiledResource]:
        """All that editors filed, by number."""
        ...

    def tally(self) -> Mapping[str, int]:
        """How many stand under each theme; of themes without any, nothing."""
        ...

    def under(self, theme: str) -> Sequence[FiledResource]:
        """All that stand under a theme, hidden ones and backlog included, by number."""
        ...

    def newest(
        self, limit: int, *, theme: str | None = None, text: str = ""
    ) -> Sequence[FiledResource]:
        """The newest resources that are not hidden, backlog included, newest first.

        Ordered by publication where it is known, else by first sight. ``text`` filters by a
        part of the title.
        """
        ...

    def arrivals(self, since: datetime) -> Sequence[tuple[str, datetime]]:
        """The theme of each resource first seen since, with when that was; no backlog."""
        ...
