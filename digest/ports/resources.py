"""Resources: what files them, and where they are kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from digest.core.edition import FiledResource, Filing
from digest.core.resource import Facts, Resource, ResourceId


class Filer(Protocol):
    """Puts a resource under a theme, with a reason; *other* when unsure."""

    def file(self, facts: Facts) -> Filing:
        """Answer for one resource; the same answer for the same facts."""
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

    def arrivals(self, since: datetime) -> Sequence[tuple[str, datetime]]:
        """The theme of each resource first seen since, with when that was; no backlog."""
        ...
